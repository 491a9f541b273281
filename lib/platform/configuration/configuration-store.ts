import * as z from 'zod';
import type { Digest } from '../../core/digest.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { Conflict, NotFound } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';

/** Where a configuration version stands: on trial, relied upon, or no longer allowed to run. */
export type ConfigurationStatus = 'candidate' | 'stable' | 'retired';

/** A configuration version of a skill; the configuration itself is the artifact of this digest. */
export interface ConfigurationVersion {
  readonly version: string;
  readonly digest: Digest;
  readonly status: ConfigurationStatus;
}

/** Why a version was chosen; part of the record of every execution. */
export type ConfigurationChoice = 'variant' | 'no-variant' | 'unknown-variant' | 'retired-variant';

type Stores = Pick<Runtime, 'table' | 'artifacts' | 'clock'>;

const key = (skill: string, version: string) => ({ pk: `SKILL#${skill}`, sk: `CONFIGURATION#${version}` });
const baselineKey = (skill: string) => ({ pk: `SKILL#${skill}`, sk: 'BASELINE' });

/** Every policy names its own version. */
const versioned = z.looseObject({ version: z.union([z.string().min(1), z.int()]).transform(String) });

/** The name of a configuration version: the policy's own version, and the beginning of its digest. */
function configurationName(policyVersion: string, digest: Digest): string {
  return `${policyVersion}-${digest.slice('sha256:'.length, 'sha256:'.length + 8)}`;
}

/** A configuration version by name, or `undefined`. */
export async function findConfiguration(
  runtime: Pick<Runtime, 'table'>,
  skill: string,
  version: string,
): Promise<ConfigurationVersion | undefined> {
  const item = await runtime.table.get<ConfigurationVersion>(key(skill, version));
  return item === undefined ? undefined : { version: item.version, digest: item.digest, status: item.status };
}

/** The last stable version: what runs unless a flag's variant names another. */
async function baseline(runtime: Pick<Runtime, 'table'>, skill: string): Promise<ConfigurationVersion> {
  const pointer = await runtime.table.get<{ version: string }>(baselineKey(skill));
  const found = pointer === undefined ? undefined : await findConfiguration(runtime, skill, pointer.version);
  if (found === undefined) throw new NotFound(`The skill ${skill} has no baseline configuration; seed it.`);
  return found;
}

/**
 * The configuration version that an execution runs with: the one that the flag's variant names, else the baseline.
 * @returns the version and why it was chosen.
 * @throws NotFound when the skill has no baseline.
 */
export async function currentConfiguration(
  runtime: Pick<Runtime, 'table'>,
  skill: string,
  variantName?: string,
): Promise<ConfigurationVersion & { readonly chosen: ConfigurationChoice }> {
  if (variantName === undefined) return { ...(await baseline(runtime, skill)), chosen: 'no-variant' };
  const named = await findConfiguration(runtime, skill, variantName);
  if (named === undefined) return { ...(await baseline(runtime, skill)), chosen: 'unknown-variant' };
  if (named.status === 'retired') return { ...(await baseline(runtime, skill)), chosen: 'retired-variant' };
  return { ...named, chosen: 'variant' };
}

async function putOnce(table: Runtime['table'], item: Parameters<Runtime['table']['putNew']>[0]): Promise<void> {
  try {
    await table.putNew(item);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
}

/**
 * Stores the configuration that a skill ships with. The first one ever becomes the baseline; later ones arrive as
 * candidates, which run only where a flag's variant names them. Doing it again changes nothing.
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
  const own = parseWith(versioned, value, `The configuration of ${skill.name}`);
  const version = configurationName(own.version, digest);
  const first = (await runtime.table.get(baselineKey(skill.name))) === undefined;
  const status: ConfigurationStatus = first ? 'stable' : 'candidate';
  await putOnce(runtime.table, {
    ...key(skill.name, version),
    version,
    digest,
    status,
    skill: skill.name,
    since: runtime.clock.now(),
  });
  if (first) await putOnce(runtime.table, { ...baselineKey(skill.name), version, digest });
  return (await findConfiguration(runtime, skill.name, version)) ?? { version, digest, status };
}
