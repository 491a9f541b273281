import type { Instant } from '../../core/instant.ts';
import type { ApprovalRecord } from '../contracts/outputs.ts';
import { deadlineOf, isSettled, type Seat, type SeatDecision, type Stage, type StageLevel } from './stage.ts';

/** What GET /executions/{id} shows while people are asked. Neither links nor tokens. */
export interface WaitingFor {
  readonly stage: number;
  readonly round: number;
  readonly deadlineAt: Instant;
  readonly levels: readonly {
    readonly levelId: string;
    readonly name: string;
    readonly required: number;
    readonly status: StageLevel['result'];
    readonly dueAt: Instant;
    readonly seats: readonly {
      readonly seatId: string;
      readonly principal: string;
      readonly approver: string;
      readonly status: Seat['standing'] | ApprovalRecord['action'];
    }[];
  }[];
}

/** One decision as outputs and evidence show it. */
export function approvalRecordOf(
  stage: Pick<Stage, 'stage'>,
  level: Pick<StageLevel, 'levelId'>,
  seat: Pick<Seat, 'seatId' | 'principal' | 'approver'>,
  decision: SeatDecision,
): ApprovalRecord {
  return {
    stage: stage.stage,
    round: decision.round,
    levelId: level.levelId,
    seatId: seat.seatId,
    principal: seat.principal,
    approver: seat.approver,
    action: decision.action,
    comment: decision.comment,
    at: decision.at,
    assurance: decision.assurance,
    termsDigest: decision.termsDigest,
    ...(decision.carried === undefined
      ? {}
      : { carried: { ...decision.carried, through: [...decision.carried.through] } }),
  };
}

/** Every recorded decision, in the order in which they fell (ties by stage and seat). */
export function approvalRecords(stages: readonly Stage[]): ApprovalRecord[] {
  const order = (record: ApprovalRecord): string =>
    `${record.at} ${String(record.stage).padStart(2, '0')} ${record.seatId}`;
  return stages
    .flatMap((stage) =>
      stage.levels.flatMap((level) =>
        level.seats.flatMap((seat) =>
          seat.decision === undefined ? [] : [approvalRecordOf(stage, level, seat, seat.decision)],
        ),
      ),
    )
    .toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Whom an execution waits for, or `undefined` when it waits for nobody. */
export function waitingFor(stages: readonly Stage[]): WaitingFor | undefined {
  const stage = stages.find((one) => !isSettled(one));
  if (stage === undefined) return undefined;
  return {
    stage: stage.stage,
    round: stage.round,
    deadlineAt: deadlineOf(stage),
    levels: stage.levels.map((level) => ({
      levelId: level.levelId,
      name: level.name,
      required: level.required,
      status: level.result,
      dueAt: level.dueAt,
      seats: level.seats.map((seat) => ({
        seatId: seat.seatId,
        principal: seat.principal,
        approver: seat.approver,
        status: seat.decision?.action ?? seat.standing,
      })),
    })),
  };
}

/** Mails that the desk has sent for an execution: counted against the skill's budget. */
export function mailsSent(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + stage.mailsSent, 0);
}

/** Escalations after missed deadlines: the openings of stages beyond their first. */
export function escalationCount(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + stage.round - 1, 0);
}
