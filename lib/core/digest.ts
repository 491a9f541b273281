import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** A SHA-256 digest in its written form: `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

/**
 * The canonical form of a JSON value (RFC 8785, JCS): sorted keys, shortest numbers, no white space.
 * Members whose value is `undefined` are left out, as `JSON.stringify` does.
 * @throws TypeError when the value has no JSON form.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('The value has no JSON form, so it has no canonical form.');
  return text;
}

/**
 * The digest of a JSON value: SHA-256 over its canonical form.
 * @example digestOf({ b: 1, a: 2 }) === digestOf({ a: 2, b: 1 }) // true
 */
export function digestOf(value: unknown): Digest {
  return digestOfBytes(canonicalJson(value));
}

/** The digest of bytes, or of a text's UTF-8 bytes. */
export function digestOfBytes(bytes: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Whether a text is written as a digest. */
export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
