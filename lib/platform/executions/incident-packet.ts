import type { Instant } from '../../core/instant.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { GateResult, Outcome } from '../contracts/outcome.ts';
import type { Reason } from '../skill/skill-result.ts';

/** Where the whole story of an execution is told, below the API's address. */
export function traceReferences(executionId: string) {
  return {
    execution: `/executions/${executionId}`,
    trace: `/executions/${executionId}/trace`,
    evidence: `/executions/${executionId}/evidence`,
    page: `/status/${executionId}`,
  };
}

/** What oversight needs to look into an execution that a gate or a fault ended: references, no payload. */
export function incidentPacket(
  record: ExecutionRecord,
  ending: {
    readonly outcome: Outcome;
    readonly gates: readonly GateResult[];
    readonly reasons: readonly Reason[];
    readonly fault?: ExecutionRecord['fault'];
  },
  at: Instant,
): unknown {
  const {
    executionId,
    skill,
    accountId,
    requester,
    request,
    configuration,
    promoted,
    directory,
    instant,
    engine,
    result,
  } = record;
  return {
    schema: 'countersign/incident-packet/1',
    executionId,
    skill,
    accountId,
    requester,
    at,
    outcome: ending.outcome,
    gates: ending.gates,
    reasons: ending.reasons,
    ...(ending.fault === undefined ? {} : { fault: ending.fault }),
    request,
    configuration,
    promoted,
    directory,
    instant,
    engine,
    flag: record.flag,
    references: traceReferences(executionId),
    ...(result === undefined ? {} : { result }),
  };
}
