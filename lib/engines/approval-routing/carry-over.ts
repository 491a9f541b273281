import type { ApprovalPlan, CarryOver, PlannedLevel } from '../../core/approval/plan.ts';
import type { ApprovalPolicy, Level } from './approval-policy.ts';
import type { Route } from './compute-route.ts';
import { type BasisQuestion, levelBasis } from './level-basis.ts';

/** A request with the route that was found for it. */
export interface RoutedRequest extends BasisQuestion {
  readonly route: Route;
}

/** The level itself, and the levels for which an approval given in it counts too. */
function answeringLevels(levelId: string, policy: ApprovalPolicy, { seating }: Route): Level[] {
  const gives = seating.onceEach.filter(({ rule, keeps }) => rule === 'counted' && keeps === levelId);
  const ids = [levelId, ...gives.map((each) => each.gives)];
  return policy.levels.filter(({ id }) => ids.includes(id));
}

/** Under what earlier approvals of a level count; `undefined` where the policy or the request rules it out. */
function carryOverOf(levelId: string, question: RoutedRequest): CarryOver | undefined {
  const { policy, route } = question;
  const levels = answeringLevels(levelId, policy, route);
  const bounds = levels.flatMap(({ carryOver }) => carryOver?.withinBusinessDays ?? []);
  if (bounds.length < levels.length || levels.some(({ id }) => id === policy.fallbackLevel)) return undefined;
  const because = levels.map(({ id }) => route.conclusion.levels.get(id) ?? []);
  const { digest, decidedElsewhere } = levelBasis({ levels, because }, question);
  return {
    basis: digest,
    withinBusinessDays: Math.min(...bounds),
    decidedElsewhere: [...decidedElsewhere],
  };
}

function levelWith(level: PlannedLevel, question: RoutedRequest): PlannedLevel {
  const carryOver = carryOverOf(level.levelId, question);
  return carryOver === undefined ? level : { ...level, carryOver };
}

/**
 * The plan, with the basis of each level whose approvals may be kept when the request comes again. Nothing may be kept of a
 * request that brought in the fallback level, for an unverified fact, an undecided rule or a gap: nobody can say what its
 * approvers relied on. Nor of the fallback level itself, nor of a level that answers for one that keeps nothing.
 */
export function withCarryOver(plan: ApprovalPlan, question: RoutedRequest): ApprovalPlan {
  if (question.route.conclusion.reasons.length > 0) return plan;
  return {
    ...plan,
    stages: plan.stages.map((stage) => ({
      ...stage,
      levels: stage.levels.map((level) => levelWith(level, question)),
    })),
  };
}
