import { type LevelResult, levelResult, stageResult } from '../../core/approval/level-result.ts';
import type { Instant } from '../../core/instant.ts';
import {
  findSeat,
  type Seat,
  type Stage,
  type StageLevel,
  type StageOutcome,
  stageName,
  voteOf,
  withEvent,
  withMail,
} from './stage.ts';

/** An open seat closes without a decision; every other seat stays as it is. */
function closed(seat: Seat): Seat {
  return seat.standing === 'open' ? { ...seat, standing: 'closed', liveLinks: [], remindAt: [] } : seat;
}

function settledLevel(level: StageLevel, result: LevelResult | 'closed', at: Instant): StageLevel {
  return { ...level, result, settledAt: at, seats: level.seats.map(closed) };
}

function resultOf(level: StageLevel): LevelResult {
  return levelResult(level.required, level.seats.map(voteOf));
}

/**
 * Tells every seat that was open before and is closed or missed now. Whoever was never asked is told nothing, and oversight
 * reads the outcome elsewhere.
 */
export function tellClosed(before: Stage, after: Stage, at: Instant): Stage {
  const closedNow = before.levels
    .flatMap((level) => level.seats)
    .filter((seat) => seat.standing === 'open')
    .filter(({ seatId }) => ['closed', 'missed'].includes(findSeat(after, seatId)?.seat.standing ?? ''));
  // A seat that is closed is no longer asked: intents to ask it lapse.
  const gone = new Set(closedNow.map((seat) => seat.seatId));
  const kept = { ...after, pendingMails: after.pendingMails.filter((mail) => !gone.has(mail.seatId)) };
  const told = before.kind === 'oversight' ? [] : closedNow.filter((seat) => seat.asked);
  return told.reduce<Stage>((stage, { seatId }) => {
    const mailId = `${stageName(stage)}.closed.${seatId}`;
    return withMail(stage, { mailId, kind: 'link-closed', seatId }, at);
  }, kept);
}

/**
 * Fixes a stage's outcome: open levels and seats close, their links die, the waiting task is owed its signal.
 * A stage that is settled stays as it is: the first outcome is the only one.
 * @param by who settled it: a person's id, a caller's principal, or `system`.
 */
export function settleStage(stage: Stage, outcome: StageOutcome, at: Instant, by: string): Stage {
  if (stage.outcome !== 'open') return stage;
  const settled: Stage = {
    ...stage,
    outcome,
    settledAt: at,
    settledBy: by,
    signal: 'pending',
    levels: stage.levels.map((level) => (level.result === 'open' ? settledLevel(level, 'closed', at) : level)),
  };
  return withEvent(tellClosed(stage, settled, at), {
    eventId: `${stageName(stage)}.settled`,
    at,
    type: 'stage-settled',
    actor: by,
    data: { stage: stage.stage, round: stage.round, outcome },
  });
}

/**
 * Fixes what the votes have decided: levels whose result is clear, and the stage when its levels make it so.
 * A level's result never changes once it is fixed.
 */
export function settleVotes(stage: Stage, at: Instant, by: string): Stage {
  const levels = stage.levels.map((level) => {
    const result = level.result === 'open' ? resultOf(level) : level.result;
    return result === level.result ? level : settledLevel(level, result, at);
  });
  const newly = levels.filter((level, index) => level.result !== stage.levels[index]?.result);
  const told = newly.reduce<Stage>(
    (next, level) =>
      withEvent(next, {
        eventId: `${stageName(stage)}.level.${level.levelId}.settled`,
        at,
        type: 'level-settled',
        actor: by,
        data: { stage: stage.stage, round: stage.round, levelId: level.levelId, result: level.result },
      }),
    tellClosed(stage, { ...stage, levels }, at),
  );
  const result = stageResult(levels.map((level) => (level.result === 'closed' ? 'open' : level.result)));
  return result === 'open' ? told : settleStage(told, result, at, by);
}
