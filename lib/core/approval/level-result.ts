/** What stands at a seat: a decision, a deadline that passed without one, or nothing yet. */
export type SeatVote = 'approve' | 'reject' | 'request-changes' | 'timeout' | 'open';

/** The result of a level, and of a stage. */
export type LevelResult = 'open' | 'approved' | 'rejected' | 'changes-requested' | 'expired';

const count = (votes: readonly SeatVote[], vote: SeatVote): number => votes.filter((one) => one === vote).length;

/**
 * The result of a level for every mix of votes. With `a` seats that approved, `o` open ones and `required` approvals needed,
 * the first line that holds decides:
 *
 * | # | when                                            | result              | in words                                      |
 * |---|-------------------------------------------------|---------------------|-----------------------------------------------|
 * | 1 | a >= required                                   | `approved`          | enough approved; no other vote changes that   |
 * | 2 | a + o >= required                               | `open`              | open seats can still make it                  |
 * | 3 | out of reach, at least one reject               | `rejected`          | somebody said no                              |
 * | 4 | out of reach, no reject, at least one change    | `changes-requested` | nobody said no, somebody wants other terms    |
 * | 5 | out of reach, nobody decided against it         | `expired`           | silence: it fails closed                      |
 *
 * A timeout never counts as an approval. One rejection does not stop a level that can still reach its quorum. The order of the
 * votes does not matter. A level that asks for more approvals than it has seats is out of reach from the start.
 * @param required approvals that settle the level: all = the number of seats, any = 1, n of m = n.
 * @throws RangeError when `required` is not a whole number of at least 1: a level cannot approve itself.
 */
export function levelResult(required: number, votes: readonly SeatVote[]): LevelResult {
  if (!Number.isSafeInteger(required) || required < 1) {
    throw new RangeError(`A level requires a whole number of approvals, at least one: ${required}`);
  }
  const approvals = count(votes, 'approve');
  if (approvals >= required) return 'approved';
  if (approvals + count(votes, 'open') >= required) return 'open';
  if (votes.includes('reject')) return 'rejected';
  if (votes.includes('request-changes')) return 'changes-requested';
  return 'expired';
}

/** A stage takes the first of these that one of its levels has. */
const PRECEDENCE = ['rejected', 'changes-requested', 'expired', 'open'] as const;

/**
 * The result of the levels that are open together: the first of `rejected`, `changes-requested`, `expired`, `open` that any
 * level has, and `approved` only when every level is. A settled level against the request ends the stage at once.
 * @throws RangeError without levels: nothing cannot approve.
 */
export function stageResult(levels: readonly LevelResult[]): LevelResult {
  if (levels.length === 0) throw new RangeError('A stage has at least one level.');
  return PRECEDENCE.find((result) => levels.includes(result)) ?? 'approved';
}
