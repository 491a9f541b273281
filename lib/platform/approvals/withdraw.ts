import type { Runtime } from '../runtime.ts';
import { carryOut } from './carry-out.ts';
import { settleStage } from './settle-stage.ts';
import { isSettled } from './stage.ts';
import { changeStage, readStages } from './stage-store.ts';

/**
 * Closes the open stages of an execution, oversight among them, because its requester withdrew it: links die and say so, the state machine goes on
 * with the verdict `withdrawn`. A stage that was settled first keeps its outcome.
 * @param by the person who withdrew it.
 * @returns whether a stage was closed by this call or an earlier one.
 */
export async function withdrawStages(runtime: Runtime, executionId: string, by: string): Promise<boolean> {
  let closed = false;
  for (const { stage } of await readStages(runtime, executionId)) {
    const after = await changeStage(runtime, executionId, stage, (current) =>
      isSettled(current) ? undefined : settleStage(current, 'withdrawn', runtime.clock.now(), by),
    );
    if (after.outcome !== 'withdrawn') continue;
    closed = true;
    await carryOut(runtime, after);
  }
  return closed;
}
