import * as z from 'zod';
import type { SignatureCheck, Signer } from '../audit/signer.ts';

/** Base64 (RFC 4648), the standard alphabet or the one for URLs: DSSE has verifiers accept either. */
const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/);

/**
 * A Dead Simple Signing Envelope, v1 (https://github.com/secure-systems-lab/dsse, `envelope.md`): a payload, what it is, and
 * signatures over both.
 */
export const dsseEnvelope = z.strictObject({
  payload: base64,
  payloadType: z.string().min(1),
  signatures: z.array(z.strictObject({ keyid: z.string().optional(), sig: base64 })).min(1),
});
export type DsseEnvelope = z.infer<typeof dsseEnvelope>;

/**
 * The bytes that are signed: DSSE's Pre-Authentication Encoding of type and payload, which no other pair encodes to.
 * @example preAuthenticationEncoding('a/b', bytes) // DSSEv1 3 a/b 11 hello world
 */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.byteLength} `, 'utf8'),
    type,
    Buffer.from(` ${payload.byteLength} `, 'utf8'),
    payload,
  ]);
}

/** Signs a payload as what it is, with one key. */
export async function signEnvelope(payloadType: string, payload: Uint8Array, signer: Signer): Promise<DsseEnvelope> {
  const signature = await signer.sign(preAuthenticationEncoding(payloadType, payload));
  return {
    payload: Buffer.from(payload).toString('base64'),
    payloadType,
    signatures: [{ keyid: signer.keyId, sig: Buffer.from(signature).toString('base64') }],
  };
}

/** The payload of an envelope whose signature holds, and the key that it was made with; or why none holds. */
export type EnvelopeCheck =
  | { readonly ok: true; readonly payload: Uint8Array; readonly signedBy: SignatureCheck }
  | { readonly ok: false; readonly problem: 'malformed' | 'other-type' | 'unknown-key' | 'wrong-signature' };

/** `Buffer` reads both alphabets, and skips what belongs to neither: the schema lets none of that through. */
function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

/**
 * Checks an envelope: one signature by one of the keys suffices (threshold 1). A `keyid` is a hint that nobody vouches for, so
 * every key is tried on every signature; it only tells a signature that does not hold from one by a key that is not at hand.
 * @param payloadType what the payload has to be.
 */
export function verifyEnvelope(envelope: unknown, payloadType: string, keys: readonly SignatureCheck[]): EnvelopeCheck {
  const parsed = dsseEnvelope.safeParse(envelope);
  if (!parsed.success) return { ok: false, problem: 'malformed' };
  const { signatures } = parsed.data;
  const payload = bytesOf(parsed.data.payload);
  const signed = preAuthenticationEncoding(parsed.data.payloadType, payload);
  const signedBy = keys.find((key) => signatures.some(({ sig }) => key.holds(signed, bytesOf(sig))));
  if (signedBy === undefined) {
    const claimed = signatures.some(({ keyid }) => keys.some(({ keyId }) => keyId === keyid));
    return { ok: false, problem: claimed ? 'wrong-signature' : 'unknown-key' };
  }
  if (parsed.data.payloadType !== payloadType) return { ok: false, problem: 'other-type' };
  return { ok: true, payload, signedBy };
}
