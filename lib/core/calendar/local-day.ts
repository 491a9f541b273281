import { epochMilliseconds, type Instant } from '../instant.ts';
import { offsetPeriodAt } from './zone-offsets.ts';

export const MINUTE = 60_000;
export const DAY = 86_400_000;

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The calendar date of a day counted from 1970-01-01 (day 0), as `YYYY-MM-DD`. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** The day on which an instant falls in UTC, counted from 1970-01-01 (day 0). */
export function dayOf(at: Instant): number {
  return Math.floor(epochMilliseconds(at) / DAY);
}

/** The weekday of a day counted from 1970-01-01, which was a Thursday. */
export function weekdayOfDay(day: number): Weekday {
  // The index is 0 to 6 by construction; the fallback only satisfies the type.
  return WEEKDAYS[(((day + 3) % 7) + 7) % 7] ?? 'monday';
}

/**
 * The wall clock's reading at an instant, as if it were UTC: epoch milliseconds of the local date and time.
 * @throws InvalidInput (`unknown-time-zone`).
 */
export function localMilliseconds(at: Instant, timeZone: string): number {
  const ms = epochMilliseconds(at);
  return ms + offsetPeriodAt(timeZone, ms).offset;
}

/**
 * The calendar date that people in a time zone write at an instant, as `YYYY-MM-DD`.
 * @throws InvalidInput (`unknown-time-zone`).
 * @example localDate('2026-11-20T23:30:00.000Z', 'Europe/Berlin') // '2026-11-21'
 */
export function localDate(at: Instant, timeZone: string): string {
  return dateOfDay(Math.floor(localMilliseconds(at, timeZone) / DAY));
}
