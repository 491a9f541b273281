import type { Runtime } from '../runtime.ts';
import type { HandoffFile } from './file.ts';
import { withMail, withSeat } from './handoff.ts';
import { changeHandoff } from './handoff-store.ts';
import { type HandoffLink, handoffLinkStanding, isCapped, recentAskings } from './link.ts';
import { sendHandoffMails } from './send-mails.ts';

/**
 * Mails a fresh link to the registered address of somebody whose link of an open wait has expired; the old ones die when it is
 * minted.
 * @returns whether a link is on its way because of this call.
 */
export async function askFreshHandoffLink(runtime: Runtime, file: HandoffFile, link: HandoffLink): Promise<boolean> {
  const now = runtime.clock.now();
  let asked = false;
  await changeHandoff(runtime, link.executionId, (current) => {
    const standing = handoffLinkStanding(file, current, link, now);
    asked = standing.standing === 'expired' && !isCapped(standing.seat.freshLinksAskedAt, now);
    if (!asked || standing.standing !== 'expired') return undefined;
    const { personId } = standing.seat;
    const recent = recentAskings(standing.seat.freshLinksAskedAt, now);
    const marked = withSeat(current, personId, (seat) => ({ ...seat, freshLinksAskedAt: [...recent, now] }));
    // Digits and letters only: the mail's id becomes a part of its Message-ID.
    const mailId = `handoff.w${link.wait}.fresh-link.${personId}.${now.replace(/[^0-9TZ]/g, '')}`;
    return withMail(marked, { mailId, kind: 'fresh-link', personId, wait: link.wait }, now);
  });
  if (asked) await sendHandoffMails(runtime, link.executionId);
  return asked;
}
