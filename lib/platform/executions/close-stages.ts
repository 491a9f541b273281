import { settleStage } from '../approvals/settle-stage.ts';
import { changeStage, readStages } from '../approvals/stage-store.ts';
import type { Runtime } from '../runtime.ts';

/** Closes the stages that are still open when their execution ends without them: their links die and say so. */
export async function closeOpenStages(runtime: Runtime, executionId: string): Promise<void> {
  const at = runtime.clock.now();
  for (const { stage } of await readStages(runtime, executionId))
    await changeStage(runtime, executionId, stage, (current) => settleStage(current, 'abandoned', at, 'system'));
}
