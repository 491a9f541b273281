import type { Problem } from '../../../core/errors.ts';
import { gapBasisPoints } from '../answer.ts';
import { type PlanCertificate, weightsAreValid } from './certificate.ts';
import type { Plan } from './plan.ts';

/** What a check found wrong with a plan or its certificate. */
export function wrong(pointer: string, code: string, message: string): Problem {
  return { pointer, code, message, mend: 'Plan the request again; do not trust this plan.' };
}

/** What a certificate is held against. */
interface Proof {
  readonly scenarios: number;
  /** Whether a limit of this name exists. */
  readonly hasRow: (row: string) => boolean;
  /** The bound that the certificate's multipliers prove; asked only when they mean something. */
  readonly bound: () => bigint;
}

/** Everything that is wrong with a certificate: whose it is, its weights and multipliers, and what it claims of bound, value and gap. */
export function certificateProblems(plan: Plan, certificate: PlanCertificate, proof: Proof): Problem[] {
  if (certificate.request !== plan.request)
    return [wrong('/certificate/request', 'other-request', 'The certificate is about another request.')];
  if (!weightsAreValid(certificate.scenarioWeights, proof.scenarios))
    return [wrong('/certificate/scenarioWeights', 'invalid-weights', 'The scenario weights are not those of a tail.')];
  const seen = new Set<string>();
  for (const { row, value } of certificate.multipliers) {
    if (!proof.hasRow(row) || seen.has(row) || !Number.isSafeInteger(value) || value < 0)
      return [
        wrong('/certificate/multipliers', 'invalid-multiplier', `The multiplier of "${row}" means nothing here.`),
      ];
    seen.add(row);
  }
  const bound = proof.bound();
  const found: Problem[] = [];
  if (bound < BigInt(certificate.bound)) {
    const message = `The multipliers prove ${bound}, and the certificate claims ${certificate.bound}.`;
    found.push(wrong('/certificate/bound', 'bound-not-proved', message));
  }
  if (certificate.objective !== plan.objective)
    found.push(wrong('/certificate/objective', 'other-objective', 'The certificate is about another value.'));
  if (certificate.gapBasisPoints !== gapBasisPoints(plan.objective, certificate.bound))
    found.push(wrong('/certificate/gapBasisPoints', 'other-gap', 'The gap is another one.'));
  return found;
}
