import type { Money } from '../../lib/core/money.ts';
import { changesOf, isRetimedPromise } from '../../lib/engines/scheduling/plan/changes.ts';
import { defaultStake } from '../../lib/engines/scheduling/plan/default-hazards.ts';
import type { Plan } from '../../lib/engines/scheduling/plan/plan.ts';
import type { PlanRequest, Rep, Touch } from '../../lib/engines/scheduling/plan/request-shape.ts';
import type { SchedulingPolicy } from './configuration.ts';

/** A limit of dignity that a request sets looser than the policy does. */
export interface LooseLimit {
  readonly rep: string;
  readonly limit: keyof Rep['limits'];
  readonly asked: number;
  readonly allowed: number;
}

/** What a plan does that somebody may have to agree to. Every number follows from the plan and the request alone. */
export interface PlanFacts {
  readonly deferred: number;
  /** Revenue that the deferred touches protect; of each account the largest part, once. */
  readonly deferredRevenue: Money;
  /** What the policy lets wait without asking; absent in a currency that it does not name. */
  readonly deferredThreshold?: Money;
  readonly brokenPromises: readonly string[];
  /** Promised slots that are kept at another time of their half-day; absent where there is no plan in force. */
  readonly retimedPromises?: readonly string[];
  readonly moved: number;
  readonly infeasible: readonly string[];
  /** Touches that are pinned or have to stay, and cannot be where they are to be. */
  readonly infeasiblePins: readonly string[];
  /** Segments that are served less than their floor. */
  readonly belowFloor: readonly string[];
  /** Segments whose floor the request sets lower than the policy does. */
  readonly loweredFloors: readonly string[];
  readonly looseLimits: readonly LooseLimit[];
  readonly tightHalfDays: number;
}

function protectedRevenue(touch: Touch, revenue: number): number {
  const stake = touch.stakeBasisPoints ?? defaultStake(touch.kind);
  // Revenue is below 10^11 and a stake at most 10^4: the product is exact.
  return Math.floor((revenue * stake) / 10_000);
}

function waitingRevenue(request: PlanRequest, waiting: ReadonlySet<string>): Money {
  const revenueOf = new Map(request.accounts.map(({ id, annualRecurringRevenue: { minorUnits } }) => [id, minorUnits]));
  const largest = new Map<string, number>();
  for (const touch of request.touches) {
    if (!waiting.has(touch.id)) continue;
    const own = protectedRevenue(touch, revenueOf.get(touch.account) ?? 0);
    largest.set(touch.account, Math.max(own, largest.get(touch.account) ?? 0));
  }
  return { currency: request.currency, minorUnits: [...largest.values()].reduce((sum, each) => sum + each, 0) };
}

const LIMITS = ['rescueCallsPerDay', 'afterHoursPerWeek', 'consecutive'] as const;

/** Promises that a plan does not keep to the minute; a policy says how many of them need nobody's agreement. */
export function promisesNotKept({ brokenPromises, retimedPromises = [] }: PlanFacts): number {
  return brokenPromises.length + retimedPromises.length;
}

/** Reads out of a plan what policy asks about. */
export function factsOf(request: PlanRequest, policy: SchedulingPolicy, plan: Plan): PlanFacts {
  const named = (status: Plan['touches'][number]['status']): string[] =>
    plan.touches.filter((each) => each.status === status).map(({ touch }) => touch);
  const infeasible = named('infeasible');
  const pinned = new Set(request.touches.filter(({ pin }) => pin !== undefined).map(({ id }) => id));
  const deferred = named('deferred');
  const threshold = policy.deferredRevenue.find(({ currency }) => currency === request.currency);
  const floorOf = new Map(request.floors.map(({ segment, servedBasisPoints }) => [segment, servedBasisPoints]));
  const changes = changesOf(request, plan);
  return {
    deferred: deferred.length,
    deferredRevenue: waitingRevenue(request, new Set([...deferred, ...infeasible])),
    ...(threshold === undefined ? {} : { deferredThreshold: threshold }),
    brokenPromises: plan.touches
      .filter((each) => 'brokenPromise' in each && each.brokenPromise)
      .map(({ touch }) => touch),
    ...(changes === undefined
      ? {}
      : {
          retimedPromises: changes
            .filter(isRetimedPromise)
            .map(({ touch }) => touch)
            .sort(),
        }),
    moved: plan.touches.filter((each) => 'moved' in each && each.moved).length,
    infeasible,
    infeasiblePins: infeasible.filter((touch) => pinned.has(touch)),
    belowFloor: plan.floors.filter(({ missing }) => missing > 0).map(({ segment }) => segment),
    loweredFloors: policy.floors
      .filter(({ segment, servedBasisPoints }) => (floorOf.get(segment) ?? 0) < servedBasisPoints)
      .map(({ segment }) => segment),
    looseLimits: request.reps.flatMap(({ id, limits }) =>
      LIMITS.filter((limit) => limits[limit] > policy.dignity[limit]).map((limit) => ({
        rep: id,
        limit,
        asked: limits[limit],
        allowed: policy.dignity[limit],
      })),
    ),
    tightHalfDays: plan.tight.length,
  };
}
