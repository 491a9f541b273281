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
 * Reads the public keys that the command line names.
 * @throws InvalidInput when one cannot be read.
 */
export function readKeys(files: readonly string[]): readonly string[] {
  return files.map((file) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (cause) {
      throw unusable('/key', `${file} cannot be read.`, 'Name the file with the public key, as PEM.', cause);
    }
  });
}

/**
 * Reads the manifests that the command line names.
 * @param publicKeys the keys that it names, as PEM.
 * @returns `undefined` when it names no manifest.
 * @throws InvalidInput when they are named without a key, or cannot be read.
 */
export function readAnchors(anchor: string | undefined, publicKeys: readonly string[]): AnchorsAtHand | undefined {
  if (anchor === undefined) return undefined;
  if (publicKeys.length === 0)
    throw unusable('/key', '--key is missing.', 'Name the manifest and its public key together.');
  return { manifests: manifestFiles(anchor).map(readDocument), publicKeys };
}
