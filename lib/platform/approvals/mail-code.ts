import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { addSeconds, type Instant } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import { type MailCode, matchesHash } from './link.ts';

/** A code works this long at most, and never beyond its link. */
export const CODE_SECONDS = 600;
/** Entries of one code that are looked at; after them it is dead. */
export const CODE_ATTEMPTS = 5;

/** Codes that may be mailed for one seat, whatever link or browser asks: a patient guesser gets few guesses in a day. */
const CAPS = [
  { seconds: 3_600, most: 3 },
  { seconds: 24 * 3_600, most: 9 },
] as const;

const DIGITS = 6;
const CODES = 10 ** DIGITS;
const DRAW_BYTES = 3;
/** The largest multiple of the number of codes that a draw can reach; a draw beyond it is drawn again (no modulo bias). */
const FAIR = Math.floor(256 ** DRAW_BYTES / CODES) * CODES;

/** RFC 7914; 32 MiB and some 50 ms for each try. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const HASH_BYTES = 32;
const derive = promisify<string, string, number, typeof COST, Buffer>(scrypt);

/** What the browser that asks for a code holds besides it: the link's secret, and the link's cookie. */
export interface Possession {
  readonly secret: string;
  readonly cookie: string;
}

/** Draws a code of six digits, each of the million as likely as the others. */
export function drawCode(runtime: Pick<Runtime, 'random'>): string {
  for (;;) {
    const drawn = Buffer.from(runtime.random.bytes(DRAW_BYTES)).readUIntBE(0, DRAW_BYTES);
    if (drawn < FAIR) return String(drawn % CODES).padStart(DIGITS, '0');
  }
}

/** The code in what a person typed or pasted; `undefined` when it is none. Blanks and hyphens between digits are theirs. */
export function readCode(entered: string): string | undefined {
  const digits = entered.replace(/[\s-]/g, '');
  return /^[0-9]{6}$/.test(digits) ? digits : undefined;
}

/**
 * The digest of a code in the hands of one browser; no part can hold the separator.
 *
 * Six digits are few, so the digest is one over the code, the link's secret (256 random bits) and the cookie of the browser
 * that asked (128 random bits), of which the table holds only digests: whoever reads the table alone has nothing to try codes
 * against. Whoever reads the table *and* holds the link's secret *and* has asked for the code in a browser of their own could
 * try all codes offline; scrypt makes that half a million times 50 ms on average, against ten minutes of life. That is a
 * hurdle and no proof, which is why reading the table is for operators and a link is not to be forwarded.
 */
export async function hashCode(code: string, { secret, cookie }: Possession, salt: string): Promise<string> {
  return (await derive(`${secret}.${cookie}.${code}`, salt, HASH_BYTES, COST)).toString('hex');
}

/** Whether a code has a digest, in a time that does not depend on where they differ. */
export async function matchesCode(code: string, possession: Possession, kept: MailCode): Promise<boolean> {
  const hash = await hashCode(code, possession, kept.salt);
  return timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(kept.hash, 'hex'));
}

/** The code that a browser can still enter, if there is one. */
export function livingCode(codes: readonly MailCode[] | undefined, cookie: string, now: Instant): MailCode | undefined {
  return codes?.find(
    (code) => now < code.expiresAt && code.attempts < CODE_ATTEMPTS && matchesHash(cookie, code.cookieHash),
  );
}

/** The instants that still count against a cap. */
export function countedAskings(askedAt: readonly Instant[] | undefined, now: Instant): readonly Instant[] {
  const longest = Math.max(...CAPS.map(({ seconds }) => seconds));
  return (askedAt ?? []).filter((at) => addSeconds(at, longest) > now);
}

/** The instant from which a seat can be mailed a code again; `undefined` when it can be now. */
export function nextCodeAt(askedAt: readonly Instant[] | undefined, now: Instant): Instant | undefined {
  const waits = CAPS.flatMap(({ seconds, most }) => {
    const counted = (askedAt ?? []).filter((at) => addSeconds(at, seconds) > now).toSorted();
    const first = counted.at(-most);
    return counted.length < most || first === undefined ? [] : [addSeconds(first, seconds)];
  });
  return waits.toSorted().at(-1);
}
