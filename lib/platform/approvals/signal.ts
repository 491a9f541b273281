import { Conflict } from '../../core/errors.ts';
import type { FlowState } from '../contracts/flow.ts';
import { changeExecution } from '../executions/execution-store.ts';
import { rerunExecution } from '../executions/rerun.ts';
import type { Runtime } from '../runtime.ts';
import { OVERSIGHT } from './case.ts';
import { prepareFrom } from './prepare-stage.ts';
import { type Stage, type StageOutcome, stageName, withEvent } from './stage.ts';
import { changeStage } from './stage-store.ts';

/** The verdict that the state machine goes on with; an approval's depends on whether more stages follow. */
const verdicts: Readonly<Record<Exclude<StageOutcome, 'approved'>, FlowState['verdict']>> = {
  rejected: 'rejected',
  'changes-requested': 'changes-requested',
  expired: 'expired',
  withdrawn: 'withdrawn',
  'closed-by-oversight': 'closed-by-oversight',
  // Nobody waits for it; should somebody come all the same, it fails closed.
  abandoned: 'expired',
};

/**
 * What a settled stage means for its execution. An approved stage with more to come prepares the next one that asks anybody
 * first; where earlier approvals satisfy all that follow, the execution is approved.
 * @throws RangeError when the stage is not settled.
 */
export async function conclusionOf(runtime: Runtime, stage: Stage): Promise<FlowState> {
  const { executionId, skill, outcome } = stage;
  if (outcome === 'open') throw new RangeError(`Stage ${stage.stage} of ${executionId} is not settled.`);
  if (outcome !== 'approved') return { executionId, skill, verdict: verdicts[outcome] };
  if (stage.stage >= stage.of) return { executionId, skill, verdict: 'approved' };
  const next = await prepareFrom(runtime, executionId, stage.stage + 1, runtime.clock.now());
  return next === undefined
    ? { executionId, skill, verdict: 'approved' }
    : { executionId, skill, verdict: 'next-stage', next };
}

/** Marks that the execution goes on. */
export async function markRunning(runtime: Runtime, executionId: string): Promise<void> {
  await changeExecution(runtime, executionId, (record) =>
    record.status === 'waiting' ? { ...record, status: 'running', updatedAt: runtime.clock.now() } : undefined,
  );
}

/** Records that a re-run was not to be had. The execution ends all the same: oversight has closed it. */
async function recordRefusal(runtime: Runtime, stage: Stage, reason: string): Promise<void> {
  const refused = {
    eventId: `${stageName(stage)}.rerun-refused`,
    at: runtime.clock.now(),
    type: 'rerun-refused',
    actor: 'system',
    data: { reason },
  };
  await changeStage(runtime, stage.executionId, stage.stage, (current) => withEvent(current, refused));
}

/** Starts the request anew where oversight decided so. */
async function rerunIfOrdered(runtime: Runtime, stage: Stage): Promise<void> {
  const decision = stage.levels[0]?.seats[0]?.decision;
  if (decision?.action !== 're-run') return;
  const started = await rerunExecution(runtime, stage.executionId, OVERSIGHT);
  // A slot comes free again, so the signal waits for it; every other refusal is final.
  if (started.kind === 'no-slot') throw new Conflict('No slot is free for the re-run yet.');
  if (started.kind !== 'accepted') await recordRefusal(runtime, stage, started.kind);
}

/**
 * Delivers the signal that a settled stage owes: ends the wait with the stage's conclusion. Safe to repeat: the state
 * machine takes a token once. A token that nobody waits for any more is given up; the task that comes next, or Escalate,
 * reads the outcome from the stage.
 * @returns the stage afterwards; its signal is still pending when there is no token yet.
 */
export async function deliverSignal(runtime: Runtime, stage: Stage): Promise<Stage> {
  const { executionId, taskToken } = stage;
  if (stage.signal !== 'pending' || taskToken === undefined) return stage;
  await rerunIfOrdered(runtime, stage);
  const flow = await conclusionOf(runtime, stage);
  await markRunning(runtime, executionId);
  const taken = await runtime.states.succeedTask(taskToken, flow);
  return changeStage(runtime, executionId, stage.stage, (current) => {
    // A newer token has its own signal to get.
    if (current.taskToken !== taskToken || current.signal !== 'pending') return undefined;
    const { taskToken: _used, ...rest } = current;
    return { ...rest, signal: taken };
  });
}
