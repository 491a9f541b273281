import type { WorkingTime } from '../../core/calendar/business-time.ts';
import { timeZoneName } from '../../core/calendar/zone-offsets.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { type Calendar, calendar } from '../../core/directory/schema.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { CalendarSource } from './contract-document.ts';
import { calendarOfShifts } from './shifts.ts';

/** Looks a calendar up by its id. */
export type CalendarBook = (id: string) => Calendar | undefined;

/** Look-ups that were made before: a directory and a contract are read once and looked at for every packet. */
const books = new WeakMap<LoadedDirectory, CalendarBook>();
const statedShifts = new WeakMap<CalendarSource, WorkingTime>();

/** The calendars of a directory. */
export function calendarsOf(directory: LoadedDirectory): CalendarBook {
  const known = books.get(directory);
  if (known !== undefined) return known;
  const byId = new Map(directory.snapshot.calendars.map((each) => [each.id, each]));
  const book: CalendarBook = (id) => byId.get(id);
  books.set(directory, book);
  return book;
}

/** A calendar that is always open, for promises that count every minute. */
export const ALWAYS_OPEN: Calendar = calendar.parse({
  id: 'always-open',
  name: 'Always open',
  week: Object.fromEntries(
    ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [day, ['00:00-24:00']]),
  ),
});

/**
 * The working time that a contract means.
 * @param at JSON Pointer of the source, for problems.
 * @throws InvalidInput (`unknown-calendar`, `unknown-time-zone`).
 */
export function resolveCalendar(source: CalendarSource, book: CalendarBook, at = '/calendar'): WorkingTime {
  const stated = statedShifts.get(source);
  if (stated !== undefined) return stated;
  if (timeZoneName(source.timeZone) === undefined) {
    const message = `The time zone "${source.timeZone}" is unknown.`;
    const mend = 'Use an IANA name such as Europe/Berlin.';
    throw new InvalidInput(message, [{ pointer: `${at}/timeZone`, code: 'unknown-time-zone', message, mend }]);
  }
  const { timeZone } = source;
  if ('shifts' in source) {
    const working = { calendar: calendarOfShifts(source.shifts), timeZone };
    statedShifts.set(source, working);
    return working;
  }
  const found = book(source.calendar);
  if (found !== undefined) return { calendar: found, timeZone };
  const message = `The directory has no calendar "${source.calendar}".`;
  const mend = 'Name a calendar of the directory, or state shifts in the contract.';
  throw new InvalidInput(message, [{ pointer: `${at}/calendar`, code: 'unknown-calendar', message, mend }]);
}
