import type { ApprovalPolicy, Rule } from './approval-policy.ts';
import type { Facts } from './fields.ts';
import { knownOf } from './matrix.ts';
import { ruleVerdicts } from './rule-verdicts.ts';
import type { Work } from './work.ts';

/** What the rules together ask for. */
export interface Decision {
  readonly denials: readonly { readonly ruleId: string; readonly reason: string }[];
  /** Ids of the rules that would approve automatically. */
  readonly automatic: readonly string[];
  /** Levels asked for, each with the ids of the rules that asked. */
  readonly required: ReadonlyMap<string, readonly string[]>;
  /** Ids of the rules that could not be decided. */
  readonly undecided: readonly string[];
}

function levelsAsked(fired: readonly Rule[]): Map<string, string[]> {
  const required = new Map<string, string[]>();
  for (const { id, effect } of fired)
    if (effect.do === 'require')
      for (const level of effect.levels) required.set(level, [...(required.get(level) ?? []), id]);
  return required;
}

/** Looks at a rule: one for each of its conditions, and one for the rule. */
function costOf({ all, any, conditions }: Rule): number {
  return (conditions ?? all.length + any.length) + 1;
}

/**
 * Evaluates every rule of the policy and gathers what those that fire ask for.
 * @param day days since 1970-01-01, by which rules are in force.
 */
export function decide(facts: Facts, policy: ApprovalPolicy, work: Work, day: number): Decision {
  const judged = ruleVerdicts(policy.matrix, knownOf(policy.matrix, facts, policy.conversions), day);
  const verdicts = policy.rules.map((rule, index) => ({ rule, verdict: judged[index] }));
  for (const rule of policy.rules) work.units += costOf(rule);
  const fired = verdicts.filter(({ verdict }) => verdict === 'fired').map(({ rule }) => rule);
  return {
    denials: fired.flatMap(({ id, effect }) => (effect.do === 'deny' ? [{ ruleId: id, reason: effect.reason }] : [])),
    automatic: fired.filter(({ effect }) => effect.do === 'approve').map(({ id }) => id),
    required: levelsAsked(fired),
    undecided: verdicts.filter(({ verdict }) => verdict === 'undecided').map(({ rule }) => rule.id),
  };
}
