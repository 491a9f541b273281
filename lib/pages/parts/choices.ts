import { type LevelResult, levelResult, type SeatVote } from '../../core/approval/level-result.ts';
import type { SeatView } from '../views.ts';
import type { SeatStanding } from '../vocabulary.ts';
import type { OfferedChoice } from './decision-form.ts';

/** What each standing counts for; a seat that cannot decide any more counts as one that kept silent. */
const voteOf: Readonly<Record<SeatStanding, SeatVote>> = {
  open: 'open',
  approved: 'approve',
  rejected: 'reject',
  'changes-requested': 'request-changes',
  missed: 'timeout',
  closed: 'timeout',
};

/** What a wish for changes leads to when it settles the level. */
const onChanges: Readonly<Partial<Record<LevelResult, string>>> = {
  'changes-requested': 'It goes back to the requester.',
  rejected: 'It ends as rejected, for somebody else rejected it.',
};

const STILL_OPEN = 'The others can still reach the quorum.';

/**
 * What a seat of a level may choose, each with what it leads to as things stand: one rejection does not end a level whose
 * quorum the others can still reach, and the page must not say that it does.
 * @param required approvals that settle the level.
 */
export function approvalChoices(required: number, otherSeats: readonly SeatView[]): readonly OfferedChoice[] {
  const others = otherSeats.map(({ standing }) => voteOf[standing]);
  const resultOf = (own: SeatVote) => levelResult(required, [...others, own]);
  const approved = resultOf('approve') === 'approved' ? 'With it the level is done.' : 'Others still have to approve.';
  const rejected = resultOf('reject') === 'rejected' ? 'The request ends here.' : STILL_OPEN;
  const changed = onChanges[resultOf('request-changes')] ?? STILL_OPEN;
  return [
    { choice: 'approve', effect: `You agree to exactly the terms on this page. ${approved}` },
    { choice: 'reject', effect: `${rejected} Write the reason in the comment.` },
    { choice: 'request-changes', effect: `${changed} Write in the comment what has to change.` },
  ];
}

/** What oversight may choose about an escalated execution. */
export const oversightChoices: readonly OfferedChoice[] = [
  { choice: 'close', effect: 'Nothing is published. The execution ends as blocked; write why in the comment.' },
  { choice: 're-run', effect: 'The same request starts again as a new execution and passes every gate anew.' },
];
