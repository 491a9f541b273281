import { IntegrityError } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { type AnchorManifest, anchorManifest, isWhole } from './manifest.ts';
import type { PublicKey } from './signer.ts';

/** Keeps manifests where nobody alters them afterwards. */
export interface AnchorStore {
  /**
   * The newest manifest, or `undefined` before the first.
   * @throws InvalidInput, IntegrityError when it is damaged.
   */
  last(): Promise<AnchorManifest | undefined>;
  /** Stores a manifest under its day, unless the day has one. */
  putNew(manifest: AnchorManifest): Promise<'stored' | 'exists'>;
  /** Keeps the public key that signatures are checked with; keeping it again is harmless. */
  keepKey(key: Pick<PublicKey, 'keyId' | 'publicKey'>): Promise<void>;
}

/** The name of a public key's file: the digits of its id. */
export function keyFileName({ keyId }: Pick<PublicKey, 'keyId'>): string {
  return `${keyId.slice('sha256:'.length)}.pem`;
}

/** @throws InvalidInput, IntegrityError when a stored manifest is damaged. */
export function readManifest(text: string): AnchorManifest {
  const manifest = parseWith<AnchorManifest>(anchorManifest, JSON.parse(text), 'The last manifest');
  if (!isWhole(manifest)) throw new IntegrityError(`The manifest of ${manifest.day} does not have its digest.`);
  return manifest;
}

/** A manifest as it is stored: readable by people too. */
export function writeManifest(manifest: AnchorManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
