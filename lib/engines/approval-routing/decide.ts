import { type ComparisonTrace, compare } from './comparison.ts';
import type { Facts } from './fields.ts';
import type { ApprovalPolicy, Effect, Rule } from './policy.ts';
import type { Work } from './work.ts';

/** Why a rule fired or did not: every value compared, and the first condition that was not met. */
export interface RuleTrace {
  readonly ruleId: string;
  readonly name: string;
  readonly owner: string;
  readonly fired: boolean;
  /** Present when the rule could neither be met nor dismissed, for amounts could not be compared. */
  readonly undecided?: true;
  readonly effect: Effect;
  readonly all: readonly ComparisonTrace[];
  readonly any: readonly ComparisonTrace[];
  readonly firstUnmet?: ComparisonTrace;
  /** One sentence for people. */
  readonly because: string;
}

/** What the rules together ask for. */
export interface Decision {
  readonly rules: readonly RuleTrace[];
  readonly denials: readonly { readonly ruleId: string; readonly reason: string }[];
  /** Rules that would approve automatically. */
  readonly automatic: readonly string[];
  /** Levels asked for, each with the rules that asked. */
  readonly required: ReadonlyMap<string, readonly string[]>;
  readonly undecided: readonly string[];
}

type Verdict = 'met' | 'unmet' | 'undecided';

function allOf(traces: readonly ComparisonTrace[]): Verdict {
  if (traces.some(({ met, unverifiable }) => !met && unverifiable === undefined)) return 'unmet';
  return traces.every(({ met }) => met) ? 'met' : 'undecided';
}

function anyOf(traces: readonly ComparisonTrace[]): Verdict {
  if (traces.length === 0 || traces.some(({ met }) => met)) return 'met';
  return traces.some(({ unverifiable }) => unverifiable) ? 'undecided' : 'unmet';
}

function reasonOf(fired: boolean, undecided: boolean, trace: { all: readonly ComparisonTrace[]; any: readonly ComparisonTrace[] }, firstUnmet?: ComparisonTrace): string {
  if (undecided) return `Undecided: ${firstUnmet?.text ?? 'a value cannot be compared'}.`;
  if (!fired && firstUnmet !== undefined) return `Not fired: ${firstUnmet.text}.`;
  const met = [...trace.all, ...trace.any].filter((each) => each.met).map(({ text }) => text);
  return met.length === 0 ? 'Fired: the rule has no conditions.' : `Fired: ${met.join('; ')}.`;
}

function traceRule(rule: Rule, facts: Facts, policy: ApprovalPolicy, work: Work): RuleTrace {
  work.units += rule.all.length + rule.any.length + 1;
  const all = rule.all.map((comparison) => compare(comparison, facts, policy.conversions));
  const any = rule.any.map((comparison) => compare(comparison, facts, policy.conversions));
  const verdicts = [allOf(all), anyOf(any)];
  const fired = verdicts.every((verdict) => verdict === 'met');
  const undecided = !fired && !verdicts.includes('unmet');
  // A condition that is plainly false explains more than one that could not be compared.
  const failing = [...all, ...(anyOf(any) === 'met' ? [] : any)].filter(({ met }) => !met);
  const firstUnmet = failing.find(({ unverifiable }) => undecided || unverifiable === undefined) ?? failing[0];
  return {
    ruleId: rule.id,
    name: rule.name,
    owner: rule.owner,
    fired,
    ...(undecided ? { undecided: true as const } : {}),
    effect: rule.effect,
    all,
    any,
    ...(firstUnmet === undefined ? {} : { firstUnmet }),
    because: reasonOf(fired, undecided, { all, any }, firstUnmet),
  };
}

function levelsAsked(fired: readonly RuleTrace[]): Map<string, string[]> {
  const required = new Map<string, string[]>();
  for (const { ruleId, effect } of fired)
    if (effect.do === 'require')
      for (const level of effect.levels) required.set(level, [...(required.get(level) ?? []), ruleId]);
  return required;
}

/** Evaluates every rule of the policy, fired or not. */
export function decide(facts: Facts, policy: ApprovalPolicy, work: Work): Decision {
  const rules = policy.rules.map((rule) => traceRule(rule, facts, policy, work));
  const fired = rules.filter((rule) => rule.fired);
  return {
    rules,
    denials: fired.flatMap(({ ruleId, effect }) => (effect.do === 'deny' ? [{ ruleId, reason: effect.reason }] : [])),
    automatic: fired.filter(({ effect }) => effect.do === 'approve').map(({ ruleId }) => ruleId),
    required: levelsAsked(fired),
    undecided: rules.filter(({ undecided }) => undecided === true).map(({ ruleId }) => ruleId),
  };
}
