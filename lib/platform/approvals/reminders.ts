import type { Instant } from '../../core/instant.ts';
import { openLevels, type Seat, type Stage, stageName, withMail, withSeat } from './stage.ts';

/**
 * Takes up the reminders that are due: one mail per open seat, however many it has missed, and none for a seat that was
 * never asked or whose deadline has passed.
 */
export function remindSeats(stage: Stage, now: Instant): Stage {
  if (stage.openedRound < stage.round) return stage;
  const due = openLevels(stage)
    .filter((level) => now < level.dueAt)
    .flatMap((level) => level.seats)
    .filter((seat) => seat.standing === 'open' && seat.remindAt.some((at) => at <= now));
  return due.reduce<Stage>((next, seat) => {
    const reminded = (one: Seat): Seat => ({
      ...one,
      reminders: one.reminders + 1,
      remindAt: one.remindAt.filter((at) => at > now),
    });
    const mailId = `${stageName(stage)}.r${stage.round}.reminder.${seat.seatId}.${seat.reminders + 1}`;
    return withMail(withSeat(next, seat.seatId, reminded), { mailId, kind: 'reminder', seatId: seat.seatId }, now);
  }, stage);
}
