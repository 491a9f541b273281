import { canonicalJson, digestOf } from '../../../core/digest.ts';
import type { Problem } from '../../../core/errors.ts';
import { standingOf } from '../answer.ts';
import { totalsOf } from './breakdown.ts';
import { type PlanCertificate, provenBound } from './certificate.ts';
import { certificateProblems, wrong } from './certificate-problems.ts';
import { compile } from './compile.ts';
import { WEIGHT_SCALE } from './dual.ts';
import { evaluatePlan } from './evaluate.ts';
import { minuteOf } from './local-time.ts';
import type { Model } from './model.ts';
import type { Plan } from './plan.ts';
import { checkWhole } from './pods/check-whole.ts';
import { tooLarge } from './preflight.ts';
import type { PlanRequest } from './request-shape.ts';

/** The columns that a plan has chosen, or -1 where it has chosen none that exists. */
function choiceOf(model: Model, plan: Plan): Int32Array {
  const status = new Map(plan.touches.map((each) => [each.touch, each]));
  return Int32Array.from(model.touches, ({ touch, begin, end, fixed }) => {
    const own = status.get(touch.id);
    if (own?.status === 'deferred' && !fixed) return end - 1;
    if (own?.status !== 'scheduled') return -1;
    for (let column = begin; column < end; column += 1) {
      const bucket = model.buckets[model.columnBucket[column] ?? -1];
      if (bucket === undefined || bucket.start !== minuteOf(own.halfDay.start)) continue;
      if (model.request.reps[bucket.rep]?.id === own.rep) return column;
    }
    return -1;
  });
}

function planProblems(request: PlanRequest, model: Model, plan: Plan): Problem[] {
  const { objective, losses, violations } = evaluatePlan(request, plan);
  const found = violations.map((message) => wrong('/touches', 'rule-broken', message));
  if (canonicalJson(plan.scale) !== canonicalJson(model.scale))
    found.push(wrong('/scale', 'other-scale', 'The scale is not the one of this request.'));
  if (objective !== BigInt(plan.objective))
    found.push(wrong('/objective', 'other-objective', `The plan comes to ${objective}, and says ${plan.objective}.`));
  if (losses.some((loss, k) => loss * model.scale.unit !== plan.losses[k]) || losses.length !== plan.losses.length)
    found.push(wrong('/losses', 'other-losses', 'The losses by scenario are others.'));
  const unplanned = plan.touches.filter(({ status }) => status === 'infeasible').map(({ touch }) => touch);
  for (const touch of new Set([...unplanned, ...model.infeasible.keys()]))
    if (unplanned.includes(touch) !== model.infeasible.has(touch))
      found.push(wrong('/touches', 'other-infeasible', `Whether "${touch}" can be scheduled is stated wrongly.`));
  const choice = choiceOf(model, plan);
  if (choice.includes(-1)) found.push(wrong('/touches', 'no-such-place', 'A touch is where it cannot be.'));
  else if (canonicalJson(totalsOf(model, choice)) !== canonicalJson(plan.totals))
    found.push(wrong('/totals', 'other-totals', 'The totals are others.'));
  return found;
}

function certificateProblemsOf(model: Model, plan: Plan, certificate: PlanCertificate): Problem[] {
  const places = new Map(model.rows.map(({ name }, row) => [name, row]));
  return certificateProblems(plan, certificate, {
    scenarios: model.scale.scenarios,
    hasRow: (row) => places.has(row),
    bound: () => {
      const multipliers = new Float64Array(model.rows.length);
      for (const { row, value } of certificate.multipliers) multipliers[places.get(row) ?? -1] = value / WEIGHT_SCALE;
      return provenBound(model, { weights: certificate.scenarioWeights, multipliers });
    },
  });
}

/**
 * Checks a plan and its certificate against the request, without any solver: that the plan keeps every rule, comes to what it says,
 * and cannot be beaten by more than the certificate says. Valuing and rules are computed from the plan's slots alone, the bound from
 * the multipliers, all in big integers.
 * @param request as `parsePlanRequest` gives it.
 * @returns every problem; none when everything holds.
 */
export function checkCertificate(
  request: PlanRequest,
  plan: Plan,
  certificate: PlanCertificate | undefined,
): Problem[] {
  if (digestOf(request) !== plan.request)
    return [wrong('/request', 'other-request', 'The plan is about another request.')];
  if (certificate?.pods !== undefined || tooLarge(request).length > 0) return checkWhole(request, plan, certificate);
  const model = compile(request);
  const standing = standingOf(plan.objective, certificate?.bound);
  return [
    ...planProblems(request, model, plan),
    ...(certificate === undefined ? [] : certificateProblemsOf(model, plan, certificate)),
    ...(standing === plan.standing ? [] : [wrong('/standing', 'other-standing', `The standing is ${standing}.`)]),
  ];
}
