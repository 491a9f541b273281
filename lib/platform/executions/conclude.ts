import { readStages } from '../approvals/stage-store.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { FlowState } from '../contracts/flow.ts';
import { findHandoff } from '../handoffs/handoff-store.ts';
import type { Runtime } from '../runtime.ts';
import { concludeExecution, type Ending } from './conclusion.ts';
import { blockedEnding, handoffEnding, type PeoplesOutcome, peoplesEnding } from './endings.ts';
import { readExecution } from './execution-store.ts';

const PEOPLES_OUTCOMES: readonly FlowState['verdict'][] = ['rejected', 'changes-requested', 'expired', 'withdrawn'];

const isPeoplesOutcome = (verdict: FlowState['verdict']): verdict is PeoplesOutcome =>
  PEOPLES_OUTCOMES.includes(verdict);

async function endingOf(runtime: Runtime, record: ExecutionRecord, verdict: FlowState['verdict']): Promise<Ending> {
  if (isPeoplesOutcome(verdict)) return peoplesEnding(record, verdict, await readStages(runtime, record.executionId));
  const end = verdict === 'handoff-ended' ? (await findHandoff(runtime, record.executionId))?.end : undefined;
  if (end === undefined || end.outcome === 'published') return blockedEnding(record);
  return handoffEnding(record, { outcome: end.outcome, reasons: end.reasons });
}

/**
 * Ends an execution that is not published, as the approval desk's verdict says: rejected, changes requested, expired,
 * withdrawn; or as its handoff ended. Any other verdict that comes here ends it as blocked.
 * @throws NotFound when there is no such execution.
 */
export async function conclude(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  const record = await readExecution(runtime, flow.executionId);
  await concludeExecution(runtime, record, await endingOf(runtime, record, flow.verdict));
  return flow;
}
