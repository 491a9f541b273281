import { addSeconds, type Instant } from '../../core/instant.ts';
import { appendAudit } from '../audit/append.ts';
import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { ItemKey } from '../store/table.ts';
import { deliverHandoffSignal } from './effects.ts';
import { breakOffHandoff } from './end.ts';
import { mailIdOf, type OpenHandoff, withMail } from './handoff.ts';
import { changeHandoff, HANDOFF_OUTBOX, OPEN_HANDOFFS, reindexHandoff } from './handoff-store.ts';
import { sendHandoffMails } from './send-mails.ts';

/** What a sweep over handoffs found and did. `stuck` and `failures` are what an alarm watches. */
export interface HandoffSweep {
  readonly open: number;
  readonly mails: number;
  /** Signals that a crash had left undelivered. */
  readonly signals: number;
  /** Open handoffs whose state machine has ended: rolled back. */
  readonly abandoned: number;
  /** Open handoffs long past their clock whose state machine still waits. */
  readonly stuck: number;
  readonly failures: number;
}

/** How long HandoffOverdue may take before its handoff counts as stuck. */
const GRACE_SECONDS = 15 * 60;

/** Takes up the reminder when half of the time is gone: one mail for each seat that was asked, none once the clock ran out. */
export function reminded(handoff: OpenHandoff, now: Instant): OpenHandoff | undefined {
  const { wait, remindAt, number, openedWait } = handoff;
  if (wait === undefined || remindAt === undefined || openedWait < number || now < remindAt || now >= wait.dueAt)
    return undefined;
  const { remindAt: _done, ...rest } = handoff;
  return handoff.seats
    .filter(({ asked }) => asked)
    .reduce<OpenHandoff>((next, { personId }) => {
      const mailId = mailIdOf('reminder', number, personId);
      return withMail(next, { mailId, kind: 'reminder', personId, wait: number }, now);
    }, rest);
}

async function stillRuns(runtime: Runtime, { skill: name, executionId }: OpenHandoff): Promise<boolean> {
  const skill = runtime.skills.find((one) => one.name === name);
  const described = skill && (await runtime.states.describe(skill.id, executionId));
  return described?.status === 'RUNNING';
}

/** Sends what an open handoff owes, and rolls it back when nobody waits for it any more. */
async function sweepOpen(runtime: Runtime, found: OpenHandoff, at: Instant): Promise<Partial<HandoffSweep>> {
  const { executionId } = found;
  const owed = found.signal === 'pending' && found.task !== undefined;
  const handoff = await changeHandoff(runtime, executionId, (current) => reminded(current, at));
  const after = await deliverHandoffSignal(runtime, handoff);
  const overdue = after.wait !== undefined && addSeconds(after.wait.dueAt, GRACE_SECONDS) <= at;
  const runs = !overdue || (await stillRuns(runtime, after));
  if (!runs) await breakOffHandoff(runtime, executionId);
  const mails = await sendHandoffMails(runtime, executionId);
  if (after.pendingEvents.length > 0 || mails > 0) await appendAudit(runtime, executionId);
  const signals = owed && after.signal !== 'pending' ? 1 : 0;
  return { open: 1, mails, signals, abandoned: runs ? 0 : 1, stuck: overdue && runs ? 1 : 0 };
}

/** Finishes what an ended handoff owes: its signal, its notices, its events. */
async function sweepEnded(runtime: Runtime, found: OpenHandoff): Promise<Partial<HandoffSweep>> {
  const { executionId } = found;
  const owed = found.signal === 'pending';
  const after = await deliverHandoffSignal(runtime, found);
  // Ended before any task came for it, and none will come any more.
  if (after.signal === 'pending' && !(await stillRuns(runtime, after)))
    await changeHandoff(runtime, executionId, (current) =>
      current.signal === 'pending' && current.task === undefined ? { ...current, signal: 'gone' } : undefined,
    );
  const mails = await sendHandoffMails(runtime, executionId);
  await appendAudit(runtime, executionId);
  await reindexHandoff(runtime, executionId);
  return { mails, signals: owed && after.signal !== 'pending' ? 1 : 0 };
}

async function sweepOne(runtime: Runtime, key: ItemKey, at: Instant): Promise<Partial<HandoffSweep>> {
  // The index lags behind; the item itself says what is owed.
  const handoff = await runtime.table.get<OpenHandoff>(key);
  if (handoff === undefined) return {};
  try {
    return handoff.wait === undefined ? await sweepEnded(runtime, handoff) : await sweepOpen(runtime, handoff, at);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    log('error', { event: 'handoff-sweep-failed', executionId: handoff.executionId, error: name });
    return { failures: 1 };
  }
}

/**
 * Finishes what crashes and refusals left behind in handoffs: signals that were not delivered, mails that were not sent, reminders
 * that are due, waits that nobody waits for any more. One handoff's failure never keeps another from being swept.
 */
export async function sweepHandoffs(runtime: Runtime, at: Instant): Promise<HandoffSweep> {
  const lists = await Promise.all(
    [HANDOFF_OUTBOX, OPEN_HANDOFFS].map((pk) => runtime.table.queryAll<ItemKey>({ pk, index: 'gsi1' })),
  );
  const sum = { open: 0, mails: 0, signals: 0, abandoned: 0, stuck: 0, failures: 0 };
  for (const { pk, sk } of lists.flat()) {
    const done = await sweepOne(runtime, { pk, sk }, at);
    for (const name of Object.keys(sum) as (keyof HandoffSweep)[]) sum[name] += done[name] ?? 0;
  }
  return sum;
}
