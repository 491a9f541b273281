import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, type Digest, digestOfBytes } from '../../core/digest.ts';
import type { ArtifactStore } from './artifact-store.ts';
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

  return {
    async put(document) {
      const bytes = canonicalJson(document);
      const digest = digestOfBytes(bytes);
      const file = fileOf(digest);
      if (await exists(file)) return digest;
      await mkdir(dirname(file), { recursive: true });
      const unfinished = `${file}.${randomUUID()}.tmp`;
      await writeFile(unfinished, bytes, { mode: 0o600 });
      await rename(unfinished, file);
      return digest;
    },

    async get(digest) {
      const bytes = await readFile(fileOf(digest)).catch((error: unknown) => {
        throw isMissing(error) ? missingArtifact(digest, error) : error;
      });
      return checkedDocument(bytes, digest);
    },
  };
}
