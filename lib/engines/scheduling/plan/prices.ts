import { horizonEnd } from './buckets.ts';
import type { Candidate } from './candidates.ts';
import { delayDays, lossInScenario, lossOf } from './losses.ts';
import type { Account, PlanRequest, Touch } from './request-shape.ts';
import { type Scale, scaleFor } from './scale.ts';

/** A touch that fits somewhere, and where. */
export interface Admitted {
  readonly touch: Touch;
  readonly account: Account;
  readonly found: readonly Candidate[];
  /** It stays in its only candidate, and cannot be deferred. */
  readonly fixed: boolean;
}

/** Days of delay that a deferred touch is taken to have: to the end of the horizon, and `deferralDays` more. */
export function deferredDays(request: PlanRequest, touch: Touch): number {
  return delayDays(touch, horizonEnd(request)) + request.deferralDays;
}

/** The scale in which no plan of these touches leaves the exact numbers. */
export function scaleOf(
  request: PlanRequest,
  admitted: readonly Admitted[],
  multipliers: ReadonlyMap<string, readonly number[]>,
): Scale {
  const { weights, scenarios } = request;
  let most = 0;
  let minutes = 0;
  for (const { touch, account } of admitted) {
    const worst = Math.max(...(multipliers.get(account.id) ?? [10_000]));
    // The curve never falls, so nothing costs more than the longest delay; a move may lie behind the end of the horizon.
    const loss = lossInScenario(lossOf(touch, account, deferredDays(request, touch) + 2), worst);
    most += loss + weights.handover + weights.deferral + weights.move + weights.brokenPromise + weights.floorShortfall;
    minutes += touch.minutes.p80;
  }
  return scaleFor(weights.lambdaBasisPoints, scenarios.count, most + minutes * weights.fairnessPerMinute);
}
