import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../core/errors.ts';
import type { AnchorsAtHand } from '../platform/evidence/check-anchor.ts';
import { readDocument } from './read-document.ts';

function unusable(pointer: string, message: string, mend: string, cause?: unknown): InvalidInput {
  return new InvalidInput(message, [{ pointer, code: 'unusable-anchor', message, mend }], { cause });
}

/** The manifest's file, or those of a folder in order of their days. */
function manifestFiles(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .map((name) => join(path, name));
  } catch (cause) {
    throw unusable('/anchor', `${path} cannot be read.`, 'Name a manifest, or a folder of manifests.', cause);
  }
}

/**
 * Reads the manifests and the key that the command line names.
 * @returns `undefined` when it names none.
 * @throws InvalidInput when one is named without the other, or cannot be read.
 */
export function readAnchors(anchor: string | undefined, key: string | undefined): AnchorsAtHand | undefined {
  if (anchor === undefined && key === undefined) return undefined;
  if (anchor === undefined || key === undefined) {
    const missing = anchor === undefined ? 'anchor' : 'key';
    throw unusable(`/${missing}`, `--${missing} is missing.`, 'Name the manifest and its public key together.');
  }
  const manifests = manifestFiles(anchor).map(readDocument);
  try {
    return { manifests, publicKey: readFileSync(key, 'utf8') };
  } catch (cause) {
    throw unusable('/key', `${key} cannot be read.`, 'Name the file with the public key, as PEM.', cause);
  }
}
