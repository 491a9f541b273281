import type { ApprovalPlan, PlannedLevel } from '../../core/approval/plan.ts';
import { canonicalJson } from '../../core/digest.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { Reason, SkillResult } from '../skill/skill-result.ts';

/** Mails to one level at most: request and reminders to every seat, the first ones and those that escalations add. */
function mailsOfLevel(level: PlannedLevel): number {
  const seats = level.seats.length + level.escalation.reduce((sum, step) => sum + step.seats.length, 0);
  return seats * (1 + level.remindAfterBusinessMinutes.length);
}

/** Mails that a plan can cause at most, with the one that tells the requester the outcome. */
export function plannedMails(plan: ApprovalPlan | undefined): number {
  const levels = plan?.stages.flatMap(({ levels }) => levels) ?? [];
  return levels.reduce((sum, level) => sum + mailsOfLevel(level), 1);
}

interface Used {
  readonly what: string;
  readonly pointer: string;
  readonly amount: number;
  readonly cap: number;
}

function exceeded({ what, pointer, amount, cap }: Used): Reason | undefined {
  if (amount <= cap) return undefined;
  return {
    code: 'BudgetExceeded',
    message: `The execution takes ${amount} ${what}; the skill allows ${cap}.`,
    pointer,
  };
}

/** A reason with code `BudgetExceeded` where so many mails are more than a skill may send for one execution. */
export function mailsProblem({ budget }: Pick<AnySkill, 'budget'>, amount: number): Reason | undefined {
  return exceeded({ what: 'mails', pointer: '/plan', amount, cap: budget.mails });
}

/**
 * Holds a result against the bounds that the skill declares.
 * @returns a reason with code `BudgetExceeded` for every bound that is exceeded.
 */
export function budgetProblems(skill: AnySkill, result: SkillResult): Reason[] {
  const used = [
    { what: 'work units', pointer: '/workUnits', amount: result.workUnits, cap: skill.budget.workUnits },
    {
      what: 'bytes of output',
      pointer: '',
      amount: Buffer.byteLength(canonicalJson(result)),
      cap: skill.budget.outputBytes,
    },
  ];
  return [...used.map(exceeded), mailsProblem(skill, plannedMails(result.plan))].filter(
    (reason) => reason !== undefined,
  );
}
