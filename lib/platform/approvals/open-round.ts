import type { Instant } from '../../core/instant.ts';
import {
  openLevels,
  type Seat,
  type Stage,
  type StageLevel,
  type StageMail,
  stageName,
  withEvent,
  withMail,
} from './stage.ts';

/** What a seat is mailed when its round opens. */
function mailKind(stage: Stage, level: StageLevel): StageMail['kind'] {
  if (stage.kind === 'oversight') return 'oversight';
  if (stage.round === 1) return 'approval-request';
  return level.missed?.round === stage.round ? 'escalation' : 'fresh-link';
}

function openSeats(level: StageLevel): readonly Seat[] {
  return level.seats.filter((seat) => seat.standing === 'open');
}

/**
 * Gives a stage to the task that waits for it. The first task of a round opens the round: every open seat is owed a mail.
 * A later one, from a state that was tried again, only brings its token: due instants stay, nobody is mailed twice. A
 * settled stage owes its signal to the new token.
 */
export function openRound(stage: Stage, taskToken: string, at: Instant): Stage {
  const held: Stage = { ...stage, taskToken };
  if (stage.outcome !== 'open') return { ...held, signal: 'pending' };
  if (stage.openedRound >= stage.round) return held;
  const levels = openLevels(stage);
  const opened = withEvent(
    { ...held, openedRound: stage.round },
    {
      eventId: `${stageName(stage)}.r${stage.round}.opened`,
      at,
      type: 'stage-opened',
      actor: 'system',
      data: {
        stage: stage.stage,
        round: stage.round,
        termsDigest: stage.termsDigest,
        levels: levels.map((level) => ({
          levelId: level.levelId,
          required: level.required,
          dueAt: level.dueAt,
          seats: openSeats(level).map(({ seatId, principal, approver, dueAt }) => ({
            seatId,
            principal,
            approver,
            dueAt,
          })),
        })),
      },
    },
  );
  return levels
    .flatMap((level) => openSeats(level).map((seat) => ({ level, seat })))
    .reduce<Stage>((next, { level, seat }) => {
      const kind = mailKind(stage, level);
      return withMail(
        next,
        { mailId: `${stageName(stage)}.r${stage.round}.${kind}.${seat.seatId}`, kind, seatId: seat.seatId },
        at,
      );
    }, opened);
}
