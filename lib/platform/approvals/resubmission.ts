import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { Conflict, CountersignError } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { type ExecutionContext, loadContext } from '../executions/context.ts';
import { findExecution } from '../executions/execution-store.ts';
import type { Runtime } from '../runtime.ts';
import { type KeptApproval, keptApprovals, keptFor, type SentBack } from './carry-over.ts';
import { approvalRecordOf } from './records.ts';
import { eligibilityOf } from './seat-holder.ts';
import { settleVotes } from './settle-stage.ts';
import { type Seat, type Stage, type StageLevel, stageName, withEvent } from './stage.ts';
import { readStages } from './stage-store.ts';

/** An execution whose stages are being prepared. */
export interface Prepared {
  readonly record: ExecutionRecord;
  readonly context: ExecutionContext;
  /** The directory in force. */
  readonly current: LoadedDirectory;
}

/** What the execution resubmits, or `undefined` when it resubmits nothing or that can no longer be read: then all are asked. */
async function readSentBack(runtime: Runtime, resubmits: string): Promise<SentBack | undefined> {
  try {
    const record = await findExecution(runtime, resubmits);
    if (record === undefined) return undefined;
    const [{ request, result }, stages] = await Promise.all([
      loadContext(runtime, record),
      readStages(runtime, resubmits),
    ]);
    return result === undefined ? undefined : { record, request, result, stages };
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

/**
 * Takes the approvals of a request that was sent back for one execution. They are there once: of all executions that
 * resubmit it, the first one keeps them, for good, and every other one asks anew.
 */
async function takeApprovals(runtime: Runtime, earlier: string, executionId: string): Promise<boolean> {
  const key = { pk: `EXECUTION#${earlier}`, sk: 'RESUBMITTED' };
  try {
    await runtime.table.putNew({ ...key, keptBy: executionId, at: runtime.clock.now() });
    return true;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
  const taken = await runtime.table.get<{ keptBy: string }>(key);
  return taken?.keptBy === executionId;
}

/** The kept approval for a seat whose people may still decide by the directory in force. */
function approvalFor(
  stage: Stage,
  level: StageLevel,
  seat: Seat,
  kept: readonly KeptApproval[],
  file: Prepared,
  at: Instant,
) {
  const found = keptFor(kept, seat);
  if (found === undefined) return undefined;
  return eligibilityOf(file.current, stage, level, seat, at).eligible ? found : undefined;
}

function withApproval(stage: Stage, level: StageLevel, seat: Seat, { decision }: KeptApproval, at: Instant): Stage {
  const levels = stage.levels.map((one) =>
    one.levelId === level.levelId
      ? {
          ...one,
          seats: one.seats.map((other) =>
            other.seatId === seat.seatId ? { ...other, standing: 'decided' as const, decision, remindAt: [] } : other,
          ),
        }
      : one,
  );
  return withEvent(
    { ...stage, levels },
    {
      eventId: `${stageName(stage)}.carried.${seat.seatId}`,
      at,
      type: 'approval-carried-over',
      actor: 'system',
      data: { ...approvalRecordOf(stage, level, seat, decision) },
    },
  );
}

/**
 * Puts into a stage that is being prepared the approvals that its seats gave to the request that this one resubmits, as far
 * as they still count, and fixes what follows: a level that they satisfy asks nobody, a stage of such levels is approved and
 * owes nobody a signal, for nobody waits for it yet.
 */
export async function keepApprovals(runtime: Runtime, file: Prepared, stage: Stage, at: Instant): Promise<Stage> {
  const { record, context } = file;
  const { resubmits } = record;
  const planned = context.result?.plan?.stages.find((one) => one.stage === stage.stage);
  if (resubmits === undefined || context.result === undefined || planned === undefined) return stage;
  if (planned.levels.every(({ carryOver }) => carryOver === undefined)) return stage;
  const earlier = await readSentBack(runtime, resubmits);
  if (earlier === undefined) return stage;
  const now = { record, request: context.request, result: context.result };
  const found = stage.levels.flatMap((level) => {
    const asPlanned = planned.levels.find(({ levelId }) => levelId === level.levelId);
    const kept = asPlanned === undefined ? [] : keptApprovals(earlier, now, context.directory, asPlanned, at);
    return level.seats.flatMap((seat) => {
      const approval = approvalFor(stage, level, seat, kept, file, at);
      return approval === undefined ? [] : [{ level, seat, approval }];
    });
  });
  if (found.length === 0 || !(await takeApprovals(runtime, resubmits, record.executionId))) return stage;
  const carried = found.reduce<Stage>(
    (next, { level, seat, approval }) => withApproval(next, level, seat, approval, at),
    stage,
  );
  const { signal: _nobodyWaits, ...settled } = settleVotes(carried, at, 'system');
  return settled;
}
