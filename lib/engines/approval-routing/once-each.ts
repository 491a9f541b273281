import { type Money } from '../../core/money.ts';
import type { SeatedLevel } from './seat-level.ts';

/** A level of the plan after people who would sit twice have been sorted out. */
export interface SettledLevel extends SeatedLevel {
  readonly assurance: 'link' | 'mail-code';
  /** The strictest limit of this level and of the levels that its approvals also count for; escalation keeps to it. */
  readonly escalationLimit?: Money;
}

/** What was done about somebody whom two levels ask for. */
export interface OnceEach {
  readonly personId: string;
  /** `counted`: the approval in `keeps` counts for `gives` too. `moved`: the person decides in `keeps` only. */
  readonly rule: 'counted' | 'moved';
  readonly keeps: string;
  readonly gives: string;
}

export interface Settlement {
  readonly levels: readonly SettledLevel[];
  readonly onceEach: readonly OnceEach[];
  /** Levels that need nobody any more: approvals given earlier count for them. */
  readonly satisfied: readonly { readonly levelId: string; readonly because: readonly string[] }[];
}

/** Whether the level cannot be approved without each of its people. */
function needsEverybody({ required, seats }: SettledLevel): boolean {
  return required === seats.length;
}

function holds(level: SettledLevel, approver: string): boolean {
  return level.seats.some((seat) => seat.approver === approver);
}

function stricter(a: Money | undefined, b: Money | undefined): { escalationLimit?: Money } {
  const limit = a ?? b;
  return limit === undefined ? {} : { escalationLimit: limit };
}

/**
 * A person whom two levels ask for approves once. Levels are taken in their order, and:
 * - where the earlier level cannot be approved without the person, that approval counts for the later level too, under the
 *   stronger assurance of the two; a later level that needs nobody else is satisfied and leaves the plan;
 * - otherwise the earlier level has people to spare, and the person decides in the later level only.
 * So no person holds two seats, and no level is ever approved by fewer people than it asks for.
 */
export function settle(seated: readonly (SeatedLevel & { readonly assurance: SettledLevel['assurance'] })[]): Settlement {
  const levels: SettledLevel[] = [];
  const onceEach: OnceEach[] = [];
  const satisfied: { levelId: string; because: readonly string[] }[] = [];
  for (const later of seated) {
    const shared = later.seats.filter(({ approver }) => levels.some((level) => holds(level, approver)));
    const sure = shared.filter(({ approver }) => levels.some((level) => holds(level, approver) && needsEverybody(level)));
    const counted = sure.slice(0, later.required);
    for (const { approver } of counted) {
      const index = levels.findIndex((level) => holds(level, approver));
      const earlier = levels[index];
      if (earlier === undefined) continue;
      levels[index] = {
        ...earlier,
        assurance: later.assurance === 'mail-code' ? 'mail-code' : earlier.assurance,
        ...stricter(earlier.escalationLimit, later.minimumLimit),
      };
      onceEach.push({ personId: approver, rule: 'counted', keeps: earlier.level.id, gives: later.level.id });
    }
    const required = later.required - counted.length;
    if (required === 0) {
      satisfied.push({ levelId: later.level.id, because: later.because });
      continue;
    }
    for (const { approver } of shared.filter((seat) => !sure.includes(seat))) {
      const index = levels.findIndex((level) => holds(level, approver) && !needsEverybody(level));
      const earlier = levels[index];
      // An earlier move may have left the level with nobody to spare: then the approval there counts.
      if (earlier === undefined) continue;
      levels[index] = { ...earlier, seats: earlier.seats.filter((seat) => seat.approver !== approver) };
      onceEach.push({ personId: approver, rule: 'moved', keeps: later.level.id, gives: earlier.level.id });
    }
    levels.push({
      ...later,
      required,
      seats: later.seats.filter(({ approver }) => !levels.some((level) => holds(level, approver))),
      ...stricter(undefined, later.minimumLimit),
    });
  }
  return { levels, onceEach, satisfied };
}
