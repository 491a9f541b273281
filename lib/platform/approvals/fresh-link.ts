import { addSeconds } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import type { Link } from './link.ts';
import { linkStanding } from './link-standing.ts';
import { sendStageMails } from './send-mails.ts';
import { stageName, withMail, withSeat } from './stage.ts';
import { changeStage } from './stage-store.ts';

/** Fresh links that a seat can ask for within a day. */
const FRESH_LINKS_A_DAY = 3;
const DAY_SECONDS = 24 * 3600;

/** Whether a seat has had all the fresh links of a day. */
export function isCapped(askedAt: readonly string[], now: string): boolean {
  return askedAt.filter((at) => addSeconds(at, DAY_SECONDS) > now).length >= FRESH_LINKS_A_DAY;
}

/**
 * Mails a fresh link to the registered address of an open seat whose link has expired; the old ones die when it is minted.
 * @returns whether a link is on its way because of this call.
 */
export async function askFreshLink(runtime: Runtime, link: Link): Promise<boolean> {
  const now = runtime.clock.now();
  let asked = false;
  await changeStage(runtime, link.executionId, link.stage, (current) => {
    const place = linkStanding(current, link, now);
    asked = place.standing === 'expired' && !isCapped(place.seat.freshLinksAskedAt, now);
    if (!asked) return undefined;
    const { seat } = place;
    const recent = seat.freshLinksAskedAt.filter((at) => addSeconds(at, DAY_SECONDS) > now);
    const marked = withSeat(current, seat.seatId, (one) => ({ ...one, freshLinksAskedAt: [...recent, now] }));
    // Digits and letters only: the mail's id becomes a part of its Message-ID.
    const asking = now.replace(/[^0-9TZ]/g, '');
    const mailId = `${stageName(current)}.r${current.round}.fresh-link.${seat.seatId}.${asking}`;
    return withMail(marked, { mailId, kind: 'fresh-link', seatId: seat.seatId }, now);
  });
  if (asked) await sendStageMails(runtime, link.executionId, link.stage);
  return asked;
}
