import type { WorkingTime } from '../../../../lib/core/calendar/business-time.ts';
import { isWorkingTime } from '../../calendar/wall-clock-oracle.ts';

const MINUTE = 60_000;

interface SlowClock {
  readonly duration: { businessMinutes: number } | { clockMinutes: number };
  readonly startedAt: string;
  readonly stoppedAt?: string | undefined;
  readonly pauses: readonly { from: string; until?: string | undefined; maximumClockMinutes?: number | undefined }[];
}

const known = new Map<string, boolean>();

function works(at: number, working: WorkingTime): boolean {
  const key = `${working.calendar.id} ${working.timeZone} ${at}`;
  const found = known.get(key) ?? isWorkingTime(at, working);
  known.set(key, found);
  return found;
}

function pausedAt(at: number, { pauses }: SlowClock): boolean {
  return pauses.some(({ from, until, maximumClockMinutes }) => {
    const begin = Date.parse(from);
    const end = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
    const most = maximumClockMinutes === undefined ? Number.POSITIVE_INFINITY : begin + maximumClockMinutes * MINUTE;
    return begin <= at && at < end && at < most;
  });
}

/**
 * Counts a clock minute by minute, looking at a clock on the wall for each: slow, and sharing nothing with the code under test.
 * Everything must lie on whole minutes.
 * @returns minutes counted until the clock stopped (or until `now`), and when the time was used up if that was within 60 days.
 */
export function countSlowly(
  clock: SlowClock,
  working: WorkingTime,
  now: string,
): { elapsed: number; due: string | undefined } {
  const length = 'businessMinutes' in clock.duration ? clock.duration.businessMinutes : clock.duration.clockMinutes;
  const start = Date.parse(clock.startedAt);
  const stop = Date.parse(clock.stoppedAt ?? now);
  let counted = 0;
  let elapsed = 0;
  let due: string | undefined = length === 0 ? clock.startedAt : undefined;
  for (let at = start; at < start + 60 * 1440 * MINUTE && (due === undefined || at < stop); at += MINUTE) {
    const counts = !pausedAt(at, clock) && ('clockMinutes' in clock.duration || works(at, working));
    if (!counts) continue;
    if (at < stop) elapsed += 1;
    counted += 1;
    if (counted === length) due = new Date(at + MINUTE).toISOString();
  }
  return { elapsed, due };
}
