import type { PlannedLevel } from '../../core/approval/plan.ts';
import { digestOf } from '../../core/digest.ts';
import { CountersignError } from '../../core/errors.ts';
import { budgetProblems } from '../executions/budget.ts';
import { type Ingredients, runSkill } from '../executions/run-skill.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { SkillResult } from '../skill/skill-result.ts';

/** A level as far as it matters to those who wait for it and those who decide in it. */
export interface LevelSummary {
  readonly levelId: string;
  /** Over stage, quorum, seats, service level, escalation and assurance: tells whether the level is the same one. */
  readonly shape: string;
}

/** What one configuration makes of one request. `refused`: a typed problem or an exceeded bound; `fault`: anything else. */
export interface RouteSummary {
  readonly verdict: SkillResult['verdict'] | 'refused' | 'fault';
  /** Code and message of what refused it or broke it off. */
  readonly problem?: string;
  readonly levels: readonly LevelSummary[];
  /** Ids of the people who are asked first, sorted. */
  readonly approvers: readonly string[];
  /**
   * Business minutes until the last level is due: stages one after the other, each as long as its slowest level. An estimate
   * by service levels; approvers' calendars are not laid over it.
   */
  readonly cycleBusinessMinutes: number;
  /** Levels are asked for, and none of them by a rule: only the fallback takes the request up. */
  readonly uncovered: boolean;
}

const NO_ROUTE = { levels: [], approvers: [], cycleBusinessMinutes: 0, uncovered: false };

function levelSummary(stage: number, level: PlannedLevel): LevelSummary {
  const { levelId, required, seats, serviceLevelBusinessMinutes, escalation, assurance } = level;
  return {
    levelId,
    shape: digestOf({ stage, required, seats, serviceLevelBusinessMinutes, escalation, assurance }),
  };
}

/** A level's `because` names the rules that asked for it; what stands there and is no rule is a reason to fall back. */
function isUncovered(result: SkillResult, levels: readonly PlannedLevel[]): boolean {
  const rules = new Set(result.trace.filter(({ met }) => met).map(({ id }) => id));
  return levels.length > 0 && levels.every(({ because }) => because.every((code) => !rules.has(code)));
}

function summaryOf(skill: AnySkill, result: SkillResult): RouteSummary {
  const [beyond] = budgetProblems(skill, result);
  if (beyond !== undefined) return { ...NO_ROUTE, verdict: 'refused', problem: `${beyond.code}: ${beyond.message}` };
  const stages = result.plan?.stages ?? [];
  const levels = stages.flatMap((stage) => stage.levels);
  const slowest = stages.map((stage) => Math.max(...stage.levels.map((level) => level.serviceLevelBusinessMinutes)));
  return {
    verdict: result.verdict,
    levels: stages.flatMap(({ stage, levels: open }) => open.map((level) => levelSummary(stage, level))),
    approvers: [...new Set(levels.flatMap(({ seats }) => seats.map(({ approver }) => approver)))].sort(),
    cycleBusinessMinutes: slowest.reduce((sum, minutes) => sum + minutes, 0),
    uncovered: isUncovered(result, levels),
  };
}

/** Runs a skill once and sums up what became of it; never throws, because a fault is a finding here. */
export async function summarizeRoute(skill: AnySkill, ingredients: Ingredients): Promise<RouteSummary> {
  try {
    return summaryOf(skill, await runSkill(skill, ingredients));
  } catch (error) {
    if (error instanceof CountersignError)
      return { ...NO_ROUTE, verdict: 'refused', problem: `${error.code}: ${error.message}` };
    const message = error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown error';
    return { ...NO_ROUTE, verdict: 'fault', problem: message };
  }
}
