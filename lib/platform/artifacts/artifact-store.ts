import type { Digest } from '../../core/digest.ts';

/** Stores JSON documents under the digest of their canonical form. What is stored never changes; it can only be erased, on record. */
export interface ArtifactStore {
  /**
   * Stores a document and answers its digest; storing it again is harmless.
   * @throws Erased when the document was erased: it is not brought back; ArtifactsUnavailable when the store takes nothing now.
   */
  put(document: unknown): Promise<Digest>;
  /**
   * Reads a document back and checks its digest.
   * @throws NotFound when there is none, Erased when it was erased on record, IntegrityError when the bytes do not have the
   * digest, ArtifactsUnavailable when the store cannot be read now.
   */
  get(digest: Digest): Promise<unknown>;
  /**
   * Erases an artifact for good: a marker that names the record of its erasure takes its place first, then whatever the store
   * still holds of it is deleted. Again it finishes what was broken off; the first record stays.
   * @param erasure the artifact that records the erasure, stored before.
   * @throws NotFound when there is no such artifact, IntegrityError when it is damaged: neither becomes an erasure.
   * ArtifactsUnavailable when something of it could not be deleted.
   */
  erase(digest: Digest, erasure: Digest): Promise<void>;
}
