import type { Money } from '../../core/money.ts';
import type { Seat } from './seat.ts';
import type { SeatedLevel } from './seat-level.ts';

/** A level of the plan after people who would sit twice have been sorted out. */
export interface SettledLevel extends SeatedLevel {
  readonly assurance: 'link' | 'mail-code';
  /** The limit of this level or of a level for which its approvals also count; escalation keeps to it. */
  readonly escalationLimit?: Money;
  /** Whether escalation must keep out of the requester's chain of command, for this level or one it answers for. */
  readonly escalationIndependent: boolean;
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
  /** Levels that need nobody any more: approvals given in other levels count for them. */
  readonly satisfied: readonly { readonly levelId: string; readonly because: readonly string[] }[];
}

const has = (seats: readonly Seat[], approver: string): boolean => seats.some((seat) => seat.approver === approver);

const without = (seats: readonly Seat[], approver: string): Seat[] =>
  seats.filter((seat) => seat.approver !== approver);

/** Whether the level cannot be approved without each of its people. */
const needsEverybody = ({ required, seats }: SettledLevel): boolean => required === seats.length;

/** How many of some people must have approved before the level is approved, however it comes about. */
function certainApprovals(level: SettledLevel, people: readonly Seat[]): number {
  const others = level.seats.filter(({ approver }) => !has(people, approver)).length;
  return Math.max(0, level.required - others);
}

/** The earlier level, now also answering for the later one: by the stronger assurance, and escalated by its rules too. */
function answeringFor(earlier: SettledLevel, later: SettledLevel): SettledLevel {
  const escalationLimit = earlier.escalationLimit ?? later.escalationLimit;
  return {
    ...earlier,
    assurance: later.assurance === 'mail-code' ? 'mail-code' : earlier.assurance,
    escalationIndependent: earlier.escalationIndependent || later.escalationIndependent,
    ...(escalationLimit === undefined ? {} : { escalationLimit }),
  };
}

/** Settles one level against those before it. */
function settleOne(before: Settlement, later: SettledLevel): Settlement {
  const shares = ({ seats }: SettledLevel) => seats.some(({ approver }) => has(later.seats, approver));
  const given = before.levels.reduce((sum, earlier) => sum + certainApprovals(earlier, later.seats), 0);
  if (given >= later.required) {
    const keepers = before.levels.filter(shares);
    return {
      levels: before.levels.map((earlier) => (shares(earlier) ? answeringFor(earlier, later) : earlier)),
      onceEach: [
        ...before.onceEach,
        ...keepers.flatMap((earlier) =>
          earlier.seats
            .filter(({ approver }) => has(later.seats, approver))
            .map(({ approver }) => ({
              personId: approver,
              rule: 'counted' as const,
              keeps: earlier.level.id,
              gives: later.level.id,
            })),
        ),
      ],
      satisfied: [...before.satisfied, { levelId: later.level.id, because: later.because }],
    };
  }
  const levels = [...before.levels];
  const onceEach = [...before.onceEach];
  let rest = later;
  for (const { approver } of later.seats) {
    const index = levels.findIndex((level) => has(level.seats, approver));
    const earlier = levels[index];
    if (earlier === undefined) continue;
    const counts = needsEverybody(earlier);
    if (counts) {
      levels[index] = answeringFor(earlier, later);
      rest = { ...rest, required: rest.required - 1, seats: without(rest.seats, approver) };
    } else {
      levels[index] = { ...earlier, seats: without(earlier.seats, approver) };
    }
    const [keeps, gives] = counts ? [earlier.level.id, later.level.id] : [later.level.id, earlier.level.id];
    onceEach.push({ personId: approver, rule: counts ? 'counted' : 'moved', keeps, gives });
  }
  return { levels: [...levels, rest], onceEach, satisfied: before.satisfied };
}

/**
 * A person whom two levels ask for approves once. Levels are taken in their order, and:
 * - where the earlier levels cannot be approved without enough of the later level's people, the later level is satisfied by
 *   them and leaves the plan;
 * - where the earlier level cannot be approved without one of them, that approval counts for the later level too;
 * - otherwise the earlier level has people to spare, and the person decides in the later level only.
 * Approvals that count twice are given under the stronger assurance of the two levels. So nobody holds two seats, and no
 * level is approved by fewer people than it asks for.
 */
export function settle(levels: readonly SettledLevel[]): Settlement {
  return levels.reduce(settleOne, { levels: [], onceEach: [], satisfied: [] } satisfies Settlement);
}
