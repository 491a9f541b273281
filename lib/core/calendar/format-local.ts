import { epochMilliseconds, type Instant } from '../instant.ts';
import { DAY, localMilliseconds, MINUTE, weekdayOfDay } from './local-day.ts';
import { zoneAbbreviation } from './zone-abbreviations.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Writes an instant for people as the wall clock of a time zone shows it, in English and the same on every machine. Seconds
 * are left off, never rounded up: a due time that is read is not later than the real one.
 * @throws InvalidInput (`unknown-time-zone`).
 * @example formatLocal('2026-11-20T16:30:00.000Z', 'Europe/Berlin') // 'Fri 20 Nov 2026, 17:30 CET'
 */
export function formatLocal(at: Instant, timeZone: string): string {
  const local = localMilliseconds(at, timeZone);
  const weekday = weekdayOfDay(Math.floor(local / DAY));
  const shown = new Date(local);
  const date = `${shown.getUTCDate()} ${MONTHS[shown.getUTCMonth()]} ${shown.getUTCFullYear()}`;
  const time = shown.toISOString().slice(11, 16);
  const offsetMinutes = Math.trunc((local - epochMilliseconds(at)) / MINUTE);
  return `${weekday.charAt(0).toUpperCase()}${weekday.slice(1, 3)} ${date}, ${time} ${zoneAbbreviation(timeZone, offsetMinutes)}`;
}
