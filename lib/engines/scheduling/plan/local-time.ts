import { DAY, dateOfDay, MINUTE } from '../../../core/calendar/local-day.ts';
import { offsetPeriodAt } from '../../../core/calendar/zone-offsets.ts';

/** Minutes since 1970-01-01T00:00Z: the time in which this engine counts. */
export type Minute = number;

export const MINUTES_A_DAY = 1_440;

/** The minute of an instant, rounded down. */
export function minuteOf(instant: string): Minute {
  return Math.floor(Date.parse(instant) / MINUTE);
}

export function instantOfMinute(minute: Minute): string {
  return new Date(minute * MINUTE).toISOString();
}

/** Days since 1970-01-01 of a date. */
export function dayOfDate(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY);
}

/** The wall clock's reading in a zone, as minutes since 1970-01-01T00:00 of that clock. */
export function localMinute(minute: Minute, timeZone: string): number {
  return minute + Math.floor(offsetPeriodAt(timeZone, minute * MINUTE).offset / MINUTE);
}

/** The day that the calendar of a zone shows, since 1970-01-01. */
export function localDay(minute: Minute, timeZone: string): number {
  return Math.floor(localMinute(minute, timeZone) / MINUTES_A_DAY);
}

/**
 * The minute at which the wall clock of a zone shows a reading. Of a reading that it shows twice the earlier one; of one that it
 * skips, the minute as far behind the jump as the reading is.
 */
export function minuteOfLocal(reading: number, timeZone: string): Minute {
  const before = offsetPeriodAt(timeZone, reading * MINUTE - DAY).offset / MINUTE;
  const early = reading - Math.floor(before);
  if (localMinute(early, timeZone) === reading) return early;
  const after = offsetPeriodAt(timeZone, reading * MINUTE + DAY).offset / MINUTE;
  const late = reading - Math.floor(after);
  return localMinute(late, timeZone) === reading ? late : early;
}

/** The Monday of a day's week, as a date. */
export function weekOf(day: number): string {
  // Day 0 was a Thursday.
  return dateOfDay(day - ((((day + 3) % 7) + 7) % 7));
}
