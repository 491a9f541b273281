import { addSeconds, type Instant } from '../../core/instant.ts';
import type { Posture } from '../contracts/outcome.ts';
import type { PostureThresholds, Threshold } from '../skill/posture-thresholds.ts';
import type { Failure } from './failures.ts';

/** The failures that together reached a threshold. */
export interface Breach {
  readonly failures: readonly Failure[];
  /** One sentence with the numbers. */
  readonly because: string;
}

/** A posture that failures call for. */
export interface Call extends Breach {
  readonly posture: Exclude<Posture, 'normal'>;
}

const RANK: Readonly<Record<Posture, number>> = { normal: 0, elevated: 1, critical: 2 };
const BELOW: Readonly<Record<Posture, Posture>> = { normal: 'normal', elevated: 'normal', critical: 'elevated' };

const accountsIn = (failures: readonly Failure[]): number => new Set(failures.map(({ accountId }) => accountId)).size;

/**
 * Every window that holds a given failure: one ends at each failure that came within its span. So the order in which
 * failures are counted does not matter, nor how late.
 */
function windowsAround(at: Instant, seconds: number, failures: readonly Failure[]): (readonly Failure[])[] {
  const ends = new Set(
    failures.map((failure) => failure.at).filter((end) => end >= at && end <= addSeconds(at, seconds)),
  );
  return [...ends].map((end) => {
    const start = addSeconds(end, -seconds);
    return failures.filter((failure) => failure.at >= start && failure.at <= end);
  });
}

const numbersOf = (failures: readonly Failure[], seconds: number): string =>
  `${failures.length} failed executions of ${accountsIn(failures)} accounts within ${seconds} seconds`;

/**
 * Whether failures on a candidate call for the baseline.
 * @param at the failure that was just counted.
 * @param failures those on this candidate, since it was put on trial.
 */
export function candidateBreach(
  rule: PostureThresholds['candidateFaults'],
  at: Instant,
  failures: readonly Failure[],
): Breach | undefined {
  const window = windowsAround(at, rule.windowSeconds, failures).find((one) => accountsIn(one) >= rule.accounts);
  return window === undefined
    ? undefined
    : { failures: window, because: `${numbersOf(window, rule.windowSeconds)} ran on this candidate.` };
}

const reaches = (failures: readonly Failure[], { faults, accounts }: Threshold): boolean =>
  failures.length >= faults && accountsIn(failures) >= accounts;

/**
 * The posture that failures call for, if it is higher than the current one. Failures never lower a posture.
 * @param at the failure that was just counted.
 * @param failures those that still count.
 */
export function posturesCall(
  thresholds: PostureThresholds,
  current: Posture,
  at: Instant,
  failures: readonly Failure[],
): Call | undefined {
  const windows = windowsAround(at, thresholds.windowSeconds, failures);
  for (const [posture, threshold] of [
    ['critical', thresholds.criticalAt],
    ['elevated', thresholds.elevatedAt],
  ] as const) {
    if (RANK[posture] <= RANK[current]) return undefined;
    const window = windows.find((one) => reaches(one, threshold));
    if (window !== undefined)
      return { posture, failures: window, because: `${numbersOf(window, thresholds.windowSeconds)}.` };
  }
  return undefined;
}

/**
 * The posture after some quiet: one step lower once neither a failure nor a move came for as long as the skill declares.
 * @returns `undefined` while it stays.
 */
export function calmedPosture(
  thresholds: Pick<PostureThresholds, 'calmAfterSeconds'>,
  current: { readonly posture: Posture; readonly since: Instant },
  lastFailureAt: Instant | undefined,
  at: Instant,
): Posture | undefined {
  if (current.posture === 'normal') return undefined;
  const quietSince = lastFailureAt !== undefined && lastFailureAt > current.since ? lastFailureAt : current.since;
  return addSeconds(quietSince, thresholds.calmAfterSeconds) <= at ? BELOW[current.posture] : undefined;
}

/** Whether a move makes things stricter. */
export function isRise(from: Posture, to: Posture): boolean {
  return RANK[to] > RANK[from];
}
