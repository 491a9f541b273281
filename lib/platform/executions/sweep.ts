import { addSeconds, type Instant } from '../../core/instant.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { Runtime } from '../runtime.ts';
import { finishStarting } from './accept.ts';
import { recordOf } from './execution-store.ts';
import { settleDebts } from './settle.ts';

/** A record that is still `starting` after so long was left behind by a crash, not by a start that is under way. */
const STARTING_SECONDS = 60;
/** Executions that wait on people may owe something for about as long as the longest wait lasts. */
const DAY_SECONDS = 24 * 3600;

/** This month and the one before. */
function recentMonths(at: Instant): string[] {
  const firstDay: Instant = `${at.slice(0, 7)}-01T00:00:00.000Z`;
  return [at.slice(0, 7), addSeconds(firstDay, -DAY_SECONDS).slice(0, 7)];
}

const owes = (record: ExecutionRecord) => record.pendingMails.length > 0 || record.pendingEvents.length > 0;

/**
 * Finishes what crashes left undone: executions whose start broke off, events and mails still owed.
 * @returns how many executions were seen to.
 */
export async function sweepExecutions(runtime: Runtime, at: Instant): Promise<{ started: number; settled: number }> {
  let started = 0;
  let settled = 0;
  for (const month of recentMonths(at)) {
    const items = await runtime.table.queryAll<ExecutionRecord>({ index: 'gsi1', pk: `EXECUTIONS#${month}` });
    for (const record of items.map(recordOf)) {
      if (record.status === 'starting' && addSeconds(record.createdAt, STARTING_SECONDS) <= at) {
        await finishStarting(runtime, record);
        started += 1;
      }
      if (owes(record)) {
        await settleDebts(runtime, record.executionId);
        settled += 1;
      }
    }
  }
  return { started, settled };
}
