import type { WorkingTime } from '../calendar/business-time.ts';
import { type Digest, digestOf } from '../digest.ts';
import { NotFound } from '../errors.ts';
import type { Account, Delegation, Directory, Person } from './schema.ts';

/** A caller that may name the requester of an execution. */
export type TrustedSystem = Directory['trustedSystems'][number];

/** A directory that passed every check, with look-ups. Deeply frozen: the digest speaks for it for as long as it lives. */
export interface LoadedDirectory {
  readonly snapshot: Directory;
  readonly digest: Digest;
  person(id: string): Person | undefined;
  /** @throws NotFound when nobody has the id. */
  requirePerson(id: string): Person;
  /** Everybody who holds a role, sorted by id; leavers included, for only an instant tells who has left. */
  membersOf(roleId: string): readonly Person[];
  /** The person behind an authenticated caller's name: one of their principals, or their id. */
  personByPrincipal(principal: string): Person | undefined;
  account(id: string): Account | undefined;
  workingTimeOf(person: Person): WorkingTime;
  /** The chain of command, nearest manager first. */
  managersOf(person: Person): readonly Person[];
  trustedSystem(principal: string): TrustedSystem | undefined;
  delegation(id: string): Delegation | undefined;
  /** The delegations that a person gave, sorted by start. */
  delegationsFrom(personId: string): readonly Delegation[];
}

/** Text order by UTF-16 code units: the same on every machine, unlike `localeCompare`. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function grouped<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
  }
  return groups;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/**
 * Builds the look-ups over a directory. Only `loadDirectory` calls it: what it is given has been checked and normalised.
 */
export function buildLoadedDirectory(snapshot: Directory): LoadedDirectory {
  deepFreeze(snapshot);
  const people = new Map(snapshot.people.map((person) => [person.id, person]));
  const byPrincipal = new Map(
    snapshot.people.flatMap((person) => [person.id, ...person.principals].map((name) => [name, person] as const)),
  );
  const members = grouped(snapshot.people, (person) => person.roles);
  const accounts = new Map(snapshot.accounts.map((account) => [account.id, account]));
  const calendars = new Map(snapshot.calendars.map((calendar) => [calendar.id, calendar]));
  const systems = new Map(snapshot.trustedSystems.map((system) => [system.principal, system]));
  const delegations = new Map(snapshot.delegations.map((delegation) => [delegation.id, delegation]));
  const givenBy = grouped(
    snapshot.delegations.toSorted((a, b) => byText(a.start, b.start)),
    (delegation) => [delegation.from],
  );

  function requirePerson(id: string): Person {
    const person = people.get(id);
    if (person === undefined) throw new NotFound(`The directory knows no person "${id}".`);
    return person;
  }

  function managersOf(person: Person): readonly Person[] {
    const chain: Person[] = [];
    // Loading refused loops, so the chain ends.
    for (let id = person.manager; id !== undefined; ) {
      const manager = requirePerson(id);
      chain.push(manager);
      id = manager.manager;
    }
    return chain;
  }

  function workingTimeOf(person: Person): WorkingTime {
    const calendar = calendars.get(person.calendar);
    if (calendar === undefined) throw new NotFound(`The directory knows no calendar "${person.calendar}".`);
    return { calendar, timeZone: person.timeZone };
  }

  return {
    snapshot,
    digest: digestOf(snapshot),
    person: (id) => people.get(id),
    requirePerson,
    membersOf: (roleId) => members.get(roleId) ?? [],
    personByPrincipal: (principal) => byPrincipal.get(principal),
    account: (id) => accounts.get(id),
    workingTimeOf,
    managersOf,
    trustedSystem: (principal) => systems.get(principal),
    delegation: (id) => delegations.get(id),
    delegationsFrom: (personId) => givenBy.get(personId) ?? [],
  };
}
