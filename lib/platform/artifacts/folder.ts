import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, type Digest, digestOfBytes } from '../../core/digest.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { unavailable } from './artifacts-unavailable.ts';
import { checkedDocument, missingArtifact, nameOf } from './checked-document.ts';
import { Erased, erasedIn, erasedMarker } from './erased.ts';

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

  /** Writes a file, whole or not at all; one that is there gives way in the same moment. */
  async function write(file: string, bytes: string): Promise<void> {
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

  async function get(digest: Digest): Promise<unknown> {
    const bytes = await readFile(fileOf(digest)).catch((error: unknown) => {
      throw isMissing(error) ? missingArtifact(digest, error) : unavailable('the folder', error);
    });
    return checkedDocument(bytes, digest);
  }

  return {
    async put(document) {
      const bytes = canonicalJson(document);
      const digest = digestOfBytes(bytes);
      const file = fileOf(digest);
      try {
        if (await exists(file)) {
          const erased = erasedIn(await readFile(file), digest);
          if (erased !== undefined) throw erased;
        } else await write(file, bytes);
      } catch (error) {
        throw unavailable('the folder', error);
      }
      return digest;
    },

    get,

    async erase(digest, erasure) {
      try {
        await get(digest);
        // The marker takes the file's place in one step: there is no moment in which neither is there.
        await write(fileOf(digest), canonicalJson(erasedMarker(digest, erasure)));
      } catch (error) {
        if (!(error instanceof Erased)) throw unavailable('the folder', error);
      }
    },
  };
}
