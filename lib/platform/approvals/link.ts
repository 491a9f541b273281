import { createHash, timingSafeEqual } from 'node:crypto';
import type { Digest } from '../../core/digest.ts';
import type { Instant } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import type { Item, ItemKey } from '../store/table.ts';

/** 128 bits name a link, 256 bits open it. */
const LINK_ID_BYTES = 16;
const SECRET_BYTES = 32;
const ADDRESS = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** One opening of a link's form: the digests of what its browser holds and of what its form holds. */
export interface Visit {
  readonly cookieHash: string;
  readonly nonceHash: string;
  readonly at: Instant;
  /** Opened by what looks like a mail scanner; such visits make room first. */
  readonly scanner: boolean;
}

/** A mailed code as the table keeps it: nothing of it can be tried without the link's secret and its browser's cookie. */
export interface MailCode {
  /** Names the code in events and in its mail's id; opens nothing. */
  readonly codeId: string;
  readonly cookieHash: string;
  readonly salt: string;
  /** scrypt (RFC 7914) over secret, cookie and code, in hexadecimal. */
  readonly hash: string;
  readonly mintedAt: Instant;
  readonly expiresAt: Instant;
  /** Entries looked at so far; each is counted before it is compared. */
  readonly attempts: number;
}

/** What every link is, whatever it opens: it holds the digest of its secret, so whoever reads the table cannot open it. */
export interface LinkItem {
  readonly linkId: string;
  readonly version: number;
  /** SHA-256 of the secret, in hexadecimal. The secret is random, so it needs neither salt nor stretching. */
  readonly secretHash: string;
  readonly executionId: string;
  /** What it opens, where that is no stage of an approval. */
  readonly opens?: 'handoff';
  readonly mintedAt: Instant;
  readonly expiresAt: Instant;
  readonly visits: readonly Visit[];
}

/** An approval link as the table keeps it. Whether it still opens anything is the stage's to say. */
export interface Link extends LinkItem {
  readonly opens?: never;
  readonly stage: number;
  readonly round: number;
  readonly seatId: string;
  readonly approver: string;
  readonly termsDigest: Digest;
  /** Codes that were mailed for it; one for each browser at most. */
  readonly codes?: readonly MailCode[];
}

/** What a link is minted for. */
export type LinkBinding<L extends LinkItem = Link> = Omit<L, 'linkId' | 'version' | 'secretHash' | 'visits'>;

/** The place of a link. */
export function linkKey(linkId: string): ItemKey {
  return { pk: `LINK#${linkId}`, sk: 'LINK' };
}

/** The place of a link's counters: apart from the link, so that counting never disturbs a decision. */
export function linkCountersKey(linkId: string): ItemKey {
  return { pk: `LINK#${linkId}`, sk: 'OPENS' };
}

/** SHA-256 of a random text, in hexadecimal. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether a secret has a digest, in a time that does not depend on where they differ. */
export function matchesHash(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(hash, 'hex'));
}

/** A random text of so many bytes, in base64url (RFC 4648, section 5) without padding. */
export function randomText(runtime: Runtime, bytes: number): string {
  return Buffer.from(runtime.random.bytes(bytes)).toString('base64url');
}

/**
 * Mints a link: stores it with the digest of a new secret.
 * @returns the link, and its address part `{linkId}.{secret}`, which exists nowhere but in the mail it is minted for.
 */
export async function mintLink<L extends LinkItem = Link>(
  runtime: Runtime,
  binding: LinkBinding<L>,
): Promise<{ link: L; address: string }> {
  const linkId = randomText(runtime, LINK_ID_BYTES);
  const secret = randomText(runtime, SECRET_BYTES);
  const link = { linkId, version: 1, secretHash: hashSecret(secret), ...binding, visits: [] } as unknown as L;
  await runtime.table.putNew({ ...link, ...linkKey(linkId) } as unknown as Item);
  return { link, address: `${linkId}.${secret}` };
}

/**
 * The secret in an address that opens a link.
 * @throws RangeError when the address is malformed: only one that was opened has a secret to ask for.
 */
export function secretOf(address: string): string {
  const secret = ADDRESS.exec(address)?.[2];
  if (secret === undefined) throw new RangeError('An address that was opened has a secret.');
  return secret;
}

async function openAny(runtime: Runtime, address: string): Promise<LinkItem | undefined> {
  const [, linkId, secret] = ADDRESS.exec(address) ?? [];
  if (linkId === undefined || secret === undefined) return undefined;
  const link = await runtime.table.get<LinkItem>(linkKey(linkId));
  // An unknown link is compared as well, so that it takes as long as a wrong secret.
  const matches = matchesHash(secret, link?.secretHash ?? hashSecret(''));
  return matches ? link : undefined;
}

/**
 * The approval link that an address opens, or `undefined`: malformed, unknown and forged addresses, and those of something else,
 * are not told apart.
 */
export async function openLink(runtime: Runtime, address: string): Promise<Link | undefined> {
  const link = await openAny(runtime, address);
  return link?.opens === undefined ? (link as Link | undefined) : undefined;
}

/** The link of another kind that an address opens, or `undefined`, likewise. */
export async function openLinkOf<L extends LinkItem>(
  runtime: Runtime,
  address: string,
  opens: L['opens'],
): Promise<L | undefined> {
  const link = await openAny(runtime, address);
  return link !== undefined && link.opens === opens ? (link as L) : undefined;
}
