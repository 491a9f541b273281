import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/digest.ts';

/** RFC 4648 base32, in lower case: safe in URLs, file names and execution names. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** 128 bits take 26 characters of five bits each; the last one is filled up with zeros. */
const BYTES = 16;

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** An execution's id from 16 random bytes. */
export function randomExecutionId(bytes: Uint8Array): string {
  return `ex-${base32(bytes.subarray(0, BYTES))}`;
}

/** An execution's id from what makes a request the same request: 128 bits of a SHA-256 digest. */
export function derivedExecutionId(...parts: readonly string[]): string {
  return `ex-${base32(createHash('sha256').update(canonicalJson(parts)).digest().subarray(0, BYTES))}`;
}

/** Whether a text is written as an execution's id. */
export function isExecutionId(text: string): boolean {
  return /^ex-[a-z2-7]{26}$/.test(text);
}
