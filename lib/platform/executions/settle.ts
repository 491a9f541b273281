import { appendAudit } from '../audit/append.ts';
import { log } from '../log.ts';
import { countFailure } from '../posture/count-failure.ts';
import type { Runtime } from '../runtime.ts';
import { sendPendingMails } from './outcome-mails.ts';

/**
 * Pays what an execution owes: events into its chain, its failure to the count, mails to their readers. What cannot be
 * paid now stays owed in the table and the sweeper comes back to it, so a mail server that is down never turns a published
 * execution into a failed one.
 */
export async function settleDebts(runtime: Runtime, executionId: string): Promise<void> {
  for (const [debt, pay] of [
    ['audit', appendAudit],
    ['count', countFailure],
    ['mails', sendPendingMails],
  ] as const) {
    try {
      await pay(runtime, executionId);
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      log('warn', { event: 'debt-stays', debt, executionId, error: name });
    }
  }
}
