import { parseWith } from '../../lib/core/zod-problems.ts';
import { type FlowState, flowState } from '../../lib/platform/contracts/flow.ts';
import { recover } from '../../lib/platform/executions/recover.ts';
import { runtime } from '../runtime.ts';

/** Task state: the end of an execution that a fault broke off. */
export async function handler(event: unknown): Promise<FlowState> {
  return recover(await runtime(), parseWith(flowState, event, 'The flow'));
}
