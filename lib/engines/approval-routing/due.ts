import type { ApprovalPlan } from '../../core/approval/plan.ts';
import { addBusinessMinutes, formatLocal } from '../../core/calendar/business-time.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';

/** When one seat would be due, were its level opened now. */
export interface SeatDue {
  readonly seatId: string;
  readonly approver: string;
  readonly due: Instant;
  /** The same in the approver's own time, for people. */
  readonly local: string;
}

/** When a level would be due, were it opened now: each approver by their own working time. */
export interface LevelDue {
  readonly levelId: string;
  readonly earliest: Instant;
  readonly latest: Instant;
  readonly seats: readonly SeatDue[];
}

/** The due instants of every level of a plan, as if all were opened at one instant. */
export function dueInstantsOf(plan: ApprovalPlan, directory: LoadedDirectory, at: Instant): LevelDue[] {
  return plan.stages
    .flatMap(({ levels }) => levels)
    .map(({ levelId, seats, serviceLevelBusinessMinutes }) => {
      const dues = seats.map(({ seatId, approver }) => {
        const person = directory.requirePerson(approver);
        const due = addBusinessMinutes(at, serviceLevelBusinessMinutes, directory.workingTimeOf(person));
        return { seatId, approver, due, local: formatLocal(due, person.timeZone) };
      });
      const instants = dues.map(({ due }) => due).sort();
      return { levelId, earliest: instants[0] ?? at, latest: instants.at(-1) ?? at, seats: dues };
    });
}
