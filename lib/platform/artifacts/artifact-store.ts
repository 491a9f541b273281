import type { Digest } from '../../core/digest.ts';

/** Stores JSON documents under the digest of their canonical form. What is stored never changes. */
export interface ArtifactStore {
  /** Stores a document and answers its digest; storing it again is harmless. */
  put(document: unknown): Promise<Digest>;
  /**
   * Reads a document back and checks its digest.
   * @throws NotFound when there is none, IntegrityError when the bytes do not have the digest.
   */
  get(digest: Digest): Promise<unknown>;
}
