import { canonicalJson, type Digest, digestOfBytes } from '../../core/digest.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';

/** A payload and its digest, which is computed once and compared often. Only `sealPayload` makes one. */
export interface Payload {
  readonly value: Json;
  readonly salt?: string;
  readonly digest: Digest;
  /** Length of the canonical form, in bytes of UTF-8. */
  readonly bytes: number;
}

const SALT = /^[A-Za-z0-9_-]{22,86}$/;

/**
 * Binds a payload to its digest: over its canonical JSON (RFC 8785), or, with a salt, over that of `{ salt, value }`. The salt is
 * erased with the payload; without it the digest of a short payload, such as a telephone number, could be found by trying.
 * @param salt at least 128 random bits in base64url (22 characters); the caller draws it.
 * @throws InvalidInput (`invalid-salt`); TypeError when the value has no JSON form.
 */
export function sealPayload(value: Json, salt?: string): Payload {
  if (salt !== undefined && !SALT.test(salt)) {
    const message = 'The salt of a payload is not 22 to 86 characters of base64url.';
    throw new InvalidInput(message, [
      { pointer: '/salt', code: 'invalid-salt', message, mend: 'Draw 16 random bytes.' },
    ]);
  }
  const text = canonicalJson(value);
  const sealed = salt === undefined ? text : `{"salt":"${salt}","value":${text}}`;
  return {
    value,
    ...(salt === undefined ? {} : { salt }),
    digest: digestOfBytes(sealed),
    bytes: Buffer.byteLength(text, 'utf8'),
  };
}

const unescaped = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

/** The value at a JSON Pointer (RFC 6901), `undefined` when nothing stands there. */
export function valueAt(value: Json, at: string): Json | undefined {
  let here: Json | undefined = value;
  for (const token of at.split('/').slice(1).map(unescaped)) {
    if (typeof here !== 'object' || here === null) return undefined;
    if (Array.isArray(here)) {
      here = /^(0|[1-9]\d*)$/.test(token) ? here[Number(token)] : undefined;
    } else {
      here = Object.hasOwn(here, token) ? (here as { readonly [key: string]: Json })[token] : undefined;
    }
    if (here === undefined) return undefined;
  }
  return here;
}
