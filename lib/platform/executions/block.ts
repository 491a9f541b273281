import type { FlowState } from '../contracts/flow.ts';
import type { Runtime } from '../runtime.ts';
import { closeOpenStages } from './close-stages.ts';
import { concludeExecution } from './conclusion.ts';
import { blockedEnding, withdrawnEnding } from './endings.ts';
import { readExecution } from './execution-store.ts';
import { releaseSlot } from './slots.ts';

/**
 * Ends an execution that a gate stopped or that oversight closed, with an incident packet. Oversight is told unless it was
 * the policy itself that refused. An execution that was withdrawn before any gate failed ends as withdrawn.
 * @throws NotFound when there is no such execution.
 */
export async function block(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  const record = await readExecution(runtime, flow.executionId);
  await releaseSlot(runtime, record.skill, record.executionId);
  await closeOpenStages(runtime, record.executionId);
  const stopped = record.gates.some(({ result }) => result === 'fail');
  const ending = record.withdrawal !== undefined && !stopped ? withdrawnEnding(record) : blockedEnding(record);
  await concludeExecution(runtime, record, ending);
  return flow;
}
