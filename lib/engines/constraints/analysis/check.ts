import { CountersignError } from '../../../core/errors.ts';
import { holds } from '../evaluate/holds.ts';
import type { ConstraintSet, RuleIndex, Values } from '../model.ts';

/**
 * An evaluator that knows nothing of the analysis: whether a rule's `when`, or its condition, holds for an input. The
 * condition of a `forbid` rule is what must hold, so the negation of what is forbidden.
 */
export type Check = (rule: RuleIndex, part: 'when' | 'condition', values: Values) => boolean;

/** An independent evaluator denies what the analysis claims. Nothing of the analysis may be believed. */
export class AnalysisContradicted extends CountersignError {
  readonly code = 'AnalysisContradicted';
}

/** Reads the formulas; for callers that have no other evaluator at hand. */
export function formulaCheck(set: ConstraintSet): Check {
  return (index, part, values) => {
    const rule = set.rules[index];
    if (rule === undefined) throw new RangeError(`There is no rule ${index}.`);
    if (part === 'when') return holds(rule.when, values);
    return rule.effect.kind !== 'require' || holds(rule.effect.condition, values);
  };
}

/** Collects what was confirmed, for the proof of a finding. */
export class Confirmation {
  readonly checks: { readonly claim: string; readonly holds: true }[] = [];

  /** @throws AnalysisContradicted when the claim does not hold. */
  confirm(claim: string, isTrue: boolean): void {
    if (!isTrue)
      throw new AnalysisContradicted(`An independent evaluator contradicts the analysis: ${claim}`, [
        {
          pointer: '',
          code: 'analysis-contradicted',
          message: claim,
          mend: 'Report this as a defect of the analysis, together with the constraint set.',
        },
      ]);
    this.checks.push({ claim, holds: true });
  }
}

/** What an evaluator says about rules on a day: overrides and periods are read off the rules, conditions are asked. */
export interface Judge {
  readonly isCandidate: (rule: RuleIndex, values: Values, day: number) => boolean;
  readonly applies: (rule: RuleIndex, values: Values, day: number) => boolean;
  readonly isBroken: (rule: RuleIndex, values: Values, day: number) => boolean;
}

export function judgeOf(set: ConstraintSet, check: Check): Judge {
  const isCandidate = (index: RuleIndex, values: Values, day: number): boolean => {
    const period = set.rules[index]?.inForce ?? {};
    if (period.from !== undefined && day < period.from) return false;
    if (period.until !== undefined && day >= period.until) return false;
    return check(index, 'when', values);
  };
  const applies = (index: RuleIndex, values: Values, day: number): boolean =>
    isCandidate(index, values, day) &&
    !(set.rules[index]?.overriddenBy ?? []).some((above) => isCandidate(above, values, day));
  const isBroken = (index: RuleIndex, values: Values, day: number): boolean =>
    set.rules[index]?.effect.kind === 'require' && applies(index, values, day) && !check(index, 'condition', values);
  return { isCandidate, applies, isBroken };
}
