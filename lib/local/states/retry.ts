import type { Retrier } from './definition.ts';
import type { Retries } from './execution.ts';
import { matchesFailure, type StateFailure } from './failure.ts';

/** A retry that is due: after how long, and the counts with it. */
export interface PlannedRetry {
  readonly delayMilliseconds: number;
  readonly retries: Retries;
}

/**
 * The retry that a failure gets, or `undefined` of none. The first retrier whose names match decides;
 * when its attempts are used up, no later one is asked.
 * Source: Amazon States Language, "Retrying after error".
 */
export function planRetry(
  retriers: readonly Retrier[],
  retries: Retries,
  failure: StateFailure,
  random: () => number,
): PlannedRetry | undefined {
  const index = retriers.findIndex((retrier) => matchesFailure(retrier.errorEquals, failure));
  const retrier = retriers[index];
  const attempts = retries.byRetrier[index] ?? 0;
  if (retrier === undefined || attempts >= retrier.maxAttempts) return undefined;
  const byRetrier = retriers.map((_, other) => (retries.byRetrier[other] ?? 0) + (other === index ? 1 : 0));
  return {
    delayMilliseconds: delayMilliseconds(retrier, attempts, random),
    retries: { count: retries.count + 1, byRetrier },
  };
}

/** The interval, multiplied by the rate for each earlier attempt, at most the greatest delay; with full jitter, any part of that. */
function delayMilliseconds(retrier: Retrier, attempts: number, random: () => number): number {
  const grown = retrier.intervalSeconds * retrier.backoffRate ** attempts;
  const seconds = Math.min(grown, retrier.maxDelaySeconds ?? LONGEST_DELAY_SECONDS);
  return Math.round(seconds * 1000 * (retrier.jitterStrategy === 'FULL' ? random() : 1));
}

/** An execution lasts a year at most; a longer delay than that only has to stay a number. */
const LONGEST_DELAY_SECONDS = 31_622_400;
