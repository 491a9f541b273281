import { localDate } from '../calendar/local-day.ts';
import type { Instant } from '../instant.ts';
import type { Person } from './schema.ts';

/**
 * Whether a person is still employed at an instant: up to the end of their last day, by the calendar date in their own time
 * zone.
 */
export function isEmployed(person: Person, at: Instant): boolean {
  return person.employedUntil === undefined || localDate(at, person.timeZone) <= person.employedUntil;
}
