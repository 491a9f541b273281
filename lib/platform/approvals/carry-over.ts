import type { CarryOver, PlannedLevel } from '../../core/approval/plan.ts';
import type { Terms } from '../../core/approval/terms.ts';
import { endOfBusinessDay } from '../../core/calendar/business-days.ts';
import { type Digest, digestOf } from '../../core/digest.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import type { ScopedRequest } from '../contracts/envelope.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import { isAssured } from './assurance.ts';
import type { Seat, SeatDecision, Stage, StageLevel } from './stage.ts';

type RecordFacts = Pick<
  ExecutionRecord,
  'executionId' | 'skill' | 'accountId' | 'requester' | 'promoted' | 'outcome' | 'resubmits'
>;

/** A request with what it was computed to. */
export interface Submission {
  readonly record: RecordFacts;
  readonly request: ScopedRequest;
  readonly result: SkillResult;
}

/** A seat with its decision; a stage of the table has it, and so has one in the evidence. */
export type DecidedSeat = Pick<Seat, 'seatId' | 'principal' | 'approver' | 'delegations' | 'decision'>;

/** A request that was sent back, with what people decided about it. */
export interface SentBack extends Submission {
  readonly stages: readonly (Pick<Stage, 'kind'> & {
    readonly levels: readonly (Pick<StageLevel, 'levelId'> & { readonly seats: readonly DecidedSeat[] })[];
  })[];
}

/** An earlier approval that still counts, for the seat of the same people. */
export interface KeptApproval extends Pick<Seat, 'principal' | 'approver' | 'delegations'> {
  readonly decision: SeatDecision;
}

/** An approval is handed on so often at most; then it is asked for again. */
const MOST_HANDED_ON = 5;

const same = (a: unknown, b: unknown): boolean => digestOf(a) === digestOf(b);

/** Everything that was asked for besides the input: criteria, consumer, and the packet that led there. */
function scopeOf({ acceptanceCriteria, consumer, handoffPacket }: ScopedRequest) {
  return { acceptanceCriteria, consumer, handoffPacket };
}

/** Whether a request is the earlier one come back: the same person asks the same, by the same rules, at no higher risk. */
function comesBack(earlier: SentBack, now: Submission): boolean {
  const [then, today] = [earlier.record, now.record];
  return (
    today.resubmits === then.executionId &&
    then.outcome === 'changes-requested' &&
    then.skill === today.skill &&
    then.accountId === today.accountId &&
    then.requester.personId === today.requester.personId &&
    then.promoted === today.promoted &&
    same(scopeOf(earlier.request), scopeOf(now.request)) &&
    now.result.risk.score <= earlier.result.risk.score
  );
}

/** The terms without the lines that other levels decide on: every approver of the level was shown these. */
function termsFor({ lines, ...rest }: Terms, { decidedElsewhere }: CarryOver) {
  return { ...rest, lines: lines.filter(({ label }) => !decidedElsewhere.includes(label)) };
}

/** The one level of this id that a plan holds, if it holds exactly one. */
function plannedOnce({ plan }: SkillResult, levelId: string): PlannedLevel | undefined {
  const levels = plan?.stages.flatMap((stage) => stage.levels).filter((level) => level.levelId === levelId) ?? [];
  return levels.length === 1 ? levels[0] : undefined;
}

/** The level's seats as they were decided; none when somebody there said no or asked for changes: then it was contested. */
function uncontestedSeats({ stages }: SentBack, levelId: string): readonly DecidedSeat[] {
  const seats = stages
    .filter(({ kind }) => kind === 'approval')
    .flatMap(({ levels }) => levels.filter((level) => level.levelId === levelId))
    .flatMap((level) => level.seats);
  const contested = seats.some(({ decision }) => decision !== undefined && decision.action !== 'approve');
  return contested ? [] : seats;
}

function isFresh(decision: SeatDecision, approver: string, days: number, directory: LoadedDirectory, at: Instant) {
  const person = directory.person(approver);
  if (person === undefined || decision.at > at) return false;
  const until = endOfBusinessDay(decision.at, days, directory.workingTimeOf(person));
  return until !== undefined && at <= until;
}

/** Whether a decision was good in the earlier execution: for its very terms, or itself kept there for this basis. */
function wasGood(decision: SeatDecision, earlier: SentBack, { basis }: CarryOver): boolean {
  const { carried, termsDigest } = decision;
  const shown = digestOf(earlier.result.terms);
  if (carried === undefined) return termsDigest === shown;
  return carried.termsDigest === shown && carried.basis === basis && carried.through.length + 1 < MOST_HANDED_ON;
}

function keptDecision(seat: DecidedSeat, decision: SeatDecision, earlier: SentBack, now: Submission, at: Instant) {
  const { carried } = decision;
  const from = earlier.record.executionId;
  const origin = carried ?? { executionId: from, seatId: seat.seatId, through: [] };
  return {
    executionId: origin.executionId,
    seatId: origin.seatId,
    through: carried === undefined ? [] : [...carried.through, from],
    termsDigest: digestOf(now.result.terms),
    countedAt: at,
  };
}

/**
 * The approvals of one level that still count after a request was sent back and comes again. Pure, so that evidence can be
 * checked by it offline. Whether the people may still decide is another question, asked of the directory in force.
 * @param directory the snapshot that the new execution was computed with; freshness is counted by its calendars.
 * @param at when the level is prepared.
 */
export function keptApprovals(
  earlier: SentBack,
  now: Submission,
  directory: LoadedDirectory,
  level: PlannedLevel,
  at: Instant,
): readonly KeptApproval[] {
  const { carryOver } = level;
  const before = plannedOnce(earlier.result, level.levelId);
  if (carryOver === undefined || before?.carryOver?.basis !== carryOver.basis) return [];
  if (plannedOnce(now.result, level.levelId) === undefined || !comesBack(earlier, now)) return [];
  if (!same(termsFor(earlier.result.terms, carryOver), termsFor(now.result.terms, carryOver))) return [];
  const excluded = now.result.plan?.excluded ?? [];
  return uncontestedSeats(earlier, level.levelId).flatMap((seat): KeptApproval[] => {
    const { principal, approver, delegations, decision } = seat;
    if (excluded.some(({ personId }) => personId === principal || personId === approver)) return [];
    if (decision === undefined || !isAssured(level.assurance, decision.assurance)) return [];
    if (!wasGood(decision, earlier, carryOver)) return [];
    if (!isFresh(decision, approver, carryOver.withinBusinessDays, directory, at)) return [];
    const carried = { ...keptDecision(seat, decision, earlier, now, at), basis: carryOver.basis as Digest };
    return [{ principal, approver, delegations, decision: { ...decision, round: 1, carried } }];
  });
}

/** The kept approval of the very people who fill a seat, by the same delegations; `undefined` when there is none. */
export function keptFor(
  kept: readonly KeptApproval[],
  { principal, approver, delegations }: Pick<Seat, 'principal' | 'approver' | 'delegations'>,
): KeptApproval | undefined {
  return kept.find(
    (one) => one.principal === principal && one.approver === approver && same(one.delegations, delegations),
  );
}
