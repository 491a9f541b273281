import { canonicalJson } from '../../../../core/digest.ts';
import type { Problem } from '../../../../core/errors.ts';
import { standingOf } from '../../answer.ts';
import type { PlanCertificate } from '../certificate.ts';
import { certificateProblems, wrong } from '../certificate-problems.ts';
import { evaluatePlan } from '../evaluate.ts';
import { floorsOf, shareOfWork } from '../limit-facts.ts';
import { minuteOf } from '../local-time.ts';
import type { Plan, ScheduledTouch, Totals } from '../plan.ts';
import type { PlanRequest } from '../request-shape.ts';
import { minorUnitsOf } from '../scale.ts';
import { tailSum } from '../state.ts';
import { Whole } from './whole.ts';
import { rowsByName, wholeBound } from './whole-bound.ts';

/** What a plan comes to, from its slots and what they were valued at. */
function totalsOf(whole: Whole, plan: Plan, objective: bigint, losses: readonly number[]): Totals {
  const { request, scale, touches } = whole;
  const { weights } = request;
  const slots = plan.touches.filter((each): each is ScheduledTouch => each.status === 'scheduled');
  const waiting = plan.touches.filter(({ status }) => status === 'deferred').length;
  const accounts = new Map(request.accounts.map((account) => [account.id, account]));
  const previous = new Map(request.previous?.slots.map((slot) => [slot.touch, slot]));
  const planned = new Map(plan.touches.map((each) => [each.touch, each]));
  const changes = touches.flatMap(({ admitted: { touch } }) => {
    const slot = previous.get(touch.id);
    const now = planned.get(touch.id);
    if (slot === undefined) return [];
    const kept =
      now?.status === 'scheduled' &&
      now.rep === slot.rep &&
      minuteOf(slot.start) >= minuteOf(now.halfDay.start) &&
      minuteOf(slot.start) < minuteOf(now.halfDay.end);
    return kept ? [] : [slot];
  });
  const admitted = touches.map((each) => each.admitted);
  const minutesOf = new Map(request.touches.map(({ id, minutes }) => [id, minutes.p80]));
  const placeOf = new Map(request.reps.map(({ id }, place) => [id, place]));
  const minutes = new Map<number, number>();
  for (const { rep, touch } of slots) {
    const place = placeOf.get(rep) ?? -1;
    minutes.set(place, (minutes.get(place) ?? 0) + (minutesOf.get(touch) ?? 0));
  }
  const shares = shareOfWork(request, admitted);
  const above = [...minutes].reduce((sum, [rep, own]) => sum + Math.max(0, own - (shares.get(rep) ?? 0)), 0);
  const missing = [...floorsOf(request, admitted)].reduce((sum, [segment, need]) => {
    const served = slots.filter(({ account }) => accounts.get(account)?.segment === segment).length;
    return sum + Math.max(0, need - served);
  }, 0);
  const mean = (sum: number): number => Number((BigInt(sum) * BigInt(scale.unit)) / BigInt(scale.scenarios));
  return {
    objective: minorUnitsOf(objective, scale),
    expectedLoss: mean(losses.reduce((sum, loss) => sum + loss, 0)),
    conditionalValueAtRisk: mean(tailSum(Float64Array.from(losses))),
    handover:
      slots.filter(({ account, rep }) => (accounts.get(account)?.preferredRep ?? rep) !== rep).length *
      weights.handover,
    deferral: waiting * weights.deferral,
    moves: changes.length * weights.move,
    brokenPromises: changes.filter(({ promised }) => promised).length * weights.brokenPromise,
    fairness: weights.fairnessPerMinute === 0 ? 0 : above * weights.fairnessPerMinute,
    floorShortfall: missing * weights.floorShortfall,
    scheduled: slots.length,
    deferred: waiting,
  };
}

function planProblems(whole: Whole, plan: Plan): Problem[] {
  const { objective, losses, violations } = evaluatePlan(whole.request, plan);
  const found = violations.map((message) => wrong('/touches', 'rule-broken', message));
  if (canonicalJson(plan.scale) !== canonicalJson(whole.scale))
    return [...found, wrong('/scale', 'other-scale', 'The scale is not the one of this request.')];
  if (objective !== BigInt(plan.objective))
    found.push(wrong('/objective', 'other-objective', `The plan comes to ${objective}, and says ${plan.objective}.`));
  if (losses.some((loss, k) => loss * whole.scale.unit !== plan.losses[k]) || losses.length !== plan.losses.length)
    found.push(wrong('/losses', 'other-losses', 'The losses by scenario are others.'));
  const unplanned = new Set(plan.touches.filter(({ status }) => status === 'infeasible').map(({ touch }) => touch));
  for (const touch of new Set([...unplanned, ...whole.infeasible.keys()]))
    if (unplanned.has(touch) !== whole.infeasible.has(touch))
      found.push(wrong('/touches', 'other-infeasible', `Whether "${touch}" can be scheduled is stated wrongly.`));
  const planned = new Map(plan.touches.map((each) => [each.touch, each]));
  const isNowhere = whole.touches.some(({ admitted: { touch, fixed } }, place) => {
    const own = planned.get(touch.id);
    if (own?.status === 'deferred') return fixed;
    return own?.status !== 'scheduled' || whole.placeOf(place, own.rep, minuteOf(own.halfDay.start)) === undefined;
  });
  if (isNowhere) found.push(wrong('/touches', 'no-such-place', 'A touch is where it cannot be.'));
  else if (canonicalJson(totalsOf(whole, plan, objective, losses)) !== canonicalJson(plan.totals))
    found.push(wrong('/totals', 'other-totals', 'The totals are others.'));
  return found;
}

function certificateProblemsOf(whole: Whole, plan: Plan, certificate: PlanCertificate): Problem[] {
  const { scenarioWeights: weights, multipliers } = certificate;
  const places = rowsByName(whole);
  return certificateProblems(plan, certificate, {
    scenarios: whole.scale.scenarios,
    hasRow: (row) => places.has(row),
    bound: () => wholeBound(whole, { weights, multipliers }),
  });
}

/**
 * `checkCertificate` for a plan that was made in pods: shift by shift, so that no model of the whole request is written out.
 * @throws TooWide when the request has more places than any plan may weigh.
 */
export function checkWhole(request: PlanRequest, plan: Plan, certificate: PlanCertificate | undefined): Problem[] {
  const whole = new Whole(request);
  const standing = standingOf(plan.objective, certificate?.bound);
  return [
    ...planProblems(whole, plan),
    ...(certificate === undefined ? [] : certificateProblemsOf(whole, plan, certificate)),
    ...(standing === plan.standing ? [] : [wrong('/standing', 'other-standing', `The standing is ${standing}.`)]),
  ];
}
