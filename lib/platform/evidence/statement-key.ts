import * as z from 'zod';
import { type PublicKey, signatureAlgorithms } from '../audit/signer.ts';

/** The public key that a statement was signed with, as it lies beside it. Whether to trust it is the verifier's to say. */
export const statementKey = z.strictObject({
  schema: z.literal('countersign/public-key/1'),
  keyId: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  algorithm: z.enum(signatureAlgorithms),
  /** PEM (SubjectPublicKeyInfo). */
  publicKey: z.string(),
});

/** The document of a public key. */
export function statementKeyOf({ keyId, algorithm, publicKey }: PublicKey): z.infer<typeof statementKey> {
  return { schema: 'countersign/public-key/1', keyId, algorithm, publicKey };
}
