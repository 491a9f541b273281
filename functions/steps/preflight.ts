import { parseWith } from '../../lib/core/zod-problems.ts';
import { type FlowState, flowState } from '../../lib/platform/contracts/flow.ts';
import { preflight } from '../../lib/platform/executions/preflight.ts';
import { runtime } from '../runtime.ts';

/** Task state: the schema and contract gate. */
export async function handler(event: unknown): Promise<FlowState> {
  return preflight(await runtime(), parseWith(flowState, event, 'The flow'));
}
