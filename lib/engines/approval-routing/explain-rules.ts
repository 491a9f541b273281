import type { ApprovalPolicy, Effect, Rule } from './approval-policy.ts';
import { type ComparisonTrace, compare } from './comparison.ts';
import { type Verdict, verdictOf } from './decide.ts';
import type { Facts } from './fields.ts';

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

function explain(rule: Rule, facts: Facts, policy: ApprovalPolicy): RuleTrace {
  const all = rule.all.map((comparison) => compare(comparison, facts, policy.conversions));
  const any = rule.any.map((comparison) => compare(comparison, facts, policy.conversions));
  const verdict = verdictOf(all.map(outcome), any.map(outcome));
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

/** Explains every rule of the policy, in the policy's order: those that fired and those that did not. */
export function explainRules(facts: Facts, policy: ApprovalPolicy): RuleTrace[] {
  return policy.rules.map((rule) => explain(rule, facts, policy));
}
