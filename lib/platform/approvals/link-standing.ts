import type { Instant } from '../../core/instant.ts';
import type { Link } from './link.ts';
import { findSeat, type Seat, type Stage, type StageLevel } from './stage.ts';

interface Place {
  readonly level: StageLevel;
  readonly seat: Seat;
}

/** What a link with the right secret opens, by the stage's own state. */
export type LinkStanding =
  /** The seat can decide. */
  | ({ readonly standing: 'open' } & Place)
  /** The seat has decided; `own`: the decision is the link holder's. */
  | ({ readonly standing: 'decided'; readonly own: boolean } & Place)
  /** The stage or the level was settled without this seat. */
  | ({ readonly standing: 'closed' } & Place)
  /** The deadline has passed; it is not yet settled what follows. */
  | ({ readonly standing: 'too-late' } & Place)
  /** The link stood for other terms. */
  | ({ readonly standing: 'terms-changed' } & Place)
  /** Somebody else fills the seat now. */
  | ({ readonly standing: 'reassigned' } & Place)
  /** A newer link was mailed, or is about to be. */
  | ({ readonly standing: 'superseded'; readonly mailedAt: Instant } & Place)
  | ({ readonly standing: 'being-mailed' } & Place)
  /** The seat is open, its links are too old. */
  | ({ readonly standing: 'expired' } & Place);

function hasLinkMailPending(stage: Stage, seat: Seat): boolean {
  return stage.pendingMails.some((mail) => mail.seatId === seat.seatId && mail.kind !== 'link-closed');
}

/**
 * What became of a link at an instant. The first line that holds decides: a recorded decision is shown whatever happened
 * later; then what settled the seat; then what keeps this link from deciding.
 * @throws RangeError when the stage has no such seat: links are minted for seats only.
 */
export function linkStanding(stage: Stage, link: Link, at: Instant): LinkStanding {
  const place = findSeat(stage, link.seatId);
  if (place === undefined) throw new RangeError(`The stage has no seat ${link.seatId}.`);
  const { level, seat } = place;
  if (seat.decision !== undefined) return { standing: 'decided', own: seat.approver === link.approver, ...place };
  if (seat.standing !== 'open') return { standing: 'closed', ...place };
  if (link.termsDigest !== stage.termsDigest) return { standing: 'terms-changed', ...place };
  if (link.approver !== seat.approver) return { standing: 'reassigned', ...place };
  if (at >= level.dueAt) return { standing: 'too-late', ...place };
  const live = seat.liveLinks.some((one) => one.linkId === link.linkId);
  if (live && link.round === stage.round && at < link.expiresAt) return { standing: 'open', ...place };
  const newest = seat.liveLinks.at(-1);
  if (newest !== undefined && newest.linkId !== link.linkId && at < newest.expiresAt)
    return { standing: 'superseded', mailedAt: newest.mintedAt, ...place };
  return { standing: hasLinkMailPending(stage, seat) ? 'being-mailed' : 'expired', ...place };
}
