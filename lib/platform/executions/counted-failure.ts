import type { Instant } from '../../core/instant.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { GateResult } from '../contracts/outcome.ts';
import { allGates } from './gates.ts';

type Failure = NonNullable<ExecutionRecord['failure']>;

/**
 * Reasons that speak against what ran, not against what was asked: bounds and constraints that the skill declared, and results that do not
 * hold together. A refusal by policy, a request that does not fit, and a stop by the posture are none of them.
 */
const GUARDRAILS: readonly string[] = [
  'BudgetExceeded',
  'ConstraintViolated',
  'ResultMissing',
  'GateNotPassed',
  'TermsChanged',
  'ApprovalsMissing',
  'IntegrityError',
];

/** A publication that was held until its tries ran out is the posture's doing; counting it would keep the posture up. */
const NOT_COUNTED: readonly string[] = ['PublishHeld'];

/** The guardrail that gates show to be broken, or `undefined`. A result that does not repeat breaks one whatever differs. */
function brokenGuardrail(gates: readonly GateResult[]): string | undefined {
  const broken = allGates(gates).filter(({ result }) => result === 'fail');
  if (broken.some(({ gate }) => gate === 'determinism-check')) return 'determinism-check';
  return broken.flatMap(({ reasons }) => reasons).find(({ code }) => GUARDRAILS.includes(code))?.code;
}

/**
 * What a record owes to the count of its skill: at most one failure in an execution's life, the first that is found.
 * @returns the member to add to the record; empty where nothing is to be counted.
 */
export function failureOwed(
  record: Pick<ExecutionRecord, 'failure'>,
  found: { readonly gates: readonly GateResult[]; readonly fault?: ExecutionRecord['fault'] },
  at: Instant,
): { readonly failure?: Failure } {
  if (record.failure !== undefined) return {};
  if (found.fault !== undefined) {
    if (NOT_COUNTED.includes(found.fault.error)) return {};
    return { failure: { kind: 'fault', code: found.fault.error, at, counted: false } };
  }
  const code = brokenGuardrail(found.gates);
  return code === undefined ? {} : { failure: { kind: 'guardrail', code, at, counted: false } };
}
