import type { Digest } from '../../core/digest.ts';

/** Stores JSON documents under the digest of their canonical form. What is stored never changes. */
export interface ArtifactStore {
  /**
   * Stores a document and answers its digest; storing it again is harmless.
   * @throws ArtifactsUnavailable when the store takes nothing now.
   */
  put(document: unknown): Promise<Digest>;
  /**
   * Reads a document back and checks its digest.
   * @throws NotFound when there is none, IntegrityError when the bytes do not have the digest,
   * ArtifactsUnavailable when the store cannot be read now.
   */
  get(digest: Digest): Promise<unknown>;
}
