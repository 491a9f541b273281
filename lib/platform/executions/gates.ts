import type { CountersignError } from '../../core/errors.ts';
import type { GateName, GateResult } from '../contracts/outcome.ts';
import type { Reason } from '../skill/skill-result.ts';

/** What each gate's failure does. */
const ON_FAIL: Readonly<Record<GateName, GateResult['onFail']>> = {
  'schema-contract-check': 'block',
  'determinism-check': 'escalate',
  'policy-approval-check': 'block-publish',
};

/** The gates in the order in which an execution passes them. */
const GATES = Object.keys(ON_FAIL) as readonly GateName[];

const gate = (name: GateName, result: GateResult['result'], reasons: readonly Reason[]): GateResult => ({
  gate: name,
  result,
  onFail: ON_FAIL[name],
  reasons: [...reasons],
});

/** A gate that was passed. */
export function passed(name: GateName): GateResult {
  return gate(name, 'pass', []);
}

/** A gate that was not, and why. */
export function failed(name: GateName, reasons: readonly Reason[]): GateResult {
  return gate(name, 'fail', reasons);
}

/** A gate that the execution has not come to, and why where that is worth saying. */
export function notReached(name: GateName, reasons: readonly Reason[] = []): GateResult {
  return gate(name, 'not-reached', reasons);
}

/** The three gates in order: those given, and the others as not reached. */
export function allGates(known: readonly GateResult[]): GateResult[] {
  return GATES.map((name) => known.find((one) => one.gate === name) ?? notReached(name));
}

/** The gates with one of them replaced. */
export function withGate(gates: readonly GateResult[], replacement: GateResult): GateResult[] {
  return allGates([replacement, ...gates.filter((one) => one.gate !== replacement.gate)]);
}

/** The reasons of every gate that failed, in order. */
export function failures(gates: readonly GateResult[]): Reason[] {
  return allGates(gates).flatMap((one) => (one.result === 'fail' ? one.reasons : []));
}

/** A typed error as reasons: one for each of its problems, or one for itself. */
export function reasonsOf(error: CountersignError): Reason[] {
  if (error.problems.length === 0) return [{ code: error.code, message: error.message, pointer: '' }];
  return error.problems.map(({ code, message, pointer }) => ({ code, message, pointer }));
}
