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
function plannedMails(plan: ApprovalPlan | undefined): number {
  const levels = plan?.stages.flatMap(({ levels }) => levels) ?? [];
  return levels.reduce((sum, level) => sum + mailsOfLevel(level), 1);
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
    { what: 'mails', pointer: '/plan', amount: plannedMails(result.plan), cap: skill.budget.mails },
  ];
  return used
    .filter(({ amount, cap }) => amount > cap)
    .map(({ what, pointer, amount, cap }) => ({
      code: 'BudgetExceeded',
      message: `The execution takes ${amount} ${what}; the skill allows ${cap}.`,
      pointer,
    }));
}
