import { canonicalJson, digestOf } from '../../../core/digest.ts';
import { byText } from '../../../core/directory/loaded.ts';
import { gapBasisPoints, standingOf } from '../answer.ts';
import type { PlanCertificate } from './certificate.ts';
import { WEIGHT_SCALE } from './dual.ts';
import { evaluatePlan } from './evaluate.ts';
import { floorsOf, shareOfWork } from './limit-facts.ts';
import { lossInScenario, lossOf } from './losses.ts';
import type { Plan, PlannedTouch } from './plan.ts';
import type { PodBound, SharedPrices } from './pod-bound.ts';
import { type Admitted, deferredDays, scaleOf } from './prices.ts';
import type { PlanRequest } from './request-shape.ts';
import { minorUnitsOf, type Scale, tailWeights } from './scale.ts';
import { drawScenarios } from './scenarios.ts';

/** Limits of reps whose prices may be evened out; the others are an account's, or depend on who else has a window there. */
const EVENED: ReadonlySet<string> = new Set([
  'half-day',
  'week',
  'rescue-calls',
  'after-hours',
  'consecutive',
  'fairness',
]);

/** What a pod's planning answered. */
export interface PodPlan {
  readonly pod: string;
  readonly plan: Plan;
  readonly certificate: PlanCertificate;
}

/** The plans of all pods as one plan of the whole request, with a bound on all plans of it, split or not. */
export interface CombinedPlan {
  readonly format: 'countersign/combined-plan/1';
  readonly request: string;
  readonly standing: 'optimal' | 'gap';
  readonly currency: string;
  readonly touches: readonly PlannedTouch[];
  readonly notices: Plan['notices'];
  readonly scale: Scale;
  readonly objective: number;
  readonly objectiveMinorUnits: number;
  readonly bound: number;
  readonly gapBasisPoints: number;
  /** By scenario, in minor units. */
  readonly losses: readonly number[];
  readonly prices: SharedPrices;
  readonly pods: readonly { readonly pod: string; readonly touches: number; readonly gapBasisPoints: number }[];
}

/** The touches of the whole request that are neither done nor left out, as far as facts about all of them need. */
function plannable(request: PlanRequest, without: ReadonlySet<string>): Admitted[] {
  const accounts = new Map(request.accounts.map((account) => [account.id, account]));
  const done = new Set(request.actuals.filter(({ status }) => status === 'done').map(({ touch }) => touch));
  return request.touches.flatMap((touch) => {
    const account = accounts.get(touch.account);
    return account === undefined || done.has(touch.id) || without.has(touch.id)
      ? []
      : [{ touch, account, found: [], fixed: false }];
  });
}

/** The scale in which the whole request is valued. */
function wholeScale(request: PlanRequest): Scale {
  return scaleOf(request, plannable(request, new Set()), drawScenarios(request));
}

/**
 * The prices that all pods share: the scenario weights of the tail of all their losses together, and each pod's prices of its own
 * limits. A floor belongs to every pod; its price is the mean of theirs.
 */
export function sharePrices(request: PlanRequest, pods: readonly PodPlan[]): SharedPrices {
  const scale = wholeScale(request);
  const losses = Array.from({ length: scale.scenarios }, (_, k) =>
    pods.reduce((sum, { plan }) => sum + (plan.losses[k] ?? 0), 0),
  );
  const values = new Map<string, { sum: number; count: number }>();
  for (const { plan, certificate } of pods) {
    for (const { row, value } of certificate.multipliers) {
      const entry = values.get(row) ?? { sum: 0, count: 0 };
      entry.sum += Math.round((value * plan.scale.unit) / scale.unit);
      entry.count = row.startsWith('floor ') ? pods.length : entry.count + 1;
      values.set(row, entry);
    }
  }
  const most = (row: string): number => {
    const { weights } = request;
    const price = row.startsWith('floor ')
      ? weights.floorShortfall
      : row.startsWith('fairness ')
        ? weights.fairnessPerMinute
        : undefined;
    return price === undefined ? Number.MAX_SAFE_INTEGER : Math.floor(price / scale.unit) * scale.factor * WEIGHT_SCALE;
  };
  return {
    scale,
    scenarioWeights: tailWeights(losses).map((weight) => weight * WEIGHT_SCALE),
    multipliers: [...values]
      .map(([row, { sum, count }]) => ({ row, value: Math.min(most(row), Math.floor(sum / count)) }))
      .sort((a, b) => byText(a.row, b.row)),
  };
}

/**
 * The same prices, evened out between reps of a kind: same zone, skills and half-days. In the best prices of the whole they are alike,
 * up to handovers, while pods that were dealt more work than others ask more of theirs. Which of the two proves more is to be tried.
 */
export function evenPrices(request: PlanRequest, prices: SharedPrices): SharedPrices {
  const kinds = new Map(
    request.reps.map((rep) => [rep.id, canonicalJson([rep.timeZone, rep.skills, rep.calendar, rep.limits])] as const),
  );
  const members = Map.groupBy(kinds.keys(), (rep) => kinds.get(rep) ?? '');
  const sums = new Map<string, number>();
  const groupOf = (
    row: string,
  ): { readonly group: string; readonly rename: (rep: string) => string; readonly size: number } | undefined => {
    const [limit = '', rep = '', ...rest] = row.split(' ');
    const kind = kinds.get(rep);
    if (kind === undefined || !EVENED.has(limit)) return undefined;
    const rename = (other: string): string => [limit, other, ...rest].join(' ');
    return { group: rename(kind), rename, size: members.get(kind)?.length ?? 1 };
  };
  for (const { row, value } of prices.multipliers) {
    const own = groupOf(row);
    if (own !== undefined) sums.set(own.group, (sums.get(own.group) ?? 0) + Math.floor(value / own.size));
  }
  const evened = new Map<string, number>();
  for (const { row, value } of prices.multipliers) {
    const own = groupOf(row);
    if (own === undefined) evened.set(row, value);
    else
      for (const rep of members.get(kinds.get(row.split(' ')[1] ?? '') ?? '') ?? [])
        evened.set(own.rename(rep), sums.get(own.group) ?? 0);
  }
  const multipliers = [...evened].map(([row, value]) => ({ row, value })).sort((a, b) => byText(a.row, b.row));
  return { ...prices, multipliers };
}

/** What the priced floors and shares of fairness take off the bound, in thousandths. */
function sharedTerms(request: PlanRequest, prices: SharedPrices, admitted: readonly Admitted[]): bigint {
  const shares = shareOfWork(request, admitted);
  const floors = floorsOf(request, admitted);
  let terms = 0n;
  for (const { row, value } of prices.multipliers) {
    const [kind = '', subject = ''] = row.split(' ');
    if (kind === 'fairness') {
      const place = request.reps.findIndex(({ id }) => id === subject);
      terms += BigInt(value) * BigInt(shares.get(place) ?? 0);
    }
    if (kind === 'floor')
      for (const [segment, need] of floors) if (segment === subject) terms -= BigInt(value) * BigInt(need);
  }
  return terms;
}

/** A touch that its pod could not schedule though somebody else could: it waits. */
function waiting(request: PlanRequest, each: PlannedTouch): PlannedTouch {
  const touch = request.touches.find(({ id }) => id === each.touch);
  const account = request.accounts.find(({ id }) => id === each.account);
  if (each.status !== 'infeasible' || touch === undefined || account === undefined) return each;
  const loss = lossOf(touch, account, deferredDays(request, touch));
  const drawn = (drawScenarios({ ...request, accounts: [account] }).get(account.id) ?? []).map((by) =>
    lossInScenario(loss, by),
  );
  return {
    touch: each.touch,
    account: each.account,
    status: 'deferred',
    reason: {
      code: 'not-in-pod',
      message: `Nobody of its pod can do it: ${each.reason.message}`,
      mend: 'Split into larger pods, or pin it.',
    },
    expectedLoss: Math.floor(drawn.reduce((sum, by) => sum + by, 0) / Math.max(1, drawn.length)),
    lossBeyondBest: 0,
    moved: request.previous?.slots.some((slot) => slot.touch === each.touch) ?? false,
    brokenPromise: each.brokenPromise,
  };
}

/**
 * Puts the plans of pods together. The value is computed anew from the slots; the bound is the sum of the pods' parts at shared
 * prices, with the scenario weights fixed: weights of a tail never overstate CVaR, so it holds for every plan of the whole request,
 * also for those that no split could find.
 * @throws RangeError when the plans break a rule between them, which their split rules out.
 */
export function combinePods(
  request: PlanRequest,
  pods: readonly PodPlan[],
  bounds: readonly PodBound[],
  prices: SharedPrices,
): CombinedPlan {
  const infeasible = new Set(bounds.flatMap((each) => each.infeasible.map(({ touch }) => touch)));
  const touches = pods
    .flatMap(({ plan }) => plan.touches)
    .map((each) => (each.status === 'infeasible' && !infeasible.has(each.touch) ? waiting(request, each) : each))
    .sort((a, b) => byText(a.touch, b.touch));
  const notices = pods.flatMap(({ plan }) => plan.notices);
  const { scale } = prices;
  const { objective, losses, violations } = evaluatePlan(request, { touches, notices, scale });
  if (violations.length > 0) throw new RangeError(`The pods do not make a plan: ${violations.join(' ')}`);
  const values = new Map(prices.multipliers.map(({ row, value }) => [row, value]));
  const highs = new Map(bounds.flatMap((each) => each.highs.map(({ row, high }) => [row, high] as const)));
  let terms = bounds.reduce((sum, { touchTerms }) => sum + BigInt(touchTerms), 0n);
  for (const [row, high] of highs) terms -= BigInt(values.get(row) ?? 0) * BigInt(high);
  terms -= sharedTerms(request, prices, plannable(request, infeasible));
  const perUnit = BigInt(WEIGHT_SCALE);
  const bound = Number(terms > 0n ? (terms + perUnit - 1n) / perUnit : terms / perUnit);
  const standing = standingOf(Number(objective), bound);
  return {
    format: 'countersign/combined-plan/1',
    request: digestOf(request),
    standing: standing === 'optimal' ? 'optimal' : 'gap',
    currency: request.currency,
    touches,
    notices,
    scale,
    objective: Number(objective),
    objectiveMinorUnits: minorUnitsOf(objective, scale),
    bound,
    gapBasisPoints: gapBasisPoints(Number(objective), bound),
    losses: losses.map((loss) => loss * scale.unit),
    prices,
    pods: pods.map(({ pod, plan, certificate }) => ({
      pod,
      touches: plan.touches.length,
      gapBasisPoints: certificate.gapBasisPoints,
    })),
  };
}
