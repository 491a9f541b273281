import * as z from 'zod';
import { type Digest, digestOf } from '../../core/digest.ts';
import { describeProblems } from '../../core/errors.ts';
import { problemsOfZodError } from '../../core/zod-problems.ts';
import { type SignatureCheck, type Signer, signatureAlgorithms, signatureCheck } from './signer.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** How far one execution's chain had come. */
const anchoredChain = z.strictObject({ executionId: z.string(), length: z.int().min(1), head: digest });
export type AnchoredChain = z.infer<typeof anchoredChain>;

/** The heads of all chains that grew since the manifest before, signed. */
export const anchorManifest = z.strictObject({
  schema: z.literal('countersign/anchor-manifest/1'),
  environment: z.string(),
  /** The day (UTC) on which it was written; there is one manifest a day at most. */
  day: z.iso.date(),
  at: z.iso.datetime(),
  /** Digest of the manifest before; of the first one, zeros. */
  previous: digest,
  executions: z.array(anchoredChain),
  /** Over every member but the signature. */
  digest,
  signature: z.strictObject({ algorithm: z.enum(signatureAlgorithms), keyId: digest, value: z.base64url() }),
});
export type AnchorManifest = z.infer<typeof anchorManifest>;

/** What stands before the first manifest. */
export const MANIFEST_START: Digest = `sha256:${'0'.repeat(64)}`;

/** What is signed: a text that says what it is, so the signature holds for nothing else; short, so any signing service takes it. */
const signedText = (manifestDigest: string): Uint8Array =>
  Buffer.from(`countersign/anchor-manifest/1 ${manifestDigest}`, 'utf8');

/** Digests and signs a manifest's content. */
export async function sealManifest(
  content: Omit<AnchorManifest, 'schema' | 'digest' | 'signature'>,
  signer: Signer,
): Promise<AnchorManifest> {
  const whole = { schema: 'countersign/anchor-manifest/1' as const, ...content };
  const manifestDigest = digestOf(whole);
  const value = Buffer.from(await signer.sign(signedText(manifestDigest))).toString('base64url');
  const { algorithm, keyId } = signer;
  return { ...whole, digest: manifestDigest, signature: { algorithm, keyId, value } };
}

/** Whether a manifest has the digest it claims. */
export function isWhole(manifest: AnchorManifest): boolean {
  const { digest: claimed, signature: _, ...content } = manifest;
  return digestOf(content) === claimed;
}

/** Manifests that hold together, or what is wrong with the first that does not. */
export type ManifestCheck =
  | { readonly ok: true; readonly manifests: readonly AnchorManifest[] }
  | { readonly ok: false; readonly problem: string };

function problemOf(manifest: AnchorManifest, before: AnchorManifest | undefined, keys: readonly SignatureCheck[]) {
  const { day, digest: claimed, signature, previous } = manifest;
  if (!isWhole(manifest)) return `The manifest of ${day} was altered: it does not have the digest it claims.`;
  const key = keys.find(({ keyId }) => keyId === signature.keyId);
  if (key === undefined) return `The manifest of ${day} was signed with another key.`;
  if (!key.holds(signedText(claimed), Buffer.from(signature.value, 'base64url')))
    return `The signature of the manifest of ${day} does not hold.`;
  if (before !== undefined && previous !== before.digest)
    return `The manifest of ${day} does not follow that of ${before.day}: one is missing, or was replaced.`;
  return undefined;
}

/**
 * Checks manifests, oldest first: each has its digest and a signature that holds, and each follows the one before it.
 * @param publicKeys the public keys that may have signed, as PEM: several where the key was changed in between.
 * @throws InvalidInput when one of them is no key.
 */
export function checkManifests(documents: readonly unknown[], publicKeys: readonly string[]): ManifestCheck {
  const keys = publicKeys.map(signatureCheck);
  const manifests: AnchorManifest[] = [];
  for (const document of documents) {
    const parsed = anchorManifest.safeParse(document);
    if (!parsed.success) {
      const problem = `A manifest does not fit its contract. ${describeProblems(problemsOfZodError(parsed.error))}`;
      return { ok: false, problem };
    }
    const problem = problemOf(parsed.data, manifests.at(-1), keys);
    if (problem !== undefined) return { ok: false, problem };
    manifests.push(parsed.data);
  }
  return { ok: true, manifests };
}
