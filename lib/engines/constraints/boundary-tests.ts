import { dateOfDay } from '../../core/calendar/local-day.ts';
import { atomsWithBounds, type Neighbour, neighbours } from './boundary-tests/boundaries.ts';
import { findInput } from './boundary-tests/find-input.ts';
import { decide, isInForce } from './evaluate/decide.ts';
import type { ConstraintSet, Decision, Formula, Rule, RuleIndex, Values } from './model.ts';
import { substitute, TRUE } from './normalise.ts';

/** An input at a bound of a rule or next to it, and what the reference evaluator decides about it. */
export interface BoundaryTest {
  readonly values: Values;
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly expected: Decision;
  /** What is special about it, by the rules that it was made for: `discount-cap: discount just above 15 %`. */
  readonly about: readonly string[];
}

export interface BoundaryTests {
  readonly tests: readonly BoundaryTest[];
  /** Rules that no test applies: dead ones, and those for which no input was found. */
  readonly neverApplied: readonly RuleIndex[];
  /** Inputs that were left out because there would be too many. */
  readonly leftOut: number;
}

/** Tests of one set: enough to look at each bound of a thousand rules once or twice, small enough to be kept. */
const MOST = 5_000;

/** Requirements that an input is searched for which meets all of them. */
const SEARCHABLE = 200;

/** Of an input that is next to no bound. */
const USUAL = 'as usual';

const and = (...parts: readonly Formula[]): Formula => ({ kind: 'and', parts });
const not = (part: Formula): Formula => ({ kind: 'not', part });

/** Days at, just before and just after the ends of the time in which a rule is in force; the first one lies within. */
function daysOf({ inForce: { from, until } }: Rule, today: number): [number, ...number[]] {
  const within = from !== undefined && today < from ? from : until !== undefined && today >= until ? until - 1 : today;
  return [
    within,
    ...(from === undefined ? [] : [from, from - 1, from + 1]),
    ...(until === undefined ? [] : [until, until - 1, until + 1]),
  ];
}

/** When the rules that override a rule on a day apply. */
function aboveOf(set: ConstraintSet, { overriddenBy }: Rule, day: number): Formula[] {
  return overriddenBy.flatMap((other) => {
    const rule = set.rules[other];
    return rule !== undefined && isInForce(rule, day) ? [rule.when] : [];
  });
}

/** That nothing overrides a rule on a day. */
function aloneOn(set: ConstraintSet, rule: Rule, day: number): Formula {
  return and(...aboveOf(set, rule, day).map(not));
}

/** What every other requirement in force comes to: it is met, or does not apply. Nothing for sets that are too large to search. */
function othersMet(set: ConstraintSet, rule: Rule, day: number): Formula {
  const others = set.rules.filter(
    (other) => other !== rule && other.effect.kind === 'require' && isInForce(other, day),
  );
  if (others.length > SEARCHABLE) return and();
  const demands = others.flatMap((other): Formula[] => {
    if (other.effect.kind !== 'require') return [];
    return [{ kind: 'or', parts: [other.effect.condition, not(other.when), ...aboveOf(set, other, day)] }];
  });
  return and(...demands);
}

interface Base {
  readonly values: Values;
  /** That no other rule denies the input, as far as that was found to be possible. */
  readonly others: Formula;
}

/**
 * An input that the rule applies to and that no rule denies, so that a step over a bound shows what this one rule does; or the
 * nearest thing to it that there is.
 */
function baseFor(set: ConstraintSet, rule: Rule, day: number): Base | undefined {
  const alone = aloneOn(set, rule, day);
  const demand = rule.effect.kind === 'require' ? rule.effect.condition : and();
  for (const others of [othersMet(set, rule, day), and()])
    for (const wanted of [and(rule.when, alone, demand, others), and(rule.when, alone, others)]) {
      const values = findInput(set.fields, wanted);
      if (values !== undefined) return { values, others };
    }
  const values = findInput(set.fields, rule.when);
  return values === undefined ? undefined : { values, others: and() };
}

/** What else a condition demands around one of its atoms. */
function around(formula: Formula, atom: Formula): Formula {
  return substitute(formula, (each) => (each === atom ? TRUE : undefined));
}

function candidatesOf(set: ConstraintSet, rule: Rule, today: number): (Neighbour & { readonly day: number })[] {
  const [within, ...otherDays] = daysOf(rule, today);
  const base = baseFor(set, rule, within);
  if (base === undefined) return [];
  const { values, others } = base;
  const alone = aloneOn(set, rule, within);
  const near = (atom: Formula, context: Formula) => neighbours(set.fields, atom, values, and(context, alone, others));
  const found = [
    ...atomsWithBounds(rule.when).flatMap((atom) => near(atom, around(rule.when, atom))),
    ...(rule.effect.kind === 'require' ? atomsWithBounds(rule.effect.condition) : []).flatMap((atom) =>
      near(atom, rule.when),
    ),
  ];
  return [
    ...found.map((each) => ({ ...each, day: within })),
    ...otherDays.map((day) => ({ values, day, about: `on ${dateOfDay(day)}` })),
    { values, day: within, about: USUAL },
  ];
}

/**
 * Makes tests of a set: for each rule inputs at, just below and just above each of its bounds, and days at the ends of its time,
 * with what the reference evaluator decides. Where a rule's condition can be met, one of its tests applies it, as far as the
 * search (`findInput`) reaches.
 * @param day the day of the decisions, for rules that are in force then; days since 1970-01-01
 */
export function boundaryTests(set: ConstraintSet, day: number): BoundaryTests {
  const share = Math.max(1, Math.floor(MOST / Math.max(1, set.rules.length)));
  const found = new Map<string, { values: Values; day: number; about: Set<string> }>();
  let leftOut = 0;
  for (const rule of set.rules) {
    const seen = new Set<string>();
    for (const { values, day: on, about } of candidatesOf(set, rule, day)) {
      const key = JSON.stringify([values, on]);
      const isNew = !seen.has(key);
      if (isNew && seen.size >= share) {
        leftOut += 1;
        continue;
      }
      seen.add(key);
      const test = found.get(key) ?? { values, day: on, about: new Set() };
      if (isNew || about !== USUAL) test.about.add(`${rule.id}: ${about}`);
      found.set(key, test);
    }
  }
  const applied = new Set<string>();
  const tests = [...found.values()].map(({ values, day: on, about }): BoundaryTest => {
    const expected = decide(set, values, on);
    for (const id of expected.applied) applied.add(id);
    return { values, day: on, expected, about: [...about] };
  });
  const neverApplied = set.rules.flatMap(({ id }, index) => (applied.has(id) ? [] : [index]));
  return { tests, neverApplied, leftOut };
}
