import { dayOf } from '../../core/calendar/local-day.ts';
import type { UnverifiedFact } from './account-facts.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import { type AssuranceOf, buildPlan, type Seating } from './build-plan.ts';
import { compare } from './comparison.ts';
import { type Conclusion, conclude } from './conclude.ts';
import { type Decision, decide } from './decide.ts';
import { type Facts, isMoney } from './fields.ts';
import { sortedUnique } from './order.ts';
import type { Hearing } from './seat.ts';

/** `unroutable`: a level is asked for, and nobody may decide in it. */
export type Disposition = 'auto-approve' | 'approve' | 'deny' | 'unroutable';

/** A route without its commentary. */
export interface Route {
  readonly disposition: Disposition;
  readonly decision: Decision;
  readonly conclusion: Conclusion;
  readonly seating: Seating;
  /** Ids of the plan's levels, sorted. */
  readonly levels: readonly string[];
  /** Ids of the people who are asked first, sorted. */
  readonly approvers: readonly string[];
}

const NOBODY: Seating = { problems: [], levels: [], onceEach: [], satisfied: [] };

/** A mail code is asked for above the threshold, and whenever the amount cannot be compared with it. */
function assuranceIn(facts: Facts, { conversions }: ApprovalPolicy): AssuranceOf {
  return ({ assurance, mailCodeAbove }) => {
    if (mailCodeAbove === undefined) return assurance;
    const below = compare({ field: 'amount', is: 'lte', expected: mailCodeAbove }, facts, conversions).met;
    return below ? assurance : 'mail-code';
  };
}

/** Routes by facts: rules, conclusion, seats. */
export function computeRoute(
  facts: Facts,
  unverified: readonly UnverifiedFact[],
  policy: ApprovalPolicy,
  general: Hearing,
): Route {
  const decision = decide(facts, policy, general.work, dayOf(general.at));
  const conclusion = conclude(decision, unverified, policy);
  const amount = isMoney(facts.amount) ? facts.amount : general.amount;
  const seating =
    conclusion.disposition === 'approve'
      ? buildPlan(conclusion.levels, policy.levels, assuranceIn(facts, policy), { ...general, amount })
      : NOBODY;
  const levels = seating.plan?.stages.flatMap((stage) => stage.levels) ?? [];
  return {
    disposition: seating.problems.length > 0 ? 'unroutable' : conclusion.disposition,
    decision,
    conclusion,
    seating,
    levels: sortedUnique(levels.map(({ levelId }) => levelId)),
    approvers: sortedUnique(levels.flatMap(({ seats }) => seats.map(({ approver }) => approver))),
  };
}
