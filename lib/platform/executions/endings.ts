import type { Stage } from '../approvals/stage.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { GateResult } from '../contracts/outcome.ts';
import type { HandoffEnd } from '../skill/handoff-protocol.ts';
import type { Reason } from '../skill/skill-result.ts';
import type { Ending } from './conclusion.ts';
import { allGates, failed, failures, withGate } from './gates.ts';

/** The endings that people bring about, besides publication. */
export type PeoplesOutcome = 'rejected' | 'changes-requested' | 'expired' | 'withdrawn';

const WORDS: Readonly<Record<PeoplesOutcome, string>> = {
  rejected: 'The request was rejected.',
  'changes-requested': 'Changes to the request were asked for.',
  expired: 'Nobody decided in time, so nothing is approved.',
  withdrawn: 'The requester withdrew the request.',
};

/** The gates with the policy gate closed, unless a gate has failed before. */
function policyClosed(gates: readonly GateResult[], reasons: readonly Reason[]): GateResult[] {
  return failures(gates).length > 0 ? allGates(gates) : withGate(gates, failed('policy-approval-check', reasons));
}

/** What people wrote who decided against the request. */
function comments(outcome: PeoplesOutcome, stages: readonly Stage[]): Reason[] {
  const action = outcome === 'rejected' ? 'reject' : 'request-changes';
  if (outcome !== 'rejected' && outcome !== 'changes-requested') return [];
  return stages
    .flatMap(({ levels }) => levels.flatMap(({ seats }) => seats))
    .flatMap(({ decision, approver }) =>
      decision?.action === action ? [{ code: action, message: `${approver}: ${decision.comment}`, pointer: '' }] : [],
    );
}

/** The ending of a request that people did not let pass. */
export function peoplesEnding(record: ExecutionRecord, outcome: PeoplesOutcome, stages: readonly Stage[]): Ending {
  const reasons = [{ code: outcome, message: WORDS[outcome], pointer: '' }, ...comments(outcome, stages)];
  const gates = policyClosed(record.gates, reasons.slice(0, 1));
  return { outcome, gates, reasons, incident: false, tellOversight: false };
}

/** The ending of an execution whose handoff came to an end other than being closed as promised. */
export function handoffEnding(
  record: ExecutionRecord,
  { outcome, reasons }: Pick<HandoffEnd, 'reasons'> & { readonly outcome: Exclude<HandoffEnd['outcome'], 'published'> },
): Ending {
  const stated = reasons.length > 0 ? reasons : [{ code: outcome, message: 'The handoff ended so.', pointer: '' }];
  // What was taken back is looked into, whoever ordered it.
  const incident = outcome === 'rolled-back';
  const gates = policyClosed(record.gates, stated.slice(0, 1));
  return { outcome, gates, reasons: stated, incident, tellOversight: incident };
}

/** The ending of a request that its requester took back. */
export function withdrawnEnding(record: ExecutionRecord): Ending {
  return peoplesEnding(record, 'withdrawn', []);
}

/** Reasons of the policy gate that speak against what ran, not against what was asked. */
const OWN_BOUNDS: readonly string[] = ['BudgetExceeded', 'ConstraintViolated'];

/** Whether nothing but the policy itself refused: then oversight has nothing to look into. */
function isPolicyDenial(gates: readonly GateResult[]): boolean {
  const failedGates = gates.filter(({ result }) => result === 'fail');
  return failedGates.every(
    ({ gate, reasons }) => gate === 'policy-approval-check' && reasons.every(({ code }) => !OWN_BOUNDS.includes(code)),
  );
}

/** The ending of an execution that a gate stopped, or that oversight closed. */
export function blockedEnding(record: ExecutionRecord): Ending {
  const reasons = failures(record.gates);
  const stated =
    reasons.length > 0 ? reasons : [{ code: 'blocked', message: 'The execution was stopped.', pointer: '' }];
  const gates = reasons.length > 0 ? allGates(record.gates) : policyClosed(record.gates, stated);
  return {
    outcome: 'blocked',
    gates,
    reasons: stated,
    incident: true,
    tellOversight: reasons.length === 0 || !isPolicyDenial(gates),
  };
}

/** The ending of an execution that a fault broke off. */
export function rolledBackEnding(record: ExecutionRecord, fault: NonNullable<ExecutionRecord['fault']>): Ending {
  const reasons = [
    { code: fault.error, message: 'A fault broke the execution off; nothing was published.', pointer: '' },
  ];
  return {
    outcome: 'rolled-back',
    gates: policyClosed(record.gates, reasons),
    reasons,
    incident: true,
    tellOversight: true,
    fault,
  };
}
