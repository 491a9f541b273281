/** What a seat can decide about a request, and what oversight can decide about an escalated execution. */
export type Choice = 'approve' | 'reject' | 'request-changes' | 'close' | 're-run';

/** Where a seat stands. */
export type SeatStanding = 'open' | 'approved' | 'rejected' | 'changes-requested' | 'missed' | 'closed';

/** How an execution can end. */
export type OutcomeWord =
  | 'published'
  | 'rejected'
  | 'changes-requested'
  | 'withdrawn'
  | 'expired'
  | 'blocked'
  | 'needs-scoping'
  | 'rolled-back';

/** Where an execution stands; `held`: a publication that critical posture stopped, to be resumed. */
export type ExecutionStatus = 'running' | 'waiting' | 'succeeded' | 'failed' | 'held';

export const choiceLabel: Readonly<Record<Choice, string>> = {
  approve: 'Approve',
  reject: 'Reject',
  'request-changes': 'Request changes',
  close: 'Close it',
  're-run': 'Run it again',
};

/** The past tense, as in "You approved". */
export const choiceDone: Readonly<Record<Choice, string>> = {
  approve: 'approved',
  reject: 'rejected',
  'request-changes': 'requested changes',
  close: 'closed the execution',
  're-run': 'ordered a re-run',
};

/** A sign and a word for each standing: the sign never stands alone, nor does a colour. */
export const standingWords: Readonly<Record<SeatStanding, { readonly sign: string; readonly word: string }>> = {
  open: { sign: '…', word: 'Not decided yet' },
  approved: { sign: '✓', word: 'Approved' },
  rejected: { sign: '✕', word: 'Rejected' },
  'changes-requested': { sign: '↺', word: 'Requested changes' },
  missed: { sign: '⏱', word: 'Missed the deadline' },
  closed: { sign: '–', word: 'Closed without a decision' },
};

export const outcomeWord: Readonly<Record<OutcomeWord, string>> = {
  published: 'Published',
  rejected: 'Rejected',
  'changes-requested': 'Changes requested',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
  blocked: 'Blocked',
  'needs-scoping': 'Needs scoping',
  'rolled-back': 'Rolled back',
};

/** A sign and a word for each status. */
export const statusSign: Readonly<Record<ExecutionStatus, string>> = {
  running: '▸ Running',
  waiting: '○ Waiting',
  succeeded: '● Done',
  failed: '✕ Failed',
  held: '‖ Held',
};

/** How many of a level's seats must approve, as one sentence. */
export function quorumSentence(required: number, seats: number): string {
  if (seats === 1) return 'One person decides.';
  if (required === seats) return seats === 2 ? 'Both of 2 must approve.' : `All ${seats} must approve.`;
  return required === 1 ? `1 of ${seats} must approve: any one of them.` : `${required} of ${seats} must approve.`;
}
