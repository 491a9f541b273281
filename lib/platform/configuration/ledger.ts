import type { Digest } from '../../core/digest.ts';
import { Conflict, NotFound } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import type { FlagDuty } from '../posture/flag-duty.ts';
import type { Incident } from '../posture/incident.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import type { Item, ItemKey } from '../store/table.ts';

/** Where a configuration version stands: on trial, relied upon, or no longer allowed to run. */
export type ConfigurationStatus = 'candidate' | 'stable' | 'retired';

/** Who moves a version, and why. */
export interface MoveReason {
  readonly at: Instant;
  /** A person's id, a caller's principal, or `system`. */
  readonly by: string;
  readonly because: string;
}

/** One recorded step in a version's life. */
export interface ConfigurationMove extends MoveReason {
  readonly from: ConfigurationStatus | 'new';
  readonly to: ConfigurationStatus;
  /** Artifact: the report that a promotion rests on. */
  readonly report?: Digest;
  /** The version was taken out because it failed, not because a better one came. */
  readonly rolledBack?: true;
}

/** A configuration version with its life so far. */
export interface LedgerEntry {
  readonly version: string;
  readonly digest: Digest;
  readonly status: ConfigurationStatus;
  /** When it came to stand where it stands. */
  readonly since: Instant;
  readonly moves: readonly ConfigurationMove[];
}

/**
 * Every configuration version of a skill, and which of them is the baseline: one aggregate, so that a promotion retires the
 * old baseline and puts the new one in its place by a single conditional write.
 */
export interface Ledger {
  readonly version: number;
  readonly skill: string;
  /** Versions that were stable, in order; the last is the baseline. What was rolled back is struck. */
  readonly stables: readonly string[];
  readonly entries: readonly LedgerEntry[];
  /** The flag server is to send everybody to the baseline. */
  readonly flagDuty?: FlagDuty;
  /** Rollbacks of which oversight has not been told. */
  readonly pendingIncidents: readonly Incident[];
}

/** Retired versions that are remembered; their artifacts stay whatever happens here. */
const REMEMBERED_VERSIONS = 200;
/** How many baselines back a rollback can go. */
const REMEMBERED_STABLES = 20;

const keyOf = (skill: string): ItemKey => ({ pk: `SKILL#${skill}`, sk: 'CONFIGURATIONS' });

/** The ledger of a skill, or `undefined` before the first seeding. */
export async function findLedger(runtime: Pick<Runtime, 'table'>, skill: string): Promise<Ledger | undefined> {
  const item = await runtime.table.get<Ledger & ItemKey>(keyOf(skill));
  if (item === undefined) return undefined;
  const { pk: _pk, sk: _sk, ...ledger } = item;
  return ledger;
}

/** @throws NotFound when the skill was never seeded. */
export async function readLedger(runtime: Pick<Runtime, 'table'>, skill: string): Promise<Ledger> {
  const ledger = await findLedger(runtime, skill);
  if (ledger === undefined) throw new NotFound(`The skill ${skill} has no baseline configuration; seed it.`);
  return ledger;
}

/** Begins a ledger with the configuration that a skill ships with; one that exists already stays as it is. */
export async function beginLedger(
  runtime: Pick<Runtime, 'table'>,
  skill: string,
  first: Pick<LedgerEntry, 'version' | 'digest'>,
  reason: MoveReason,
): Promise<void> {
  const entry: LedgerEntry = {
    ...first,
    status: 'stable',
    since: reason.at,
    moves: [{ ...reason, from: 'new', to: 'stable' }],
  };
  const ledger: Ledger = { version: 1, skill, stables: [first.version], entries: [entry], pendingIncidents: [] };
  try {
    await runtime.table.putNew({ ...keyOf(skill), ...ledger } as unknown as Item);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
}

/**
 * Changes a ledger under optimistic locking; `change` may run several times, and `undefined` leaves it as it is.
 * @throws NotFound when the skill was never seeded, Conflict when too many write at once.
 */
export async function changeLedger(
  runtime: Pick<Runtime, 'table'>,
  skill: string,
  change: (current: Ledger) => Ledger | undefined,
): Promise<Ledger> {
  return changeAggregate<Ledger>(runtime.table, keyOf(skill), (current) => {
    const next = change(current);
    return next === undefined ? undefined : trimmed(next);
  });
}

/** Forgets the oldest versions that can never be needed again: an item has its bounds. */
function trimmed(ledger: Ledger): Ledger {
  const stables = ledger.stables.slice(-REMEMBERED_STABLES);
  const spare = ledger.entries.filter(({ status, version }) => status === 'retired' && !stables.includes(version));
  const forgotten = new Set(
    spare
      .toSorted((a, b) => (a.since < b.since ? -1 : 1))
      .slice(0, Math.max(0, ledger.entries.length - REMEMBERED_VERSIONS)),
  );
  return { ...ledger, stables, entries: ledger.entries.filter((entry) => !forgotten.has(entry)) };
}

/** The entry of a version, or `undefined`. */
export function entryOf(ledger: Ledger, version: string): LedgerEntry | undefined {
  return ledger.entries.find((entry) => entry.version === version);
}

/**
 * The last stable version.
 * @throws NotFound when the ledger is damaged.
 */
export function baselineOf(ledger: Ledger): LedgerEntry {
  const found = entryOf(ledger, ledger.stables.at(-1) ?? '');
  if (found === undefined) throw new NotFound(`The skill ${ledger.skill} has no baseline configuration; seed it.`);
  return found;
}

/** Whether a version was ever relied upon: it was validated then. */
export function wasEverStable({ moves }: LedgerEntry): boolean {
  return moves.some(({ to }) => to === 'stable');
}

/** Whether a version is retired because it failed. */
export function isRolledBack({ status, moves }: LedgerEntry): boolean {
  return status === 'retired' && moves.at(-1)?.rolledBack === true;
}

/** The entry moved on, with the move on record. */
export function moved(
  entry: LedgerEntry,
  to: ConfigurationStatus,
  reason: MoveReason & Pick<ConfigurationMove, 'report' | 'rolledBack'>,
): LedgerEntry {
  return { ...entry, status: to, since: reason.at, moves: [...entry.moves, { from: entry.status, to, ...reason }] };
}

/** The ledger with some entries replaced by their successors of the same version. */
export function withEntries(ledger: Ledger, ...successors: readonly LedgerEntry[]): Ledger {
  const successorOf = (entry: LedgerEntry) => successors.find(({ version }) => version === entry.version) ?? entry;
  return { ...ledger, entries: ledger.entries.map(successorOf) };
}
