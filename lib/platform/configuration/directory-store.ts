import { type Digest, isDigest } from '../../core/digest.ts';
import { loadDirectory } from '../../core/directory/load.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { Conflict, IntegrityError, NotFound } from '../../core/errors.ts';
import type { Runtime } from '../runtime.ts';
import { referenceDirectoryOf } from './reference-directory.ts';

const POINTER = { pk: 'DIRECTORY', sk: 'CURRENT' };

/** What a runtime must have to hold a directory; deploying needs no more either. */
type Stores = Pick<Runtime, 'table' | 'artifacts' | 'clock' | 'skills'>;

/** How many directories a warm function keeps: the one in force, and the one that older executions started with. */
const REMEMBERED = 2;

/** What was loaded from each store, by digest, oldest first. What a digest names never changes, so none of it can be stale. */
const loadedFrom = new WeakMap<Runtime['artifacts'], Map<Digest, LoadedDirectory>>();

/**
 * Reads a directory snapshot by its digest; a warm function reads and checks each but once.
 * @throws NotFound, IntegrityError, InvalidInput
 */
export async function readDirectory(
  { artifacts }: Pick<Runtime, 'artifacts'>,
  digest: Digest,
): Promise<LoadedDirectory> {
  const remembered = loadedFrom.get(artifacts) ?? new Map<Digest, LoadedDirectory>();
  const known = remembered.get(digest);
  if (known !== undefined) return known;
  const loaded = loadDirectory(await artifacts.get(digest));
  if (loaded.digest !== digest)
    throw new IntegrityError(`The directory has digest ${loaded.digest} once it is loaded, not ${digest}.`);
  remembered.set(digest, loaded);
  for (const oldest of [...remembered.keys()].slice(0, -REMEMBERED)) remembered.delete(oldest);
  loadedFrom.set(artifacts, remembered);
  return loaded;
}

/**
 * The directory in force.
 * @throws NotFound when none was ever stored.
 */
export async function currentDirectory(runtime: Pick<Runtime, 'table' | 'artifacts'>): Promise<LoadedDirectory> {
  const pointer = await runtime.table.get<{ digest: string }>(POINTER);
  if (pointer === undefined) throw new NotFound('No directory is in force; seed or import one.');
  if (!isDigest(pointer.digest)) throw new IntegrityError('The pointer to the directory holds no digest.');
  return readDirectory(runtime, pointer.digest);
}

async function storeDirectory(runtime: Stores, value: unknown) {
  const loaded = loadDirectory(value);
  const digest = await runtime.artifacts.put(loaded.snapshot);
  return { loaded, pointer: { ...POINTER, digest, version: loaded.snapshot.version, since: runtime.clock.now() } };
}

/**
 * Puts a directory in force where there is none: the one that the skills' examples live in.
 * @returns the directory in force afterwards.
 * @throws InvalidInput with every problem of that directory, NotFound when no skill ships one.
 */
export async function seedDirectory(runtime: Stores): Promise<LoadedDirectory> {
  if ((await runtime.table.get(POINTER)) !== undefined) return currentDirectory(runtime);
  if (runtime.skills.length === 0) throw new NotFound('There is no skill, so there is no directory to begin with.');
  const { pointer } = await storeDirectory(runtime, referenceDirectoryOf(runtime.skills));
  try {
    await runtime.table.putNew(pointer);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
  return currentDirectory(runtime);
}

/**
 * Puts a directory in force in place of the current one. Executions that have started keep the one they started with.
 * @throws InvalidInput with every problem, also when a skill's own policy could no longer be carried out with it.
 */
export async function importDirectory(runtime: Stores, value: unknown): Promise<LoadedDirectory> {
  const { loaded, pointer } = await storeDirectory(runtime, value);
  for (const skill of runtime.skills) skill.loadConfiguration(skill.baselineConfiguration(), loaded);
  await runtime.table.put(pointer);
  return loaded;
}
