import { readStages } from '../approvals/stage-store.ts';
import type { FlowState } from '../contracts/flow.ts';
import type { Runtime } from '../runtime.ts';
import { concludeExecution } from './conclusion.ts';
import { blockedEnding, type PeoplesOutcome, peoplesEnding } from './endings.ts';
import { readExecution } from './execution-store.ts';

const PEOPLES_OUTCOMES: readonly FlowState['verdict'][] = ['rejected', 'changes-requested', 'expired', 'withdrawn'];

const isPeoplesOutcome = (verdict: FlowState['verdict']): verdict is PeoplesOutcome =>
  PEOPLES_OUTCOMES.includes(verdict);

/**
 * Ends an execution that is not published, as the approval desk's verdict says: rejected, changes requested, expired,
 * withdrawn; any other verdict that comes here ends it as blocked.
 * @throws NotFound when there is no such execution.
 */
export async function conclude(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  const record = await readExecution(runtime, flow.executionId);
  const ending = isPeoplesOutcome(flow.verdict)
    ? peoplesEnding(record, flow.verdict, await readStages(runtime, record.executionId))
    : blockedEnding(record);
  await concludeExecution(runtime, record, ending);
  return flow;
}
