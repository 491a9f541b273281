import { dateOfDay } from '../../../core/calendar/local-day.ts';
import { describeFormula, describeValues } from '../describe.ts';
import { usesOf } from '../formula-uses.ts';
import type { ConstraintSet, Decision, Field, Formula, Rule, Values } from '../model.ts';
import { decide, type Standing, standingsOf } from './decide.ts';
import { holds } from './holds.ts';

/** Why a rule applies to an input, or why it does not. */
export interface RuleExplanation {
  readonly rule: string;
  readonly owner: string;
  readonly standing: Standing;
  /** Whether the rule applies and what it demands does not hold. */
  readonly violated: boolean;
  /** The reason in people's words and units: the first part that fails, with the actual values. */
  readonly because: string;
  /** The rule's own message, where it applies. */
  readonly message?: string;
}

export interface Explanation {
  readonly decision: Decision;
  readonly rules: readonly RuleExplanation[];
}

/** The smallest part that makes a condition fail: of a conjunction its first failing part, of a disjunction the whole. */
function failingPart(formula: Formula, values: Values): Formula {
  if (formula.kind !== 'and') return formula;
  const part = formula.parts.find((candidate) => !holds(candidate, values));
  return part === undefined ? formula : failingPart(part, values);
}

function whyNot(formula: Formula, values: Values, fields: readonly Field[]): string {
  const part = failingPart(formula, values);
  const actual = describeValues(usesOf(part), values, fields);
  return `${describeFormula(part, fields)} does not hold${actual === '' ? '' : `: ${actual}`}.`;
}

function inForceText({ inForce }: Rule): string {
  const from = inForce.from === undefined ? '' : ` from ${dateOfDay(inForce.from)}`;
  const until = inForce.until === undefined ? '' : ` before ${dateOfDay(inForce.until)}`;
  return `It is in force only${from}${until}.`;
}

/**
 * Decides an input and says for each rule why it applies or why not.
 * @param day days since 1970-01-01.
 */
export function explain(set: ConstraintSet, input: Values, day: number): Explanation {
  const { standings, values } = standingsOf(set, input, day);
  const { fields } = set;
  const decision = decide(set, input, day);
  const violated = new Set(decision.violated);
  const because = (rule: Rule, standing: Standing): string => {
    // Defaults look at the input as it came.
    const seen = rule.effect.kind === 'default' ? input : values;
    switch (standing) {
      case 'not-in-force':
        return inForceText(rule);
      case 'not-met':
        return whyNot(rule.when, seen, fields);
      case 'overridden': {
        const by = rule.overriddenBy.filter((other) => standings[other] === 'applies').map((n) => set.rules[n]?.id);
        return `It is overridden by ${by.join(', ')}.`;
      }
      case 'applies': {
        if (rule.effect.kind === 'require' && violated.has(rule.id)) {
          const { condition } = rule.effect;
          if (condition.kind !== 'constant') return whyNot(condition, values, fields);
        }
        if (rule.when.kind === 'constant') return 'It applies to every input.';
        return `${describeFormula(rule.when, fields)}: ${describeValues(usesOf(rule.when), seen, fields)}.`;
      }
    }
  };
  return {
    decision,
    rules: set.rules.map((rule, index) => {
      const standing = standings[index] ?? 'not-met';
      return {
        rule: rule.id,
        owner: rule.owner,
        standing,
        violated: violated.has(rule.id),
        because: because(rule, standing),
        ...(standing === 'applies' ? { message: rule.message } : {}),
      };
    }),
  };
}
