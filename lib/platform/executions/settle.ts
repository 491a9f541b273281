import { Conflict } from '../../core/errors.ts';
import { appendAudit } from '../audit/append.ts';
import { signEnding } from '../evidence/sign-ending.ts';
import { log } from '../log.ts';
import { countFailure } from '../posture/count-failure.ts';
import type { Runtime } from '../runtime.ts';
import { sendPendingMails } from './outcome-mails.ts';

/** Something that an execution owes, and how it is paid. */
type Debt = readonly [name: string, pay: (runtime: Runtime, executionId: string) => Promise<void>];

async function payOrKeep(runtime: Runtime, executionId: string, [debt, pay]: Debt): Promise<void> {
  try {
    await pay(runtime, executionId);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    log('warn', { event: 'debt-stays', debt, executionId, error: name });
  }
}

/** How often the end is chained and signed anew before it is left to the sweeper. Each turn costs a handful of reads. */
const SIGNING_ATTEMPTS = 8;

/**
 * Signs the end once every event is chained. Whoever took the last decision still mails those who need not decide any more
 * while this execution ends already, and each of those mails adds an event to its stage: what joined in between is chained
 * first, and the end read anew.
 * @throws Conflict when something joined at every attempt; whatever `appendAudit` and `signEnding` throw besides.
 */
async function chainAndSign(runtime: Runtime, executionId: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await signEnding(runtime, executionId);
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === SIGNING_ATTEMPTS) throw error;
    }
    await appendAudit(runtime, executionId);
  }
}

const AUDIT: Debt = ['audit', appendAudit];
const COUNT: Debt = ['count', countFailure];
const STATEMENT: Debt = ['statement', chainAndSign];
const MAILS: Debt = ['mails', sendPendingMails];

/**
 * Pays what an execution owes while it goes on: events into its chain, its failure to the count, mails to their readers. What
 * cannot be paid now stays owed in the table and the sweeper comes back to it, so a mail server that is down never turns a
 * published execution into a failed one.
 */
export async function settleDebts(runtime: Runtime, executionId: string): Promise<void> {
  for (const debt of [AUDIT, COUNT, MAILS]) await payOrKeep(runtime, executionId, debt);
}

/**
 * Pays what an execution owes that has ended: the signed statement about its end besides, once its chain is written and before
 * its mails go out, so that whoever reads of the end finds the evidence whole. Only the functions that end executions, and the
 * sweeper, call this: nobody else may sign.
 */
export async function settleEnding(runtime: Runtime, executionId: string): Promise<void> {
  for (const debt of [AUDIT, COUNT, STATEMENT, MAILS]) await payOrKeep(runtime, executionId, debt);
}
