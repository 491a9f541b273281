import { type Digest, digestOfBytes, isDigest } from '../../core/digest.ts';
import { IntegrityError, NotFound } from '../../core/errors.ts';
import { erasedIn } from './erased.ts';

/**
 * The name under which an artifact is stored: the digest's digits behind their first two, so that no folder gets too full.
 * @throws NotFound when the text is no digest: nothing can be stored under it, and it never becomes a path.
 */
export function nameOf(digest: Digest): string {
  if (!isDigest(digest)) throw new NotFound('There is no artifact under a name that is no digest.');
  const digits = digest.slice('sha256:'.length);
  return `${digits.slice(0, 2)}/${digits}`;
}

/**
 * The document in stored bytes.
 * @throws Erased when they are the marker of an erasure, IntegrityError when they do not have the digest under which they were stored.
 */
export function checkedDocument(bytes: Uint8Array, digest: Digest): unknown {
  const actual = digestOfBytes(bytes);
  if (actual !== digest)
    throw erasedIn(bytes, digest) ?? new IntegrityError(`The artifact ${digest} has the digest ${actual}.`);
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

/** The error for an artifact that is not there. */
export function missingArtifact(digest: Digest, cause?: unknown): NotFound {
  return new NotFound(`There is no artifact ${digest}.`, [], { cause });
}
