import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnchorStore, keyFileName, readManifest, writeManifest } from './anchor-store.ts';

const MANIFEST = /^\d{4}-\d\d-\d\d\.json$/;

/** Puts a file in its place unless one is there; it appears whole or not at all, and nobody may write to it. */
async function putFile(folder: string, name: string, text: string): Promise<'stored' | 'exists'> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = join(folder, `${name}.${randomUUID()}.tmp`);
  await writeFile(unfinished, text, { mode: 0o400 });
  try {
    await link(unfinished, join(folder, name));
    return 'stored';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'exists';
    throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Manifests in a folder of this machine, one file a day: `2026-11-21.json`. A folder proves less than a locked bucket. */
export function folderAnchorStore(folder: string): AnchorStore {
  return {
    async last() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const newest = (await readdir(folder))
        .filter((name) => MANIFEST.test(name))
        .toSorted()
        .at(-1);
      return newest === undefined ? undefined : readManifest(await readFile(join(folder, newest), 'utf8'));
    },
    putNew: (manifest) => putFile(folder, `${manifest.day}.json`, writeManifest(manifest)),
    async keepKey(signer) {
      await putFile(join(folder, 'keys'), keyFileName(signer), signer.publicKey);
    },
  };
}
