import type { ConstraintSet, Decision, Rule, RuleIndex, Values } from '../model.ts';
import { holds } from './holds.ts';

/** Whether a rule is in force on a day (days since 1970-01-01). */
export function isInForce({ inForce }: Rule, day: number): boolean {
  return (inForce.from === undefined || day >= inForce.from) && (inForce.until === undefined || day < inForce.until);
}

/** A rule's part in a decision. */
export type Standing = 'not-in-force' | 'not-met' | 'overridden' | 'applies';

/** What every rule's part is, and the input with what absent fields took. */
export interface Standings {
  readonly standings: readonly Standing[];
  readonly values: Values;
  /** Defaults that were taken: the rule behind each field's value. */
  readonly defaulted: ReadonlyMap<number, RuleIndex>;
}

/**
 * Which rules apply: those in force whose `when` holds, unless a rule that overrides them applies itself. Defaults are settled
 * first, all of them on the input as it came; other rules see what they filled in.
 */
export function standingsOf(set: ConstraintSet, input: Values, day: number): Standings {
  const known: Standing[] = [];
  const standing = (index: RuleIndex, values: Values): Standing => {
    const before = known[index];
    const rule = set.rules[index];
    if (before !== undefined || rule === undefined) return before ?? 'not-met';
    const here = standingOf(rule, values);
    known[index] = here;
    return here;
  };
  const standingOf = (rule: Rule, values: Values): Standing => {
    if (!isInForce(rule, day)) return 'not-in-force';
    if (!holds(rule.when, values)) return 'not-met';
    if (rule.overriddenBy.length === 0) return 'applies';
    return rule.overriddenBy.some((other) => standing(other, values) === 'applies') ? 'overridden' : 'applies';
  };
  const defaulted = new Map<number, RuleIndex>();
  set.rules.forEach((rule, index) => {
    if (rule.effect.kind !== 'default' || standing(index, input) !== 'applies') return;
    const { field } = rule.effect;
    if (input[field] !== undefined) return;
    const before = set.rules[defaulted.get(field) ?? -1];
    if (before === undefined || outranks(rule, before)) defaulted.set(field, index);
  });
  const values = set.fields.map((_, field) => {
    const effect = set.rules[defaulted.get(field) ?? -1]?.effect;
    return effect?.kind === 'default' ? effect.value : input[field];
  });
  return { standings: set.rules.map((_, index) => standing(index, values)), values, defaulted };
}

/** Of two defaults for one field, the higher priority wins, then the lower id. */
export function outranks(rule: Rule, other: Rule): boolean {
  return rule.priority > other.priority || (rule.priority === other.priority && rule.id < other.id);
}

/**
 * Decides an input on a day (days since 1970-01-01), plainly: the reference that every other evaluator is tested against.
 * The values must lie in the fields' domains, as `readInput` makes sure.
 */
export function decide(set: ConstraintSet, input: Values, day: number): Decision {
  const { standings, values, defaulted } = standingsOf(set, input, day);
  const applying = set.rules.filter((_, index) => standings[index] === 'applies');
  const violated = applying.filter(({ effect }) => effect.kind === 'require' && !holds(effect.condition, values));
  const route = [...new Set(applying.flatMap(({ effect }) => (effect.kind === 'route' ? effect.to : [])))].sort();
  const defaults = Object.fromEntries(
    [...defaulted.keys()].sort((a, b) => a - b).map((field) => [set.fields[field]?.path ?? '', values[field] ?? 0]),
  );
  return {
    outcome: violated.length > 0 ? 'denied' : route.length > 0 ? 'routed' : 'allowed',
    applied: applying.map(({ id }) => id),
    violated: violated.map(({ id }) => id),
    route,
    defaults,
  };
}
