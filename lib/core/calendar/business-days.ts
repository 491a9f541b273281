import { epochMilliseconds, type Instant, instant, instantAt } from '../instant.ts';
import { DAY, localDate } from './local-day.ts';
import { type WorkingTime, workingIntervals } from './working-intervals.ts';

/** Nobody is closed for longer than this. */
const SEARCH_DAYS = 400;

/**
 * The end of working time on the so-many-th working day after the day of `from`; the day of `from` itself does not count. A
 * working day is a date, as the wall clock in the zone shows it, that holds any working time.
 * @param days whole, at least 1.
 * @returns `undefined` when the calendar does not hold so many working days in the 400 days and twice as many as asked for
 *   that follow.
 * @throws RangeError when `days` is not such a number, or `from` not an instant; InvalidInput (`unknown-time-zone`).
 * @example a Friday in Berlin, working Monday to Friday 09:00-17:00: one business day ends on Monday at 17:00.
 */
export function endOfBusinessDay(from: Instant, days: number, working: WorkingTime): Instant | undefined {
  if (!Number.isSafeInteger(days) || days < 1)
    throw new RangeError(`Business days are a whole number of at least 1: ${days}`);
  const begin = epochMilliseconds(instant(from));
  let date = localDate(from, working.timeZone);
  let counted = 0;
  let end: number | undefined;
  for (const interval of workingIntervals(begin, begin + (SEARCH_DAYS + 2 * days) * DAY, working)) {
    const day = localDate(instantAt(interval.start), working.timeZone);
    if (day !== date) {
      if (counted === days) break;
      date = day;
      counted += 1;
    }
    if (counted === days) end = interval.end;
  }
  return end === undefined ? undefined : instantAt(end);
}
