import type { Digest } from '../../core/digest.ts';
import { NotFound } from '../../core/errors.ts';
import { flagDutyAt } from '../posture/flag-duty.ts';
import { incidentIdOf } from '../posture/incident.ts';
import { settleGovernance } from '../posture/settle.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { ConfigurationVersion } from './configuration-name.ts';
import { currentDirectory } from './directory-store.ts';
import {
  baselineOf,
  changeLedger,
  entryOf,
  type Ledger,
  type LedgerEntry,
  moved,
  readLedger,
  withEntries,
} from './ledger.ts';
import { NotPromotable } from './not-promotable.ts';
import { putCandidate } from './put-candidate.ts';
import { promotedDigestOf, validationOf } from './validation.ts';

/** A configuration version with its life, and whether it is the baseline. */
export interface ListedVersion extends LedgerEntry {
  readonly baseline: boolean;
}

/** Every configuration version of a skill that is remembered, newest standing first. @throws NotFound */
export async function listVersions(runtime: Pick<Runtime, 'table'>, skill: AnySkill): Promise<ListedVersion[]> {
  const ledger = await readLedger(runtime, skill.name);
  const { version: baseline } = baselineOf(ledger);
  return ledger.entries
    .map((entry) => ({ ...entry, baseline: entry.version === baseline }))
    .toSorted((a, b) => (a.since > b.since ? -1 : a.since < b.since ? 1 : 0));
}

/**
 * Puts a configuration on trial. It runs nowhere yet: that takes records of every suite for its promoted digest, and a
 * variant of the skill's flag that names it. A version that was retired comes back on trial; any other stays as it is.
 * @param by a person's id or a caller's principal.
 * @throws InvalidInput when it cannot be carried out with the directory in force, NotFound when the skill was never seeded.
 */
export async function addCandidate(
  runtime: Pick<Runtime, 'table' | 'artifacts' | 'clock'>,
  skill: AnySkill,
  value: unknown,
  by: string,
): Promise<ConfigurationVersion> {
  skill.loadConfiguration(value, await currentDirectory(runtime));
  return putCandidate(runtime, skill.name, value, { by, because: 'Put on trial.' });
}

/** The flag server is to send everybody to the baseline that stands now. */
function withFlagDuty(ledger: Ledger, at: string): Ledger {
  return { ...ledger, flagDuty: flagDutyAt(at) };
}

/**
 * Makes a candidate the baseline and retires the one before it, by one conditional write; then tells the flag server.
 * @param order who promotes, and the artifact of the report that says it may be.
 * @throws NotFound when there is no such version.
 * @throws NotPromotable when it is no candidate, or a suite has no record of a pass for its promoted digest.
 */
export async function promote(
  runtime: Runtime,
  skill: AnySkill,
  version: string,
  order: { readonly by: string; readonly report: Digest },
): Promise<ConfigurationVersion> {
  const at = runtime.clock.now();
  const known = candidateIn(await readLedger(runtime, skill.name), version);
  const { missing } = await validationOf(runtime, skill.name, promotedDigestOf(skill, known.digest));
  if (missing.length > 0)
    throw new NotPromotable(`${version} has not passed ${missing.join(', ')} with the engine that is deployed.`);
  const ledger = await changeLedger(runtime, skill.name, (current) => {
    const candidate = candidateIn(current, version);
    const before = baselineOf(current);
    const { by, report } = order;
    const next = withEntries(
      current,
      moved(candidate, 'stable', { at, by, because: `Promoted; it follows ${before.version}.`, report }),
      moved(before, 'retired', { at, by, because: `${version} was promoted.` }),
    );
    return withFlagDuty({ ...next, stables: [...current.stables, version] }, at);
  });
  await settleGovernance(runtime, skill);
  const { digest, status } = baselineOf(ledger);
  return { version, digest, status };
}

function candidateIn(ledger: Ledger, version: string): LedgerEntry {
  const entry = entryOf(ledger, version);
  if (entry === undefined) throw new NotFound(`There is no configuration version ${version} of ${ledger.skill}.`);
  if (entry.status !== 'candidate')
    throw new NotPromotable(`${version} is ${entry.status}; only a candidate can be promoted.`);
  return entry;
}

/**
 * Puts an earlier baseline back and retires every version after it, by one conditional write; then tells the flag server and
 * oversight. Executions on a version that was rolled back no longer publish.
 * @param order `to`: a version that was the baseline before; the one before the current by default.
 * @returns the baseline that stands now.
 * @throws NotPromotable when there is no such earlier baseline.
 */
export async function rollback(
  runtime: Runtime,
  skill: AnySkill,
  order: { readonly to?: string; readonly by: string; readonly because: string },
): Promise<ConfigurationVersion> {
  const { by, because } = order;
  const at = runtime.clock.now();
  const ledger = await changeLedger(runtime, skill.name, (current) => {
    const earlier = current.stables.slice(0, -1);
    const to = order.to ?? earlier.at(-1);
    const place = to === undefined ? -1 : earlier.lastIndexOf(to);
    const target = to === undefined || place < 0 ? undefined : entryOf(current, to);
    if (target === undefined)
      throw new NotPromotable(
        `${skill.name} has no earlier baseline${to === undefined ? '' : ` ${to}`} to go back to.`,
      );
    const bad = current.stables.slice(place + 1).filter((name) => name !== target.version);
    const left = new Set(bad);
    const gone = current.entries.filter(({ version }) => left.has(version));
    const next = withEntries(
      current,
      moved(target, 'stable', { at, by, because }),
      ...gone.map((entry) => moved(entry, 'retired', { at, by, because, rolledBack: true })),
    );
    const incident = {
      incidentId: incidentIdOf('baseline-rolled-back', skill.name, baselineOf(current).version, at),
      kind: 'baseline-rolled-back' as const,
      at,
      by,
      because,
      from: baselineOf(current).version,
      to: target.version,
      executions: [],
    };
    const stables = current.stables.slice(0, place + 1);
    return withFlagDuty({ ...next, stables, pendingIncidents: [...current.pendingIncidents, incident] }, at);
  });
  await settleGovernance(runtime, skill);
  const { version, digest, status } = baselineOf(ledger);
  return { version, digest, status };
}
