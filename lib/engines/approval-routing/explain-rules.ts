import { explain as explainConstraints } from '../constraints/evaluate/explain.ts';
import { usesOf } from '../constraints/formula-uses.ts';
import type { Values } from '../constraints/model.ts';
import type { ApprovalPolicy, Effect, Rule } from './approval-policy.ts';
import { type ComparisonTrace, compare } from './comparison.ts';
import type { Facts } from './fields.ts';
import { knownOf } from './matrix.ts';
import { ruleVerdicts, type Verdict } from './rule-verdicts.ts';

/** Why a rule fired or did not: every value compared, and the first condition that was not met. */
export interface RuleTrace {
  readonly ruleId: string;
  readonly name: string;
  readonly owner: string;
  readonly fired: boolean;
  /** Present when amounts could not be compared, so the rule could neither be met nor dismissed. */
  readonly undecided?: true;
  readonly effect: Effect;
  readonly all: readonly ComparisonTrace[];
  readonly any: readonly ComparisonTrace[];
  readonly firstUnmet?: ComparisonTrace;
  /** One sentence for people. */
  readonly because: string;
}

const outcome = ({ met, unverifiable }: ComparisonTrace): boolean | undefined => (unverifiable ? undefined : met);

/** The first condition that kept a rule from firing: for an undecided rule, the first that could not be compared. */
function firstUnmetOf(verdict: Verdict, all: readonly ComparisonTrace[], any: readonly ComparisonTrace[]) {
  if (verdict === 'fired') return undefined;
  const cause = verdict === 'undecided' ? undefined : false;
  return all.find((trace) => outcome(trace) === cause) ?? any.find((trace) => outcome(trace) === cause);
}

function sentence(verdict: Verdict, traces: readonly ComparisonTrace[], firstUnmet?: ComparisonTrace): string {
  if (firstUnmet !== undefined) return `${verdict === 'undecided' ? 'Undecided' : 'Not met'}: ${firstUnmet.text}.`;
  const met = traces.filter((trace) => trace.met).map(({ text }) => text);
  return met.length === 0 ? 'The rule has no conditions.' : `${met.join('; ')}.`;
}

function explain(rule: Rule, verdict: Verdict, facts: Facts, policy: ApprovalPolicy): RuleTrace {
  const all = rule.all.map((comparison) => compare(comparison, facts, policy.conversions));
  const any = rule.any.map((comparison) => compare(comparison, facts, policy.conversions));
  const firstUnmet = firstUnmetOf(verdict, all, any);
  return {
    ruleId: rule.id,
    name: rule.name,
    owner: rule.owner,
    fired: verdict === 'fired',
    ...(verdict === 'undecided' ? { undecided: true as const } : {}),
    effect: rule.effect,
    all,
    any,
    ...(firstUnmet === undefined ? {} : { firstUnmet }),
    because: sentence(verdict, [...all, ...any], firstUnmet),
  };
}

/** Why each rule of a constraint artifact fired or did not, in the words of the constraints engine. */
function reasonsOf(policy: ApprovalPolicy, values: Values, day: number): string[] {
  const { set } = policy.matrix;
  const missing = (index: number): string[] => {
    const rule = set.rules[index];
    if (rule === undefined) return [];
    const used = new Set([
      ...usesOf(rule.when),
      ...(rule.effect.kind === 'require' ? usesOf(rule.effect.condition) : []),
    ]);
    return [...used].filter((field) => values[field] === undefined).map((field) => set.fields[field]?.path ?? '');
  };
  const isWhole = values.every((value) => value !== undefined);
  const explained = isWhole ? explainConstraints(set, values, day).rules : [];
  return set.rules.map((_, index) => {
    const because = explained[index]?.because;
    if (because !== undefined) return because;
    const unknown = missing(index);
    return unknown.length === 0
      ? 'What the rule looks at is known.'
      : `The declared fields cannot hold: ${unknown.join(', ')}.`;
  });
}

/**
 * Explains every rule of the policy, in the policy's order: those that fired and those that did not.
 * @param day days since 1970-01-01, by which rules are in force.
 */
export function explainRules(facts: Facts, policy: ApprovalPolicy, day: number): RuleTrace[] {
  const { matrix, rules, conversions } = policy;
  const known = knownOf(matrix, facts, conversions);
  const verdicts = ruleVerdicts(matrix, known, day);
  const isProved = rules.some(({ content }) => content !== undefined);
  const reasons = isProved
    ? reasonsOf(
        policy,
        matrix.set.fields.map((_, index) => known.get(index)),
        day,
      )
    : [];
  return rules.map((rule, index) => {
    const trace = explain(rule, verdicts[index] ?? 'not-fired', facts, policy);
    const because = reasons[index];
    return because === undefined ? trace : { ...trace, because };
  });
}
