import { addSeconds, type Instant } from '../../core/instant.ts';
import type { LinkItem } from '../approvals/link.ts';
import { contactOf, type HandoffFile } from './file.ts';
import { documentOf, type HandoffSeat, type OpenHandoff, type PastWait, seatOf } from './handoff.ts';

/** How the path of a handoff's link begins. */
export const HANDOFF_PATH = '/handoffs/';

/** A link by which one person may answer one wait of a handoff. */
export interface HandoffLink extends LinkItem {
  readonly opens: 'handoff';
  /** The wait that it was mailed for, and the person whom it was mailed to. */
  readonly wait: number;
  readonly personId: string;
}

/** Fresh links that a person can ask for within a day. */
const FRESH_LINKS_A_DAY = 3;
const DAY_SECONDS = 24 * 3600;

/** The instants at which fresh links were asked for that still count. */
export function recentAskings(askedAt: readonly Instant[], now: Instant): readonly Instant[] {
  return askedAt.filter((at) => addSeconds(at, DAY_SECONDS) > now);
}

/** Whether somebody has had all the fresh links of a day. */
export function isCapped(askedAt: readonly Instant[], now: Instant): boolean {
  return recentAskings(askedAt, now).length >= FRESH_LINKS_A_DAY;
}

/** What a link with the right secret opens, by the handoff's own state. */
export type HandoffLinkStanding =
  /** Its holder can answer. */
  | { readonly standing: 'open'; readonly seat: HandoffSeat }
  /** The wait is over; what ended it, where that is still known. */
  | { readonly standing: 'over'; readonly past?: PastWait }
  /** The clock has run out; it is not yet settled what follows. */
  | { readonly standing: 'too-late' }
  /** Its holder may not act any more. */
  | { readonly standing: 'not-eligible' }
  | { readonly standing: 'superseded'; readonly mailedAt: Instant }
  | { readonly standing: 'being-mailed' }
  /** The wait is open, the link is too old. */
  | { readonly standing: 'expired'; readonly seat: HandoffSeat };

/** Whether somebody may act on the wait in force: still employed, and of the part that is asked. */
export function mayAct(file: HandoffFile, handoff: OpenHandoff, personId: string, at: Instant): boolean {
  const { wait } = handoff;
  if (wait === undefined || contactOf(file.directory, personId, at) === undefined) return false;
  return file.protocol.partsOf(file.case, documentOf(handoff), personId).includes(wait.part);
}

/**
 * What became of a link at an instant. The first line that holds decides: a wait that is over stays over whatever happened later;
 * then what keeps its holder, and then this link, from answering.
 */
export function handoffLinkStanding(
  file: HandoffFile,
  handoff: OpenHandoff,
  link: HandoffLink,
  at: Instant,
): HandoffLinkStanding {
  const seat = seatOf(handoff, link.personId);
  const { wait } = handoff;
  if (wait === undefined || link.wait !== handoff.number || seat === undefined) {
    const past = handoff.past.find(({ number }) => number === link.wait);
    return { standing: 'over', ...(past === undefined ? {} : { past }) };
  }
  if (at >= wait.dueAt) return { standing: 'too-late' };
  if (!mayAct(file, handoff, link.personId, at)) return { standing: 'not-eligible' };
  const live = seat.liveLinks.some((one) => one.linkId === link.linkId);
  if (live && at < link.expiresAt) return { standing: 'open', seat };
  const newest = seat.liveLinks.at(-1);
  if (newest !== undefined && newest.linkId !== link.linkId && at < newest.expiresAt)
    return { standing: 'superseded', mailedAt: newest.mintedAt };
  const owed = handoff.pendingMails.some(({ kind, personId }) => kind !== 'over' && personId === link.personId);
  return owed ? { standing: 'being-mailed' } : { standing: 'expired', seat };
}
