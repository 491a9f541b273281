import { isAssured } from './assurance.ts';
import { approvalRecordOf } from './records.ts';
import { settleStage, settleVotes } from './settle-stage.ts';
import { findSeat, type SeatDecision, type Stage, stageName, withEvent, withSeat } from './stage.ts';

/**
 * Records a decision at an open seat and fixes what follows from it. A seat that is not open, and a stage that is settled,
 * stay as they are: exactly one decision per seat. So does a seat whose level asks for more assurance than was given.
 */
export function decideSeat(stage: Stage, seatId: string, decision: SeatDecision): Stage {
  const place = findSeat(stage, seatId);
  if (place === undefined || place.seat.standing !== 'open' || stage.outcome !== 'open') return stage;
  if (!isAssured(place.level.assurance, decision.assurance)) return stage;
  const recorded = withSeat(stage, seatId, (seat) => ({
    ...seat,
    standing: 'decided',
    decision,
    liveLinks: [],
    remindAt: [],
  }));
  const record = approvalRecordOf(stage, place.level, place.seat, decision);
  const told = withEvent(
    { ...recorded, pendingMails: recorded.pendingMails.filter((mail) => mail.seatId !== seatId) },
    {
      eventId: `${stageName(stage)}.decision.${seatId}`,
      at: decision.at,
      type: 'decision-recorded',
      actor: place.seat.approver,
      data: { ...record },
    },
  );
  return stage.kind === 'oversight'
    ? settleStage(told, 'closed-by-oversight', decision.at, place.seat.approver)
    : settleVotes(told, decision.at, place.seat.approver);
}
