import { InvalidInput } from '../../core/errors.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { WaitingTask } from '../contracts/flow.ts';
import { changeExecution } from '../executions/execution-store.ts';
import type { Runtime } from '../runtime.ts';
import { carryOut } from './carry-out.ts';
import { StaleRound } from './errors.ts';
import { openRound } from './open-round.ts';
import { prepareStage } from './prepare-stage.ts';
import { settleStage } from './settle-stage.ts';
import { changeStage } from './stage-store.ts';

/** Marks that the execution waits for people, unless it has gone on. */
export function markWaiting(runtime: Runtime, executionId: string): Promise<ExecutionRecord> {
  return changeExecution(runtime, executionId, (record) =>
    record.status === 'running' || record.status === 'starting'
      ? { ...record, status: 'waiting', updatedAt: runtime.clock.now() }
      : undefined,
  );
}

/**
 * Opens a stage for the task that waits for it, and mails everyone who is asked. Idempotent per execution, stage and round:
 * a state that is tried again replaces the token and changes nothing else. A stage that is settled already is signalled at
 * once. Mails that cannot be sent now stay owed; the sweeper sends them.
 * @throws InvalidInput when the flow names no stage.
 * @throws StaleRound when the task's round is not the stage's.
 */
export async function openStage(runtime: Runtime, task: WaitingTask): Promise<void> {
  const { executionId, next } = task.flow;
  if (next === undefined) throw new InvalidInput('A waiting task must name the stage that it opens.');
  await prepareStage(runtime, executionId, next.stage, runtime.clock.now());
  // The stage is stored before the record is read, and a withdrawal is recorded before stages are: one sees the other.
  const { withdrawal } = await markWaiting(runtime, executionId);
  const stage = await changeStage(runtime, executionId, next.stage, (current) => {
    if (current.round !== next.round)
      throw new StaleRound(`Stage ${next.stage} of ${executionId} is in round ${current.round}, not ${next.round}.`);
    const at = runtime.clock.now();
    const wanted = withdrawal === undefined ? current : settleStage(current, 'withdrawn', at, withdrawal.by);
    return openRound(wanted, task.taskToken, at);
  });
  await carryOut(runtime, stage);
}
