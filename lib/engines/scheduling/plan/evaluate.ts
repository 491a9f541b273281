import { accountViolations } from './account-violations.ts';
import { bucketsOf, horizonEnd } from './buckets.ts';
import { minuteOf } from './local-time.ts';
import { delayDays, lossInScenario, lossOf } from './losses.ts';
import { completeness, freezeViolations, orderViolations } from './order-violations.ts';
import { type Planned, type PlannedFacts, plannedFacts } from './planned-facts.ts';
import { repViolations } from './rep-violations.ts';
import type { PlanRequest } from './request-shape.ts';
import { inUnits, type Scale, tailWeights } from './scale.ts';
import { drawScenarios } from './scenarios.ts';
import { slotViolations } from './slot-violations.ts';

/** What a plan comes to when it is valued from nothing but the request, and every rule that it breaks. */
export interface Evaluation {
  /** Z, see `Scale`. */
  readonly objective: bigint;
  /** In units of money, by scenario. */
  readonly losses: readonly number[];
  readonly violations: readonly string[];
}

function fairnessUnits({ request, touches, slots }: PlannedFacts, plannable: readonly string[], scale: Scale): bigint {
  const weeks = new Map<number, Set<string>>();
  for (const { rep, week } of bucketsOf(request)) weeks.set(rep, (weeks.get(rep) ?? new Set()).add(week));
  const p80 = (id: string): number => touches.get(id)?.minutes.p80 ?? 0;
  let work = plannable.reduce((sum, id) => sum + p80(id), 0);
  let contracts = 0;
  for (const [rep, { size }] of weeks) {
    work += (request.reps[rep]?.loadMinutes ?? 0) * size;
    contracts += (request.reps[rep]?.weeklyMinutes ?? 0) * size;
  }
  let excess = 0n;
  for (const [place, { size }] of weeks) {
    const rep = request.reps[place];
    if (rep === undefined || contracts === 0) continue;
    const share =
      Number((BigInt(work) * BigInt(rep.weeklyMinutes * size)) / BigInt(contracts)) - rep.loadMinutes * size;
    const given = slots.filter((slot) => slot.rep === rep.id).reduce((sum, slot) => sum + p80(slot.touch), 0);
    excess += BigInt(Math.max(0, given - Math.max(0, share)));
  }
  return excess * BigInt(inUnits(request.weights.fairnessPerMinute, scale));
}

function floorUnits(
  { request, accounts, touches, slots }: PlannedFacts,
  plannable: readonly string[],
  scale: Scale,
): bigint {
  const segmentOf = (id: string): string | undefined => accounts.get(touches.get(id)?.account ?? '')?.segment;
  let missing = 0;
  for (const { segment, servedBasisPoints } of request.floors) {
    const feasible = plannable.filter((id) => segmentOf(id) === segment).length;
    const served = slots.filter(({ touch }) => segmentOf(touch) === segment).length;
    missing += Math.max(0, Math.ceil((feasible * servedBasisPoints) / 10_000) - served);
  }
  return BigInt(missing) * BigInt(inUnits(request.weights.floorShortfall, scale));
}

/**
 * Values a plan from the request and the plan's slots alone, in big integers, and names every rule that it breaks. It knows nothing of
 * columns and limits as the solver has them; it is slow and simple, so that it can be held against them.
 */
export function evaluatePlan(request: PlanRequest, plan: Planned): Evaluation {
  const facts = plannedFacts(request, plan);
  const { scale } = plan;
  const multipliers = drawScenarios(request);
  const losses = Array.from({ length: scale.scenarios }, () => 0);
  const plannable: string[] = [];
  const inForce = new Map(request.previous?.slots.map((slot) => [slot.touch, slot]));
  let prices = 0n;
  const money = (minorUnits: number): bigint => BigInt(inUnits(minorUnits, scale));
  for (const each of plan.touches) {
    const touch = facts.touches.get(each.touch);
    const account = facts.accounts.get(touch?.account ?? '');
    if (touch === undefined || account === undefined || each.status === 'done' || each.status === 'infeasible')
      continue;
    plannable.push(each.touch);
    const isPlaced = each.status === 'scheduled';
    const start = isPlaced ? minuteOf(each.halfDay.start) : horizonEnd(request);
    const days = delayDays(touch, start) + (isPlaced ? 0 : request.deferralDays);
    const loss = lossOf(touch, account, days);
    for (const [k, multiplier] of (multipliers.get(account.id) ?? []).entries())
      losses[k] = (losses[k] ?? 0) + inUnits(lossInScenario(loss, multiplier), scale);
    if (!isPlaced) prices += money(request.weights.deferral);
    else if (account.preferredRep !== undefined && account.preferredRep !== each.rep)
      prices += money(request.weights.handover);
    const slot = inForce.get(each.touch);
    if (slot === undefined) continue;
    const kept =
      isPlaced &&
      slot.rep === each.rep &&
      Date.parse(slot.start) >= Date.parse(each.halfDay.start) &&
      Date.parse(slot.start) < Date.parse(each.halfDay.end);
    if (!kept) prices += money(request.weights.move) + (slot.promised ? money(request.weights.brokenPromise) : 0n);
  }
  prices += fairnessUnits(facts, plannable, scale) + floorUnits(facts, plannable, scale);
  const weights = tailWeights(losses);
  const lossPart = losses.reduce(
    (sum, loss, k) => sum + (BigInt(scale.mean) + BigInt(scale.tail) * BigInt(weights[k] ?? 0)) * BigInt(loss),
    0n,
  );
  return {
    objective: lossPart + BigInt(scale.factor) * prices,
    losses,
    violations: [
      ...completeness(facts, plan),
      ...slotViolations(facts),
      ...repViolations(facts),
      ...accountViolations(facts),
      ...orderViolations(facts, plan),
      ...freezeViolations(facts, plan),
    ],
  };
}
