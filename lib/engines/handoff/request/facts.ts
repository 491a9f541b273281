import { workingIntervals } from '../../../core/calendar/working-intervals.ts';
import { canonicalJson } from '../../../core/digest.ts';
import { isEmployed } from '../../../core/directory/employment.ts';
import type { LoadedDirectory } from '../../../core/directory/loaded.ts';
import { epochMilliseconds, type Instant } from '../../../core/instant.ts';
import type { Json } from '../../../core/json.ts';
import { bouncesOf } from '../bounces.ts';
import { calendarsOf, resolveCalendar } from '../calendars.ts';
import { readPromise } from '../clocks.ts';
import type { Contract } from '../contract.ts';
import { DELIVERED } from '../criteria.ts';
import { type Packet, packetDigest } from '../packet.ts';
import { valueAt } from '../payload.ts';
import { wayFrom } from '../policy/chains.ts';
import type { HandoffPolicy } from '../policy/policy.ts';
import type { ReadinessFacts } from '../readiness.ts';
import { headroomAt } from '../time-budget.ts';
import type { HandOver } from './input.ts';

/** The thread before a handoff, as far as its returns count. */
type Before = Pick<NonNullable<HandOver['previous']>, 'passes'>;

/** Whether somebody is there to take it at an instant: the recipient by their own calendar, the consumer by the contract's. */
function isOnShift({ document }: Contract, { routing }: Packet, directory: LoadedDirectory, at: Instant): boolean {
  const person = routing.recipient === undefined ? undefined : directory.person(routing.recipient);
  if (routing.recipient !== undefined && (person === undefined || !isEmployed(person, at))) return false;
  const working =
    person === undefined ? resolveCalendar(document.calendar, calendarsOf(directory)) : directory.workingTimeOf(person);
  const now = epochMilliseconds(at);
  return !workingIntervals(now, now + 1, working).next().done;
}

/** Returns that a thread has had before this handoff. */
export function bouncesBefore(previous: Before | undefined, { document }: Contract): number {
  return previous === undefined ? 0 : bouncesOf(previous.passes, document.bounceBudget).count;
}

/** What readiness depends on beside the packet, at an instant. */
export function readinessFacts(
  contract: Contract,
  packet: Packet,
  {
    policy,
    directory,
    at,
    previous,
  }: {
    readonly policy: HandoffPolicy;
    readonly directory: LoadedDirectory;
    readonly at: Instant;
    readonly previous?: Before | undefined;
  },
): ReadinessFacts {
  const { promise } = packet;
  const due = promise === undefined ? undefined : readPromise(promise, at).due;
  const own = {
    contract: contract.document,
    working: resolveCalendar(contract.document.calendar, calendarsOf(directory)),
  };
  const way = promise === undefined ? [] : (wayFrom(policy, contract.document.id, directory, at) ?? [own]);
  return {
    packet: packetDigest(packet),
    onShift: isOnShift(contract, packet, directory, at),
    ...(promise === undefined ? {} : { headroom: headroomAt(way, due ?? at, at) }),
    bounces: bouncesBefore(previous, contract),
  };
}

/** A fact of the contract with its value: of a bounded domain, so it holds nothing that somebody typed about a person. */
export interface SafeFact {
  readonly label: string;
  readonly value: string;
}

const BOUNDED = new Set(['integer', 'decimal', 'money', 'ratio', 'duration', 'enum', 'boolean', 'set']);

/** A value of a fact as people read it. */
export function writtenFact(value: Json | undefined): string {
  if (value === undefined || value === null) return 'not given';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((each) => String(each)).join(', ');
  if (typeof value !== 'object') return String(value);
  const { currency, minorUnits } = value as { currency?: Json; minorUnits?: Json };
  return currency === undefined ? canonicalJson(value) : `${String(currency)} ${String(minorUnits)} minor units`;
}

/** What a packet's artifact and terms may show of a payload that names people. Dates stay out: one can be a date of birth. */
export function safeFacts({ document }: Contract, payload: Json): SafeFact[] {
  return Object.entries(document.facts)
    .filter(([path, { type }]) => BOUNDED.has(type) && path.split('.')[0] !== DELIVERED)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { description }]) => ({
      label: description ?? path,
      value: writtenFact(valueAt(payload, `/${path.replaceAll('.', '/')}`)),
    }));
}
