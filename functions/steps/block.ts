import { parseWith } from '../../lib/core/zod-problems.ts';
import { type FlowState, flowState } from '../../lib/platform/contracts/flow.ts';
import { block } from '../../lib/platform/executions/block.ts';
import { runtime } from '../runtime.ts';

/** Task state: the end of an execution that a gate stopped. */
export async function handler(event: unknown): Promise<FlowState> {
  return block(await runtime(), parseWith(flowState, event, 'The flow'));
}
