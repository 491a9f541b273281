import { addSeconds, epochMilliseconds, type Instant } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import { hashSecret, type LinkItem, linkKey, matchesHash, randomText, type Visit } from './link.ts';

/** What a browser needs to post the form it is shown. */
export interface VisitSecrets {
  readonly cookie: string;
  readonly nonce: string;
}

/** Forms of one link that can be posted at a time: reloads and second windows work, a flood cannot pile up. */
const LIVE_VISITS = 8;
const VISIT_SECONDS = 12 * 3600;
const SECRET_BYTES = 16;

/** Opens so close together are no person's. */
const BURST_MILLISECONDS = 1_000;
const BURST_OPENS = 3;

function alive(visit: Visit, now: Instant): boolean {
  return now < addSeconds(visit.at, VISIT_SECONDS);
}

/** The newest visits, with those of scanners let go before any person's. */
function withRoom(visits: readonly Visit[]): readonly Visit[] {
  if (visits.length < LIVE_VISITS) return visits;
  const scanner = visits.findIndex((visit) => visit.scanner);
  return visits.toSpliced(Math.max(scanner, 0), 1);
}

/** Whether a link was opened so often within a second that a machine must be at work. */
export function isBurst(visits: readonly Visit[], now: Instant): boolean {
  const recent = visits.filter((visit) => epochMilliseconds(now) - epochMilliseconds(visit.at) < BURST_MILLISECONDS);
  return recent.length >= BURST_OPENS;
}

/**
 * Begins a visit: a new nonce for the form, bound to the browser's cookie for this link. A browser that holds the cookie
 * keeps it, so that its other windows stay valid.
 * @param held the cookie that came with the request, if one did.
 * @throws Conflict when the link is opened by too many at once.
 */
export async function beginVisit(
  runtime: Runtime,
  link: LinkItem,
  held: string | undefined,
  scanner: boolean,
): Promise<VisitSecrets> {
  const now = runtime.clock.now();
  const nonce = randomText(runtime, SECRET_BYTES);
  const fresh = randomText(runtime, SECRET_BYTES);
  const known = held !== undefined && link.visits.some((visit) => matchesHash(held, visit.cookieHash));
  const cookie = known ? held : fresh;
  const visit: Visit = { cookieHash: hashSecret(cookie), nonceHash: hashSecret(nonce), at: now, scanner };
  await changeAggregate<LinkItem>(runtime.table, linkKey(link.linkId), (current) => ({
    ...current,
    visits: [...withRoom(current.visits.filter((one) => alive(one, now))), visit],
  }));
  return { cookie, nonce };
}

/**
 * Spends the nonce of a visit. Of many posts with one nonce exactly one is answered `true`.
 * @throws Conflict when every attempt lost its race.
 */
export async function spendNonce(runtime: Runtime, link: LinkItem, secrets: VisitSecrets): Promise<boolean> {
  const now = runtime.clock.now();
  const isMine = (visit: Visit): boolean =>
    matchesHash(secrets.cookie, visit.cookieHash) && matchesHash(secrets.nonce, visit.nonceHash);
  let spent = false;
  await changeAggregate<LinkItem>(runtime.table, linkKey(link.linkId), (current) => {
    const mine = current.visits.find(isMine);
    spent = mine !== undefined && alive(mine, now);
    return spent ? { ...current, visits: current.visits.filter((visit) => visit !== mine) } : undefined;
  });
  return spent;
}
