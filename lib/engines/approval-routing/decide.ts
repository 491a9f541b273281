import type { ApprovalPolicy, Rule } from './approval-policy.ts';
import { type Conversion, isMet } from './comparison.ts';
import type { Facts } from './fields.ts';
import type { Work } from './work.ts';

/** `undecided`: amounts could not be compared, so the rule could neither be met nor dismissed. */
export type Verdict = 'fired' | 'not-fired' | 'undecided';

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

/** The verdict on a rule by the outcomes of its comparisons (`undefined`: cannot be compared): all of one list, one of the other. */
export function verdictOf(all: readonly (boolean | undefined)[], any: readonly (boolean | undefined)[]): Verdict {
  const oneOf = any.length === 0 || any.includes(true);
  if (all.includes(false) || !(oneOf || any.includes(undefined))) return 'not-fired';
  return all.includes(undefined) || !oneOf ? 'undecided' : 'fired';
}

function judge({ all, any }: Rule, facts: Facts, conversions: readonly Conversion[], work: Work): Verdict {
  work.units += all.length + any.length + 1;
  return verdictOf(
    all.map((comparison) => isMet(comparison, facts, conversions)),
    any.map((comparison) => isMet(comparison, facts, conversions)),
  );
}

function levelsAsked(fired: readonly Rule[]): Map<string, string[]> {
  const required = new Map<string, string[]>();
  for (const { id, effect } of fired)
    if (effect.do === 'require')
      for (const level of effect.levels) required.set(level, [...(required.get(level) ?? []), id]);
  return required;
}

/** Evaluates every rule of the policy and gathers what those that fire ask for. */
export function decide(facts: Facts, policy: ApprovalPolicy, work: Work): Decision {
  const verdicts = policy.rules.map((rule) => ({ rule, verdict: judge(rule, facts, policy.conversions, work) }));
  const fired = verdicts.filter(({ verdict }) => verdict === 'fired').map(({ rule }) => rule);
  return {
    denials: fired.flatMap(({ id, effect }) => (effect.do === 'deny' ? [{ ruleId: id, reason: effect.reason }] : [])),
    automatic: fired.filter(({ effect }) => effect.do === 'approve').map(({ id }) => id),
    required: levelsAsked(fired),
    undecided: verdicts.filter(({ verdict }) => verdict === 'undecided').map(({ rule }) => rule.id),
  };
}
