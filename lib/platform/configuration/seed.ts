import type { Digest } from '../../core/digest.ts';
import type { Runtime } from '../runtime.ts';
import { type ConfigurationVersion, seedConfiguration } from './configuration-store.ts';
import { seedDirectory } from './directory-store.ts';

/** What stands after seeding. */
export interface Seeded {
  readonly directory: Digest;
  readonly configurations: readonly (ConfigurationVersion & { readonly skill: string })[];
}

/**
 * Puts in place what no execution can run without: a directory, and the configuration of every skill. Runs at every deploy
 * and at every local start; what is there stays.
 * @throws InvalidInput when a directory or a configuration is not valid.
 */
export async function seed(runtime: Pick<Runtime, 'table' | 'artifacts' | 'clock' | 'skills'>): Promise<Seeded> {
  const directory = await seedDirectory(runtime);
  const configurations = [];
  for (const skill of runtime.skills)
    configurations.push({ skill: skill.name, ...(await seedConfiguration(runtime, skill, directory)) });
  return { directory: directory.digest, configurations };
}
