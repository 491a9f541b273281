import { addSeconds, type Instant } from '../../core/instant.ts';
import { appendAudit } from '../audit/append.ts';
import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { ItemKey } from '../store/table.ts';
import { remindSeats } from './reminders.ts';
import { sendStageMails } from './send-mails.ts';
import { settleStage } from './settle-stage.ts';
import { deliverSignal } from './signal.ts';
import { deadlineOf, isSettled, type Stage } from './stage.ts';
import { changeStage, OPEN_STAGES, OUTBOX, reindexStage } from './stage-store.ts';

/** What a sweep found and did. `stuck` and `failures` are what an alarm watches. */
export interface ApprovalSweep {
  /** Open stages looked at. */
  readonly open: number;
  /** Mails that were due, reminders among them. */
  readonly mails: number;
  /** Signals that a crash had left undelivered. */
  readonly signals: number;
  /** Open stages whose state machine has ended: closed. */
  readonly abandoned: number;
  /** Open stages long past their deadline whose state machine still waits. */
  readonly stuck: number;
  readonly failures: number;
}

const NOTHING: ApprovalSweep = { open: 0, mails: 0, signals: 0, abandoned: 0, stuck: 0, failures: 0 };

/** How long Escalate may take before its stage counts as stuck. */
const GRACE_SECONDS = 15 * 60;

function sum(a: ApprovalSweep, b: Partial<ApprovalSweep>): ApprovalSweep {
  return {
    open: a.open + (b.open ?? 0),
    mails: a.mails + (b.mails ?? 0),
    signals: a.signals + (b.signals ?? 0),
    abandoned: a.abandoned + (b.abandoned ?? 0),
    stuck: a.stuck + (b.stuck ?? 0),
    failures: a.failures + (b.failures ?? 0),
  };
}

async function stillRuns(runtime: Runtime, stage: Stage): Promise<boolean> {
  const skill = runtime.skills.find((one) => one.name === stage.skill);
  const described = skill && (await runtime.states.describe(skill.id, stage.executionId));
  return described?.status === 'RUNNING';
}

function abandon(stage: Stage, at: Instant): Stage | undefined {
  if (isSettled(stage)) return undefined;
  const { taskToken: _gone, ...rest } = settleStage(stage, 'abandoned', at, 'system');
  return { ...rest, signal: 'gone' };
}

/** Sends what an open stage owes, and closes it when nobody waits for it any more. */
async function sweepOpen(runtime: Runtime, found: Stage, at: Instant): Promise<Partial<ApprovalSweep>> {
  const { executionId, stage: number } = found;
  const stage = await changeStage(runtime, executionId, number, (current) => remindSeats(current, at));
  const overdue = !isSettled(stage) && addSeconds(deadlineOf(stage), GRACE_SECONDS) <= at;
  const runs = !overdue || (await stillRuns(runtime, stage));
  if (!runs) await changeStage(runtime, executionId, number, (current) => abandon(current, at));
  const mails = await sendStageMails(runtime, executionId, number);
  if (stage.pendingEvents.length > 0 || !runs) await appendAudit(runtime, executionId);
  return { open: 1, mails, abandoned: runs ? 0 : 1, stuck: overdue && runs ? 1 : 0 };
}

/** Finishes what a settled stage owes: its signal, its notices, its events. */
async function sweepSettled(runtime: Runtime, found: Stage): Promise<Partial<ApprovalSweep>> {
  const { executionId, stage: number } = found;
  const owed = found.signal === 'pending';
  const after = await deliverSignal(runtime, found);
  // Settled before any task came for it, and none will come any more.
  if (after.signal === 'pending' && !(await stillRuns(runtime, after)))
    await changeStage(runtime, executionId, number, (current) =>
      current.signal === 'pending' && current.taskToken === undefined ? { ...current, signal: 'gone' } : undefined,
    );
  const mails = await sendStageMails(runtime, executionId, number);
  await appendAudit(runtime, executionId);
  await reindexStage(runtime, executionId, number);
  return { mails, signals: owed && after.signal !== 'pending' ? 1 : 0 };
}

async function sweepOne(runtime: Runtime, key: ItemKey, at: Instant): Promise<Partial<ApprovalSweep>> {
  // The index lags behind; the item itself says what is owed.
  const stage = await runtime.table.get<Stage>(key);
  if (stage === undefined) return {};
  try {
    return isSettled(stage) ? await sweepSettled(runtime, stage) : await sweepOpen(runtime, stage, at);
  } catch (error) {
    log('error', {
      event: 'approval-sweep-failed',
      executionId: stage.executionId,
      stage: stage.stage,
      error: error instanceof Error ? error.name : 'unknown',
    });
    return { failures: 1 };
  }
}

/**
 * Finishes what crashes and refusals left behind: signals that were not delivered, mails that were not sent, reminders that
 * are due, stages that nobody waits for any more. One stage's failure never keeps another from being swept.
 */
export async function sweepApprovals(runtime: Runtime, at: Instant): Promise<ApprovalSweep> {
  const lists = await Promise.all(
    [OUTBOX, OPEN_STAGES].map((pk) => runtime.table.queryAll<ItemKey>({ pk, index: 'gsi1' })),
  );
  let report = NOTHING;
  for (const { pk, sk } of lists.flat()) report = sum(report, await sweepOne(runtime, { pk, sk }, at));
  return report;
}
