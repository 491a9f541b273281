import { InvalidInput } from '../errors.ts';
import { epochMilliseconds, type Instant, instant, instantAt } from '../instant.ts';
import { DAY, MINUTE } from './local-day.ts';
import { type WorkingTime, workingIntervals } from './working-intervals.ts';

export { formatLocal } from './format-local.ts';
export type { WorkingTime } from './working-intervals.ts';

/** Nobody is closed for longer than this; a calendar that is has no working time to speak of. */
const SEARCH_DAYS = 400;
/** Further ahead than this no due time means anything. */
const FURTHEST_DAYS = 36_525;

function unreachable(code: string, message: string, mend: string): InvalidInput {
  return new InvalidInput(message, [{ pointer: '', code, message, mend }]);
}

/**
 * The earliest instant, not before `from`, at which so many minutes of working time have passed since `from`. Outside working
 * hours the count starts at the next opening. Exact to the millisecond: the seconds of `from` are kept while it lies in
 * working time, and minutes that end at closing time end there, not at the next opening. No minutes give `from` itself.
 * @param minutes whole, not negative.
 * @throws RangeError when `minutes` is not such a number, or `from` not an instant.
 * @throws InvalidInput `no-working-time` when 400 days in a row hold none, `too-far-ahead` beyond a hundred years,
 *   `unknown-time-zone`.
 * @example a Friday, 16:30 in Berlin, working 09:00-17:00: 60 minutes end on Monday at 09:30.
 */
export function addBusinessMinutes(from: Instant, minutes: number, working: WorkingTime): Instant {
  if (!Number.isSafeInteger(minutes) || minutes < 0) {
    throw new RangeError(`Business minutes are a whole number that is not negative: ${minutes}`);
  }
  const begin = epochMilliseconds(instant(from));
  let remaining = minutes * MINUTE;
  if (remaining === 0) return instantAt(begin);
  for (let at = begin; at < begin + FURTHEST_DAYS * DAY; at += SEARCH_DAYS * DAY) {
    let closed = true;
    for (const { start, end } of workingIntervals(at, at + SEARCH_DAYS * DAY, working)) {
      if (remaining <= end - start) return instantAt(start + remaining);
      remaining -= end - start;
      closed = false;
    }
    if (closed) {
      throw unreachable(
        'no-working-time',
        `The calendar "${working.calendar.id}" has no working time in the ${SEARCH_DAYS} days after ${instantAt(at)}.`,
        'Give the calendar working hours, or the person another calendar.',
      );
    }
  }
  throw unreachable(
    'too-far-ahead',
    `${minutes} minutes of working time by the calendar "${working.calendar.id}" end more than a hundred years ahead.`,
    'Ask for fewer minutes, or give the calendar more working hours.',
  );
}

/**
 * The whole minutes of working time from one instant to another, rounded towards zero; negative when `to` is before `from`.
 * @throws RangeError when one is not an instant; InvalidInput (`unknown-time-zone`).
 */
export function businessMinutesBetween(from: Instant, to: Instant, working: WorkingTime): number {
  const [start, end] = [epochMilliseconds(instant(from)), epochMilliseconds(instant(to))];
  if (end < start) return 0 - businessMinutesBetween(to, from, working);
  let worked = 0;
  for (const interval of workingIntervals(start, end, working)) worked += interval.end - interval.start;
  return Math.floor(worked / MINUTE);
}
