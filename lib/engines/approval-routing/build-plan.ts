import type { ApprovalPlan, Assurance, EscalationStep, PlannedLevel, PlannedSeat } from '../../core/approval/plan.ts';
import { isEmployed } from '../../core/directory/employment.ts';
import type { Problem } from '../../core/errors.ts';
import type { Level } from './approval-policy.ts';
import { type OnceEach, type SettledLevel, settle } from './once-each.ts';
import { sortedUnique } from './order.ts';
import type { EscalationTarget } from './policy-document.ts';
import { type Hearing, isSeat, type Seat, seatAbove, seatOf } from './seat.ts';
import { type CandidateTrace, hearingOf, MOST_SEATS, type SeatedLevel, seatLevel } from './seat-level.ts';

/** How a level came to its seats. */
export interface LevelTrace {
  readonly levelId: string;
  readonly because: readonly string[];
  readonly candidates: readonly CandidateTrace[];
}

/** The plan, or why there is none. */
export interface Seating {
  readonly plan?: ApprovalPlan;
  readonly problems: readonly Problem[];
  readonly levels: readonly LevelTrace[];
  readonly onceEach: readonly OnceEach[];
  readonly satisfied: readonly { readonly levelId: string; readonly because: readonly string[] }[];
}

const minutes = (hours: number): number => hours * 60;

/** How sure the desk must be of a level's approvers. */
export type AssuranceOf = (level: Level) => Assurance;

function targetsOf(target: EscalationTarget, seats: readonly Seat[], { directory, at }: Hearing): string[] {
  if ('person' in target) return [target.person];
  if ('role' in target)
    return directory
      .membersOf(target.role)
      .filter((person) => isEmployed(person, at))
      .map(({ id }) => id);
  // The authority that was not used is the principal's, so it is the principal's manager who is asked.
  return seats.flatMap(({ principal }) => {
    const managers = directory.managersOf(directory.requirePerson(principal));
    return managers[target.managerOfApprover - 1]?.id ?? [];
  });
}

function number(levelId: string, seats: readonly Seat[], first: number): PlannedSeat[] {
  return seats.map(({ principal, approver, delegations }, index) => ({
    seatId: `${levelId}.${first + index}`,
    principal,
    approver,
    delegations: [...delegations],
  }));
}

/**
 * The steps taken at missed deadlines. Whoever may not decide is replaced by the nearest manager who may; a step that
 * would ask nobody new is left out.
 */
function escalationOf(settled: SettledLevel, general: Hearing): EscalationStep[] {
  const { level, seats, escalationLimit, escalationIndependent } = settled;
  const hearing = hearingOf(escalationIndependent, general);
  const taken = new Set(seats.map(({ approver }) => approver));
  let numbered = seats.length;
  return level.escalation.flatMap(({ to, serviceLevelBusinessHours }): EscalationStep[] => {
    const joining: Seat[] = [];
    for (const principal of sortedUnique(targetsOf(to, seats, hearing))) {
      const direct = seatOf(principal, hearing, escalationLimit);
      const seat = isSeat(direct) ? direct : seatAbove(principal, hearing, escalationLimit, taken);
      if (seat === undefined || taken.has(seat.approver) || joining.length === MOST_SEATS) continue;
      taken.add(seat.approver);
      joining.push(seat);
    }
    if (joining.length === 0) return [];
    const step = {
      seats: number(level.id, joining, numbered + 1),
      serviceLevelBusinessMinutes: minutes(serviceLevelBusinessHours),
    };
    numbered += joining.length;
    return [step];
  });
}

function plannedLevel(settled: SettledLevel, hearing: Hearing): PlannedLevel {
  const { level, required, seats, assurance, minimumLimit, because } = settled;
  return {
    levelId: level.id,
    name: level.name,
    required,
    seats: number(level.id, seats, 1),
    serviceLevelBusinessMinutes: minutes(level.serviceLevelBusinessHours),
    remindAfterBusinessMinutes: level.remindAfterBusinessHours.map(minutes),
    escalation: escalationOf(settled, hearing),
    assurance,
    ...(minimumLimit === undefined ? {} : { minimumLimit }),
    because: [...because],
  };
}

function isProblem(result: SeatedLevel | Problem): result is Problem {
  return 'mend' in result;
}

function isSeated(result: SeatedLevel | Problem): result is SeatedLevel {
  return !isProblem(result);
}

/** Levels of one order are one stage; stages are numbered from 1 in their order. */
function stagesOf(settled: readonly SettledLevel[], hearing: Hearing): ApprovalPlan['stages'] {
  const orders = [...new Set(settled.map(({ level }) => level.order))];
  return orders.map((order, index) => ({
    stage: index + 1,
    levels: settled.filter(({ level }) => level.order === order).map((each) => plannedLevel(each, hearing)),
  }));
}

/**
 * Builds the approval plan for the levels that the rules asked for: seats each level, lets nobody approve twice, adds
 * escalation. Durations only; nothing in it depends on the clock but who is employed and which delegations hold.
 * @param required levels asked for, each with what asked.
 * @param levels by order, then by id.
 */
export function buildPlan(
  required: ReadonlyMap<string, readonly string[]>,
  levels: readonly Level[],
  assuranceOf: AssuranceOf,
  hearing: Hearing,
): Seating {
  const asked = levels.flatMap((level) => {
    const because = required.get(level.id);
    return because === undefined ? [] : [seatLevel(level, because, hearing)];
  });
  const problems = asked.filter(isProblem);
  const seated = asked.filter(isSeated);
  const traces = seated.map(({ level, because, candidates }) => ({ levelId: level.id, because, candidates }));
  if (problems.length > 0) return { problems, levels: traces, onceEach: [], satisfied: [] };
  const settlement = settle(
    seated.map((each) => ({
      ...each,
      assurance: assuranceOf(each.level),
      escalationIndependent: each.level.independentOfReportingLine,
      ...(each.minimumLimit === undefined ? {} : { escalationLimit: each.minimumLimit }),
    })),
  );
  const plan: ApprovalPlan = {
    schema: 'countersign/approval-plan/1',
    stages: stagesOf(settlement.levels, hearing),
    excluded: hearing.excluded.map(({ personId, reason }) => ({ personId, reason })),
  };
  return { plan, problems, levels: traces, onceEach: settlement.onceEach, satisfied: settlement.satisfied };
}
