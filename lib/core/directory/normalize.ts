import { instantAt } from '../instant.ts';
import { byText } from './loaded.ts';
import type { Calendar, Delegation, Directory, Person } from './schema.ts';

function sortedBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => byText(keyOf(a), keyOf(b)));
}

const itself = (text: string): string => text;

function normalCalendar(calendar: Calendar): Calendar {
  return {
    ...calendar,
    holidays: sortedBy(calendar.holidays, (holiday) => holiday.date),
    specialDays: sortedBy(calendar.specialDays, (day) => day.date),
  };
}

function normalPerson(person: Person): Person {
  return {
    ...person,
    principals: sortedBy(person.principals, itself),
    roles: sortedBy(person.roles, itself),
    limits: sortedBy(person.limits, (limit) => limit.currency),
  };
}

function normalDelegation(delegation: Delegation): Delegation {
  const written = (text: string): string => instantAt(Date.parse(text));
  return {
    ...delegation,
    start: written(delegation.start),
    end: written(delegation.end),
    createdAt: written(delegation.createdAt),
  };
}

/**
 * One form for directories that say the same: the order of a file's lists carries no meaning, so lists are sorted, and
 * instants are written with milliseconds. Two files that differ only in that have one digest.
 */
export function normalizeDirectory(directory: Directory): Directory {
  return {
    ...directory,
    calendars: sortedBy(directory.calendars.map(normalCalendar), ({ id }) => id),
    roles: sortedBy(directory.roles, ({ id }) => id),
    people: sortedBy(directory.people.map(normalPerson), ({ id }) => id),
    delegations: sortedBy(directory.delegations.map(normalDelegation), ({ id }) => id),
    accounts: sortedBy(directory.accounts, ({ id }) => id),
    administrators: sortedBy(directory.administrators, itself),
    trustedSystems: sortedBy(directory.trustedSystems, ({ principal }) => principal),
    sharedMailboxes: sortedBy(directory.sharedMailboxes, itself),
  };
}
