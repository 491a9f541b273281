import { InvalidInput } from '../../core/errors.ts';
import { currentDirectory, readDirectory } from '../configuration/directory-store.ts';
import type { FlowState } from '../contracts/flow.ts';
import { readExecution } from '../executions/execution-store.ts';
import type { Runtime } from '../runtime.ts';
import { carryOut } from './carry-out.ts';
import { missDeadline } from './miss-deadline.ts';
import { nextStage } from './prepare-stage.ts';
import { latest } from './seat-times.ts';
import { conclusionOf, markRunning } from './signal.ts';
import { isSettled, type Stage } from './stage.ts';
import { changeStage } from './stage-store.ts';

/** A stage whose outcome Escalate carries on itself: its token has timed out, so no signal is owed any more. */
function takenOver(stage: Stage): Stage {
  const { taskToken: _timedOut, ...rest } = stage;
  return isSettled(rest) ? { ...rest, signal: 'gone' } : rest;
}

/**
 * Carries on after the wait for a stage timed out. The stage is changed under condition: a decision recorded before wins over
 * the timeout, and a stage that it settled goes on as decided. Otherwise the missed levels escalate and the stage is
 * reopened, or it expires. A timeout never approves. Safe to run again for the same timeout.
 * @throws InvalidInput when the flow names no stage.
 */
export async function escalateStage(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  const { executionId, skill, next } = flow;
  if (next === undefined) throw new InvalidInput('A timed-out flow must name the stage that was waited for.');
  const record = await readExecution(runtime, executionId);
  const directories = await Promise.all([currentDirectory(runtime), readDirectory(runtime, record.directory)]);
  const stage = await changeStage(runtime, executionId, next.stage, (current) => {
    if (isSettled(current)) return takenOver(current);
    // An earlier run of this step has reopened it already.
    if (current.round !== next.round) return undefined;
    // The timer speaks for its deadline even if this machine's clock is a little behind.
    const now = runtime.clock.now();
    return takenOver(missDeadline(current, directories, latest([now, current.timerDueAt], now)));
  });
  if (!isSettled(stage)) {
    await carryOut(runtime, stage);
    return { executionId, skill, verdict: 'reopen', next: nextStage(stage, runtime.clock.now()) };
  }
  const conclusion = await conclusionOf(runtime, stage);
  await markRunning(runtime, executionId);
  await carryOut(runtime, stage);
  return conclusion;
}
