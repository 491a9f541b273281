import { parseWith } from '../../lib/core/zod-problems.ts';
import { escalateStage } from '../../lib/platform/approvals/escalate-stage.ts';
import { type FlowState, flowState } from '../../lib/platform/contracts/flow.ts';
import { runtime } from '../runtime.ts';

/** Escalate: carries on after a stage's wait has timed out. */
export async function handler(event: unknown): Promise<FlowState> {
  return escalateStage(await runtime(), parseWith(flowState, event, 'The flow'));
}
