import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { parseWith } from '../../core/zod-problems.ts';

const OWNER_ONLY = 0o600;

/** Replaces a file by one that only its owner can read; a crash leaves the old one or the new one, never half of it. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, text, { mode: OWNER_ONLY, flag: 'wx' });
  await rename(draft, path);
}

/** Creates a file that only its owner can read; answers whether it was there before, and then leaves it alone. */
export async function createFile(path: string, text: string): Promise<'created' | 'exists'> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, text, { mode: OWNER_ONLY, flag: 'wx' });
  try {
    // A link, unlike a rename, never replaces; unlike an exclusive open, it never shows half a file.
    await link(draft, path);
    return 'created';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'exists';
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** 256 random bits in hexadecimal. */
export function randomSecret(): string {
  return randomBytes(32).toString('hex');
}

/**
 * The named secrets of a service: made at random once per directory, kept readable for their owner only.
 * Without a directory they last as long as the process.
 * @throws InvalidInput when the file is not a list of these secrets.
 */
export async function keepSecrets<Name extends string>(
  directory: string | undefined,
  names: readonly Name[],
): Promise<Readonly<Record<Name, string>>> {
  const fresh = Object.fromEntries(names.map((name) => [name, randomSecret()])) as Record<Name, string>;
  if (directory === undefined) return fresh;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'secrets.json');
  await createFile(file, `${JSON.stringify(fresh)}\n`);
  const schema = z.object(Object.fromEntries(names.map((name) => [name, z.string().min(32)])));
  return parseWith(schema, JSON.parse(await readFile(file, 'utf8')), file) as Record<Name, string>;
}
