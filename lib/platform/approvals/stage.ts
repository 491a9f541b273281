import type { LevelResult, SeatVote } from '../../core/approval/level-result.ts';
import type { Assurance, EscalationStep, PlannedLevel } from '../../core/approval/plan.ts';
import type { Digest } from '../../core/digest.ts';
import { earliest, type Instant } from '../../core/instant.ts';
import type { PendingEvent } from '../contracts/execution.ts';
import type { ApprovalRecord } from '../contracts/outputs.ts';

/** The number under which the oversight stage of an execution is kept; stages of a plan start at 1. */
export const OVERSIGHT_STAGE = 0;

/** What a seat decides, or oversight. */
export type Action = ApprovalRecord['action'];

/** Where a decision fell that still counts, and for what it counts. */
export interface CarriedFrom {
  /** The execution in which it fell, and the seat there. */
  readonly executionId: string;
  readonly seatId: string;
  /** Executions in between that kept it before this one, in their order. */
  readonly through: readonly string[];
  /** Digest of what the level looks at: the same then and now. */
  readonly basis: Digest;
  /** The terms that it counts for now; those that were shown are the decision's own. */
  readonly termsDigest: Digest;
  /** When it was found to count. */
  readonly countedAt: Instant;
}

/** What is recorded of a decision. Written once, never changed. */
export interface SeatDecision {
  /** Unique per attempt: tells the attempt that won from those that came too late. */
  readonly decisionId: string;
  readonly action: Action;
  readonly comment: string;
  readonly at: Instant;
  readonly round: number;
  readonly assurance: Assurance;
  /** The terms that were shown. */
  readonly termsDigest: Digest;
  /** Set when the decision fell about the request that this one resubmits, and still counts. */
  readonly carried?: CarriedFrom;
}

/** A link that still opens its seat; the secret is in the mail, its digest in the link's own item. */
export interface LiveLink {
  readonly linkId: string;
  readonly mintedAt: Instant;
  readonly expiresAt: Instant;
}

/** One approver's place in a level. */
export interface Seat {
  readonly seatId: string;
  readonly principal: string;
  readonly approver: string;
  readonly delegations: readonly string[];
  /** The round it joined in; later than the first when an escalation added it. */
  readonly joinedInRound: number;
  readonly dueAt: Instant;
  /** Reminders still to come, in order. */
  readonly remindAt: readonly Instant[];
  readonly reminders: number;
  /** `missed`: its deadline passed; `closed`: the level or stage was settled without it. */
  readonly standing: 'open' | 'decided' | 'missed' | 'closed';
  readonly decision?: SeatDecision;
  /** Whether a link was ever minted for it: only who was asked is told that nothing is asked any more. */
  readonly asked: boolean;
  /** Oldest first, two at most. A link that is not listed here is dead. */
  readonly liveLinks: readonly LiveLink[];
  /** When fresh links were asked for. */
  readonly freshLinksAskedAt: readonly Instant[];
  /** When codes were mailed to it, as long as that counts against the cap. */
  readonly codesAskedAt?: readonly Instant[];
}

/** A level that people are asked on. */
export interface StageLevel
  extends Pick<
    PlannedLevel,
    'levelId' | 'name' | 'required' | 'assurance' | 'minimumLimit' | 'because' | 'remindAfterBusinessMinutes'
  > {
  readonly seats: readonly Seat[];
  /** Escalation steps not taken yet. */
  readonly escalation: readonly EscalationStep[];
  /** The latest due instant of its seats. */
  readonly dueAt: Instant;
  /** `closed`: the stage was settled while this level was open. */
  readonly result: LevelResult | 'closed';
  readonly settledAt?: Instant;
  /** The last missed deadline that was answered by an escalation: who missed it, and the round that followed. */
  readonly missed?: { readonly by: readonly string[]; readonly at: Instant; readonly round: number };
}

/** The intent to mail, kept in the stage until the transport has accepted the mail. */
export interface StageMail {
  /** Unique within the execution; also the mail's `Message-ID`, so that a repeated delivery can be recognised. */
  readonly mailId: string;
  readonly kind: 'approval-request' | 'oversight' | 'escalation' | 'reminder' | 'fresh-link' | 'link-closed';
  readonly seatId: string;
  readonly attempts: number;
  /** Not to be taken up earlier: another sender holds it, or the last attempt failed. */
  readonly notBefore: Instant;
}

/** How a stage can end. `abandoned`: nobody waits for it any more. */
export type StageOutcome = Exclude<LevelResult, 'open'> | 'withdrawn' | 'closed-by-oversight' | 'abandoned';

/**
 * One stage of an execution's approval: the aggregate that every decision is written to. One item, one version, one token.
 */
export interface Stage {
  readonly executionId: string;
  readonly skill: string;
  readonly stage: number;
  /** Stages in the plan. */
  readonly of: number;
  readonly kind: 'approval' | 'oversight';
  readonly version: number;
  /** Counts the openings of the stage. */
  readonly round: number;
  /** The last round that a waiting task has opened; 0 before the first. */
  readonly openedRound: number;
  readonly preparedAt: Instant;
  readonly updatedAt: Instant;
  readonly termsDigest: Digest;
  readonly requester: string;
  readonly recordOwner?: string;
  readonly excluded: readonly { readonly personId: string; readonly reason: string }[];
  readonly levels: readonly StageLevel[];
  /** The deadline that the waiting task's timer was set to. */
  readonly timerDueAt: Instant;
  readonly outcome: StageOutcome | 'open';
  readonly settledAt?: Instant;
  readonly settledBy?: string;
  /** Ends the wait. Never leaves the server; removed when used. */
  readonly taskToken?: string;
  /** The effect that a settled stage owes to its state machine. `gone`: nobody waits for the token any more. */
  readonly signal?: 'pending' | 'accepted' | 'gone';
  readonly mailsSent: number;
  readonly pendingMails: readonly StageMail[];
  readonly pendingEvents: readonly PendingEvent[];
}

/** How the stage is called in the ids of its events and mails. */
export function stageName(stage: Pick<Stage, 'stage'>): string {
  return stage.stage === OVERSIGHT_STAGE ? 'oversight' : `stage-${String(stage.stage).padStart(2, '0')}`;
}

/** Whether the stage's outcome is fixed. */
export function isSettled(stage: Stage): boolean {
  return stage.outcome !== 'open';
}

/** The levels that people can still decide on. */
export function openLevels(stage: Stage): readonly StageLevel[] {
  return isSettled(stage) ? [] : stage.levels.filter((level) => level.result === 'open');
}

/** The earliest due instant of the open levels, or the timer's when none is open. */
export function deadlineOf(stage: Stage): Instant {
  return earliest(openLevels(stage).map((level) => level.dueAt)) ?? stage.timerDueAt;
}

/** A seat with its level, or `undefined` when the stage has no such seat. */
export function findSeat(stage: Stage, seatId: string): { level: StageLevel; seat: Seat } | undefined {
  for (const level of stage.levels) {
    const seat = level.seats.find((one) => one.seatId === seatId);
    if (seat !== undefined) return { level, seat };
  }
  return undefined;
}

/** How a seat counts in its level. Only a decision of a plan's seat can be anything but open or timeout. */
export function voteOf(seat: Seat): SeatVote {
  const action = seat.decision?.action;
  if (action === 'approve' || action === 'reject' || action === 'request-changes') return action;
  return seat.standing === 'missed' ? 'timeout' : 'open';
}

/** The stage with one seat changed. */
export function withSeat(stage: Stage, seatId: string, change: (seat: Seat) => Seat): Stage {
  return {
    ...stage,
    levels: stage.levels.map((level) => ({
      ...level,
      seats: level.seats.map((seat) => (seat.seatId === seatId ? change(seat) : seat)),
    })),
  };
}

/** The stage with an event to be chained; an event of the same id is there already when a write is tried again. */
export function withEvent(stage: Stage, event: PendingEvent): Stage {
  return stage.pendingEvents.some((pending) => pending.eventId === event.eventId)
    ? stage
    : { ...stage, pendingEvents: [...stage.pendingEvents, event] };
}

/** The stage with the intent to mail a seat, once per mail id. */
export function withMail(stage: Stage, mail: Pick<StageMail, 'mailId' | 'kind' | 'seatId'>, at: Instant): Stage {
  return stage.pendingMails.some((pending) => pending.mailId === mail.mailId)
    ? stage
    : { ...stage, pendingMails: [...stage.pendingMails, { ...mail, attempts: 0, notBefore: at }] };
}
