import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { NotFound } from '../../core/errors.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { type ConfigurationVersion, configurationNameOf } from './configuration-name.ts';
import { baselineOf, beginLedger, changeLedger, entryOf, findLedger, type LedgerEntry, readLedger } from './ledger.ts';
import { promotedDigestOf, validationOf } from './validation.ts';

export { type ConfigurationVersion, configurationNameOf } from './configuration-name.ts';
export type { ConfigurationStatus } from './ledger.ts';

/**
 * Why a version was chosen; part of the record of every execution. `unvalidated-variant`: the variant names a candidate that
 * has not passed every suite with this engine, so the baseline runs in its place.
 */
export type ConfigurationChoice =
  | 'variant'
  | 'no-variant'
  | 'unknown-variant'
  | 'retired-variant'
  | 'unvalidated-variant';

type Stores = Pick<Runtime, 'table' | 'artifacts' | 'clock'>;

const versionOf = ({ version, digest, status }: LedgerEntry): ConfigurationVersion => ({ version, digest, status });

/** A configuration version by name, or `undefined`. */
export async function findConfiguration(
  runtime: Pick<Runtime, 'table'>,
  skill: string,
  version: string,
): Promise<ConfigurationVersion | undefined> {
  const ledger = await findLedger(runtime, skill);
  const found = ledger === undefined ? undefined : entryOf(ledger, version);
  return found === undefined ? undefined : versionOf(found);
}

/** Whether a candidate has passed every suite, with the engine of this process. */
async function isValidated(
  runtime: Pick<Runtime, 'table' | 'skills'>,
  skillName: string,
  { digest }: LedgerEntry,
): Promise<boolean> {
  const skill = runtime.skills.find(({ name }) => name === skillName);
  if (skill === undefined) throw new NotFound(`The skill ${skillName} is not part of this process.`);
  return (await validationOf(runtime, skillName, promotedDigestOf(skill, digest))).passed;
}

/**
 * The configuration version that an execution runs with: the one that the flag's variant names, else the baseline. A
 * candidate runs only once it has passed every suite with the engine that would run it.
 * @returns the version and why it was chosen.
 * @throws NotFound when the skill has no baseline.
 */
export async function currentConfiguration(
  runtime: Pick<Runtime, 'table' | 'skills'>,
  skill: string,
  variantName?: string,
): Promise<ConfigurationVersion & { readonly chosen: ConfigurationChoice }> {
  const ledger = await readLedger(runtime, skill);
  const baseline = versionOf(baselineOf(ledger));
  if (variantName === undefined) return { ...baseline, chosen: 'no-variant' };
  const named = entryOf(ledger, variantName);
  if (named === undefined) return { ...baseline, chosen: 'unknown-variant' };
  if (named.status === 'retired') return { ...baseline, chosen: 'retired-variant' };
  if (named.status === 'candidate' && !(await isValidated(runtime, skill, named)))
    return { ...baseline, chosen: 'unvalidated-variant' };
  return { ...versionOf(named), chosen: 'variant' };
}

/**
 * Stores the configuration that a skill ships with. The first one ever becomes the baseline: it was validated with the code
 * that ships it. Later ones arrive as candidates. Doing it again changes nothing.
 * @throws InvalidInput when the configuration cannot be carried out with this directory: it is not stored then.
 */
export async function seedConfiguration(
  runtime: Stores,
  skill: AnySkill,
  directory: LoadedDirectory,
): Promise<ConfigurationVersion> {
  const value = skill.baselineConfiguration();
  skill.loadConfiguration(value, directory);
  const digest = await runtime.artifacts.put(value);
  const version = configurationNameOf(skill, value, digest);
  const at = runtime.clock.now();
  const shipped = { at, by: 'system', because: 'Shipped with the skill.' };
  await beginLedger(runtime, skill.name, { version, digest }, shipped);
  const candidate: LedgerEntry = {
    version,
    digest,
    status: 'candidate',
    since: at,
    moves: [{ ...shipped, from: 'new', to: 'candidate' }],
  };
  const ledger = await changeLedger(runtime, skill.name, (current) =>
    entryOf(current, version) === undefined ? { ...current, entries: [...current.entries, candidate] } : undefined,
  );
  return versionOf(entryOf(ledger, version) ?? candidate);
}
