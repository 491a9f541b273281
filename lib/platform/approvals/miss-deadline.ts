import type { EscalationStep, PlannedSeat } from '../../core/approval/plan.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import { fillSeat, fillSeats } from './seat-holder.ts';
import { earliestDue, latestDue, seatTimes } from './seat-times.ts';
import { settleVotes, tellClosed } from './settle-stage.ts';
import { openLevels, type Seat, type Stage, type StageLevel, stageName, withEvent } from './stage.ts';

type Directories = readonly [current: LoadedDirectory, planned: LoadedDirectory];

/** Whether a planned seat is in the level already, by principal or by person: nobody gets two votes. */
function isSeated(seats: readonly Seat[], candidate: Pick<PlannedSeat, 'principal' | 'approver'>): boolean {
  return seats.some((seat) => seat.principal === candidate.principal || seat.approver === candidate.approver);
}

/** The seats that a step adds: those not there yet whose people may decide. */
function addedSeats(
  stage: Stage,
  level: StageLevel,
  step: EscalationStep,
  directories: Directories,
  at: Instant,
): Seat[] {
  const added: Seat[] = [];
  for (const planned of step.seats) {
    const holder = fillSeat(directories[0], stage, level, planned, at);
    if (holder === undefined || isSeated([...level.seats, ...added], holder)) continue;
    added.push({
      seatId: planned.seatId,
      ...holder,
      joinedInRound: stage.round + 1,
      dueAt: at,
      remindAt: [],
      reminders: 0,
      standing: 'open',
      asked: false,
      liveLinks: [],
      freshLinksAskedAt: [],
    });
  }
  return added;
}

/** The seats as they are to be asked anew: a delegation may have ended or begun since they were filled. */
function refilledSeats(stage: Stage, level: StageLevel, directories: Directories, at: Instant): readonly Seat[] {
  return fillSeats(directories[0], stage, level, level.seats, at, (seat) => seat.standing === 'open');
}

/** The level after its next step that asks anybody new, or with its open seats missed when there is none. */
function missedLevel(stage: Stage, level: StageLevel, directories: Directories, at: Instant): StageLevel {
  const [step, ...later] = level.escalation;
  if (step === undefined) {
    const seats = level.seats.map(
      (seat): Seat => (seat.standing === 'open' ? { ...seat, standing: 'missed', liveLinks: [], remindAt: [] } : seat),
    );
    return { ...level, seats };
  }
  const seated = refilledSeats(stage, level, directories, at);
  const added = addedSeats(stage, { ...level, seats: seated }, step, directories, at);
  // A step that reaches nobody must not buy time.
  if (added.length === 0) return missedLevel(stage, { ...level, escalation: later }, directories, at);
  const times = { ...step, remindAfterBusinessMinutes: level.remindAfterBusinessMinutes };
  const seats = [...seated, ...added].map((seat) =>
    seat.standing === 'open' ? { ...seat, ...seatTimes(directories, seat.approver, at, times) } : seat,
  );
  const open = seats.filter((seat) => seat.standing === 'open');
  const missedBy = level.seats.filter((seat) => seat.standing === 'open').map((seat) => seat.approver);
  return {
    ...level,
    seats,
    escalation: later,
    dueAt: latestDue(open, at),
    missed: { by: missedBy, at: level.dueAt, round: stage.round + 1 },
  };
}

/** A level whose open seats wait for their new links: those of the round before are dead. */
function relinked(stage: Stage, level: StageLevel, directories: Directories, at: Instant): StageLevel {
  const seats = refilledSeats(stage, level, directories, at);
  return { ...level, seats: seats.map((seat) => (seat.standing === 'open' ? { ...seat, liveLinks: [] } : seat)) };
}

/**
 * What a missed deadline does to an open stage. Every open level that is due takes its next escalation step: seats join it,
 * everyone undecided gets a new due instant, and the stage is to be opened for another round, with new links. A level
 * without a step left counts its open seats as timeouts, which never approve. When nothing was due after all (the level
 * with the earliest deadline was settled in time) only the timer is set to the next deadline.
 * @param directories the one in force, and the one that the plan was made with.
 */
export function missDeadline(stage: Stage, directories: Directories, at: Instant): Stage {
  const due = openLevels(stage).filter((level) => level.dueAt <= at);
  if (due.length === 0) return { ...stage, timerDueAt: earliestDue(openLevels(stage), stage.timerDueAt) };
  const levels = stage.levels.map((level) =>
    due.includes(level) ? missedLevel(stage, level, directories, at) : level,
  );
  const voted = tellClosed(stage, settleVotes({ ...stage, levels }, at, 'system'), at);
  if (voted.outcome !== 'open') return voted;
  const round = stage.round + 1;
  const reopened: Stage = {
    ...voted,
    round,
    timerDueAt: earliestDue(openLevels(voted), at),
    levels: voted.levels.map((level) => relinked(stage, level, directories, at)),
    // Requests of the round before are replaced by those of the next; notices are still owed.
    pendingMails: voted.pendingMails.filter((mail) => mail.kind === 'link-closed'),
  };
  return withEvent(reopened, {
    eventId: `${stageName(stage)}.r${round}.escalated`,
    at,
    type: 'stage-escalated',
    actor: 'system',
    data: {
      stage: stage.stage,
      round,
      levels: reopened.levels
        .filter((level) => level.missed?.round === round)
        .map((level) => ({
          levelId: level.levelId,
          missedBy: level.missed?.by ?? [],
          missedAt: level.missed?.at ?? at,
          dueAt: level.dueAt,
          added: level.seats.filter((seat) => seat.joinedInRound === round).map((seat) => seat.approver),
        })),
    },
  });
}
