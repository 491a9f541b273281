import { parseWith } from '../../lib/core/zod-problems.ts';
import { type FlowState, flowState } from '../../lib/platform/contracts/flow.ts';
import { publish } from '../../lib/platform/executions/publish.ts';
import { runtime } from '../runtime.ts';

/** Task state: publication, if everything it takes is on record. */
export async function handler(event: unknown): Promise<FlowState> {
  return publish(await runtime(), parseWith(flowState, event, 'The flow'));
}
