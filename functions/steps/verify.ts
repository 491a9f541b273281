import { parseWith } from '../../lib/core/zod-problems.ts';
import { type FlowState, flowState } from '../../lib/platform/contracts/flow.ts';
import { verify } from '../../lib/platform/executions/verify.ts';
import { runtime } from '../runtime.ts';

/** Task state: determinism gate, budget guard, policy gate. */
export async function handler(event: unknown): Promise<FlowState> {
  return verify(await runtime(), parseWith(flowState, event, 'The flow'));
}
