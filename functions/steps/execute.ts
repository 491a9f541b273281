import { parseWith } from '../../lib/core/zod-problems.ts';
import { type FlowState, flowState } from '../../lib/platform/contracts/flow.ts';
import { execute } from '../../lib/platform/executions/execute.ts';
import { runtime } from '../runtime.ts';

/** Task state: the skill's engine. */
export async function handler(event: unknown): Promise<FlowState> {
  return execute(await runtime(), parseWith(flowState, event, 'The flow'));
}
