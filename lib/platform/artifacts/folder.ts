import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, type Digest, digestOfBytes } from '../../core/digest.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { unavailable } from './artifacts-unavailable.ts';
import { checkedDocument, missingArtifact, nameOf } from './checked-document.ts';

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT';

/** Artifacts in a folder of this machine, one file each; a file appears whole or not at all. */
export function folderArtifactStore(folder: string): ArtifactStore {
  const fileOf = (digest: Digest) => join(folder, `${nameOf(digest)}.json`);

  async function exists(file: string): Promise<boolean> {
    try {
      return (await stat(file)).isFile();
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async function write(file: string, bytes: string): Promise<void> {
    if (await exists(file)) return;
    await mkdir(dirname(file), { recursive: true });
    const unfinished = `${file}.${randomUUID()}.tmp`;
    try {
      await writeFile(unfinished, bytes, { mode: 0o600 });
      await rename(unfinished, file);
    } catch (error) {
      // A full disk keeps half a file unless somebody clears it away.
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  return {
    async put(document) {
      const bytes = canonicalJson(document);
      const digest = digestOfBytes(bytes);
      await write(fileOf(digest), bytes).catch((error: unknown) => {
        throw unavailable('the folder', error);
      });
      return digest;
    },

    async get(digest) {
      const bytes = await readFile(fileOf(digest)).catch((error: unknown) => {
        throw isMissing(error) ? missingArtifact(digest, error) : unavailable('the folder', error);
      });
      return checkedDocument(bytes, digest);
    },
  };
}
