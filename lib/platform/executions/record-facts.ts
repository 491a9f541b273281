import { digestOf } from '../../core/digest.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';

/** What an event carries. */
type Facts = { readonly [key: string]: unknown };

/**
 * What is fixed when an execution is accepted; the first event of its chain carries it. Whoever changes one of these in a
 * record contradicts the chain.
 */
export function acceptanceFacts(record: ExecutionRecord): Facts {
  const { skill, accountId, requester, createdAt, bodyDigest, request, configuration, directory, instant } = record;
  return {
    skill,
    accountId,
    requester,
    createdAt,
    bodyDigest,
    request,
    configuration,
    promoted: record.promoted,
    directory,
    instant,
    flagDigest: digestOf(record.flag),
    flagReason: record.flag.reason,
    engine: record.engine,
    ...(record.resubmits === undefined ? {} : { resubmits: record.resubmits }),
    ...(record.rerunOf === undefined ? {} : { rerunOf: record.rerunOf }),
    ...(record.references === undefined ? {} : { references: record.references }),
  };
}

/** What is fixed when an execution ends; the event `execution-concluded` carries it. */
export function conclusionFacts(record: ExecutionRecord): Facts {
  const { outcome, status, concludedAt, outputs, incident, result, termsDigest, stages, handsOver, handoff, fault } =
    record;
  return {
    outcome,
    status,
    concludedAt,
    gatesDigest: digestOf(record.gates),
    gates: record.gates.map(({ gate, result }) => `${gate}: ${result}`),
    outputs,
    ...(incident === undefined ? {} : { incident }),
    ...(result === undefined ? {} : { result }),
    ...(termsDigest === undefined ? {} : { termsDigest }),
    ...(stages === undefined ? {} : { stages }),
    ...(handsOver === undefined ? {} : { handsOver }),
    ...(handoff === undefined ? {} : { handoff }),
    // The fault's message stays out: it may quote what was computed with.
    ...(fault === undefined ? {} : { fault: { error: fault.error, state: fault.state } }),
  };
}
