import { timeZoneName } from '../../calendar/zone-offsets.ts';
import type { Problem } from '../../errors.ts';
import { pointer } from '../../json.ts';
import { formatMoney } from '../../money.ts';
import type { Directory, Person } from '../schema.ts';
import { duplicateIdProblems, duplicateProblems } from './duplicates.ts';

const named = (person: Person): string => `Person "${person.id}" (${person.name})`;
const placeOf = (index: number): string => pointer('', 'people', index);

function timeZoneProblems(person: Person, base: string): Problem[] {
  const known = timeZoneName(person.timeZone);
  if (known === person.timeZone) return [];
  return [
    {
      pointer: pointer(base, 'timeZone'),
      code: 'unknown-time-zone',
      message: `${named(person)}: the time zone "${person.timeZone}" is unknown.`,
      mend: known === undefined ? 'Use an IANA name such as Europe/Berlin.' : `Write it ${known}.`,
    },
  ];
}

function referenceProblems(directory: Directory): Problem[] {
  const calendars = new Set(directory.calendars.map(({ id }) => id));
  const roles = new Set(directory.roles.map(({ id }) => id));
  const people = new Set(directory.people.map(({ id }) => id));
  return directory.people.flatMap((person, index) => {
    const references = [
      { field: ['calendar'], what: 'calendar', id: person.calendar, known: calendars },
      ...person.roles.map((id, role) => ({ field: ['roles', role], what: 'role', id, known: roles })),
      ...(person.manager === undefined
        ? []
        : [{ field: ['manager'], what: 'manager', id: person.manager, known: people }]),
    ];
    return references
      .filter(({ id, known }) => !known.has(id))
      .map(({ field, what, id }) => ({
        pointer: pointer(placeOf(index), ...field),
        code: `unknown-${what}`,
        message: `${named(person)}: the directory knows no ${what} "${id}".`,
        mend: `Correct the id, or add the ${what} to the directory.`,
      }));
  });
}

function sharedMailboxProblems(directory: Directory): Problem[] {
  const shared = new Set(directory.sharedMailboxes.map((address) => address.toLowerCase()));
  return directory.people.flatMap((person, index) =>
    shared.has(person.email.toLowerCase())
      ? [
          {
            pointer: pointer(placeOf(index), 'email'),
            code: 'shared-mailbox',
            message: `${named(person)}: the address ${person.email} is a shared mailbox, so it would not be known who decided.`,
            mend: 'Give the address that only this person reads.',
          },
        ]
      : [],
  );
}

/** Lists within one person in which nothing may stand twice, and limits below nothing. */
function listProblems(person: Person, index: number): Problem[] {
  const owner = named(person);
  const roles = person.roles.map((key, role) => ({ key, pointer: pointer(placeOf(index), 'roles', role), owner }));
  const limits = person.limits.map(({ currency }, limit) => ({
    key: currency,
    pointer: pointer(placeOf(index), 'limits', limit, 'currency'),
    owner,
  }));
  const negative = person.limits.flatMap((limit, place) =>
    limit.minorUnits >= 0
      ? []
      : [
          {
            pointer: pointer(placeOf(index), 'limits', place, 'minorUnits'),
            code: 'negative-limit',
            message: `${owner}: the limit ${formatMoney(limit)} is less than nothing.`,
            mend: 'Give an amount of zero or more, or remove the limit.',
          },
        ],
  );
  return [
    ...duplicateProblems(roles, 'duplicate-role', 'role'),
    ...duplicateProblems(limits, 'duplicate-limit', 'limit in the currency'),
    ...negative,
  ];
}

/**
 * People: ids and addresses (whatever their case) that occur twice, calendars, roles, managers and time zones that are
 * unknown, shared mailboxes, roles or limits given twice.
 */
export function peopleProblems(directory: Directory): Problem[] {
  const addresses = directory.people.map((person, index) => ({
    key: person.email.toLowerCase(),
    pointer: pointer(placeOf(index), 'email'),
    owner: named(person),
  }));
  return [
    ...duplicateIdProblems('people', 'Person', directory.people),
    ...duplicateProblems(addresses, 'duplicate-email', 'address'),
    ...referenceProblems(directory),
    ...directory.people.flatMap((person, index) => timeZoneProblems(person, placeOf(index))),
    ...sharedMailboxProblems(directory),
    ...directory.people.flatMap(listProblems),
  ];
}
