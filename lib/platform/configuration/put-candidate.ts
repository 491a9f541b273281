import type { Digest } from '../../core/digest.ts';
import type { Instant } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import { type ConfigurationVersion, configurationNameOf } from './configuration-name.ts';
import { changeLedger, entryOf, type LedgerEntry, moved, withEntries } from './ledger.ts';

/** Who puts a configuration on trial, and why. */
export interface CandidateOrder {
  /** A person's id or a caller's principal. */
  readonly by: string;
  readonly because: string;
}

/**
 * Puts a configuration on trial without loading it: for those who have loaded it, and for functions that hold no engine. Doing it
 * again changes nothing. A version that was retired comes back on trial; any other stays as it is.
 * @throws NotFound when the skill was never seeded, InvalidInput when the configuration names no version.
 */
export async function putCandidate(
  runtime: Pick<Runtime, 'table' | 'artifacts' | 'clock'>,
  skill: string,
  value: unknown,
  { by, because }: CandidateOrder,
): Promise<ConfigurationVersion> {
  const digest = await runtime.artifacts.put(value);
  const version = configurationNameOf({ name: skill }, value, digest);
  const at = runtime.clock.now();
  const reason = { at, by, because };
  const fresh = freshEntry(version, digest, reason);
  const ledger = await changeLedger(runtime, skill, (current) => {
    const known = entryOf(current, version);
    if (known === undefined) return { ...current, entries: [...current.entries, fresh] };
    return known.status === 'retired' ? withEntries(current, moved(known, 'candidate', reason)) : undefined;
  });
  const { status } = entryOf(ledger, version) ?? fresh;
  return { version, digest, status };
}

function freshEntry(version: string, digest: Digest, reason: CandidateOrder & { readonly at: Instant }): LedgerEntry {
  return {
    version,
    digest,
    status: 'candidate',
    since: reason.at,
    moves: [{ ...reason, from: 'new', to: 'candidate' }],
  };
}

/** Takes a candidate off trial again, if it came there by this very order and nothing happened to it since. */
export async function takeBackCandidate(
  runtime: Pick<Runtime, 'table' | 'clock'>,
  skill: string,
  version: string,
  { by, because }: CandidateOrder,
  why: string,
): Promise<void> {
  const at = runtime.clock.now();
  await changeLedger(runtime, skill, (current) => {
    const known = entryOf(current, version);
    const last = known?.moves.at(-1);
    if (known === undefined || known.status !== 'candidate' || last?.by !== by || last.because !== because)
      return undefined;
    return withEntries(current, moved(known, 'retired', { at, by, because: why }));
  });
}
