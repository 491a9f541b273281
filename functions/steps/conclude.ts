import { parseWith } from '../../lib/core/zod-problems.ts';
import { type FlowState, flowState } from '../../lib/platform/contracts/flow.ts';
import { conclude } from '../../lib/platform/executions/conclude.ts';
import { runtime } from '../runtime.ts';

/** Task state: the end of an execution that people did not let pass. */
export async function handler(event: unknown): Promise<FlowState> {
  return conclude(await runtime(), parseWith(flowState, event, 'The flow'));
}
