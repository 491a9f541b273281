import { defaultHazard, defaultStake, hazardAt } from './default-hazards.ts';
import { MINUTES_A_DAY, type Minute, minuteOf } from './local-time.ts';
import type { Account, Touch } from './request-shape.ts';

/** Whole days that a touch comes too late when it begins at a minute; none before its window opens. */
export function delayDays(touch: Touch, start: Minute): number {
  return Math.max(0, Math.floor((start - minuteOf(touch.window.from)) / MINUTES_A_DAY));
}

/**
 * The loss of a touch in an average month, in minor units, when it comes so many days late:
 * floor( floor(ARR * stake / 10,000) * hazard(days) / 10,000 ).
 */
export function lossOf(touch: Touch, account: Account, days: number): number {
  const stake = touch.stakeBasisPoints ?? defaultStake(touch.kind);
  const protectedRevenue = Math.floor((account.annualRecurringRevenue.minorUnits * stake) / 10_000);
  const curve = account.hazard ?? defaultHazard(touch.kind, account.segment);
  return Math.floor((protectedRevenue * hazardAt(curve, days)) / 10_000);
}

/** The same in a scenario: floor(loss * multiplier / 10,000), where the multiplier is in basis points. */
export function lossInScenario(loss: number, multiplier: number): number {
  return Math.floor((loss * multiplier) / 10_000);
}
