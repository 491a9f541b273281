import { addBusinessMinutes } from '../../core/calendar/business-time.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { earliest, type Instant } from '../../core/instant.ts';
import type { Seat, StageLevel } from './stage.ts';

/** The deadlines of a level in minutes of working time. */
export interface ServiceLevel {
  readonly serviceLevelBusinessMinutes: number;
  readonly remindAfterBusinessMinutes: readonly number[];
}

/**
 * Fixes a seat's due instant and reminders, counted from an instant in the approver's working time. Reminders that would
 * come at the deadline or later are left out.
 * @param directories asked in turn for the approver's calendar: who left since the plan was made still had one then.
 * @throws NotFound when none of them knows the approver.
 */
export function seatTimes(
  directories: readonly [LoadedDirectory, LoadedDirectory],
  approver: string,
  from: Instant,
  level: ServiceLevel,
): Pick<Seat, 'dueAt' | 'remindAt'> {
  const [current, planned] = directories;
  const directory = current.person(approver) === undefined ? planned : current;
  const working = directory.workingTimeOf(directory.requirePerson(approver));
  const dueAt = addBusinessMinutes(from, level.serviceLevelBusinessMinutes, working);
  const remindAt = level.remindAfterBusinessMinutes
    .map((minutes) => addBusinessMinutes(from, minutes, working))
    .filter((at) => at < dueAt);
  return { dueAt, remindAt };
}

/** The latest of some instants. */
export function latest(instants: readonly Instant[], otherwise: Instant): Instant {
  return instants.toSorted().at(-1) ?? otherwise;
}

/** The latest due instant of the seats: a level is due when its last seat is. */
export function latestDue(seats: readonly Pick<Seat, 'dueAt'>[], otherwise: Instant): Instant {
  return latest(
    seats.map((seat) => seat.dueAt),
    otherwise,
  );
}

/** The earliest due instant of some levels. */
export function earliestDue(levels: readonly Pick<StageLevel, 'dueAt'>[], otherwise: Instant): Instant {
  return earliest(levels.map((level) => level.dueAt)) ?? otherwise;
}
