import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Formula } from '../constraints/model.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import type { Comparison, Conversion } from './comparison.ts';
import type { Route } from './compute-route.ts';
import { type Facts, type FieldId, type FieldValue, fieldOf, isMoney } from './fields.ts';
import { sortedUnique } from './order.ts';

/** Another value for one field, just on one side of a threshold. */
export interface AlternativeValue {
  readonly field: FieldId;
  readonly to: FieldValue;
  /** Ids of the rules whose threshold this is, or that asked for the level whose people's limits it is. */
  readonly rules: readonly string[];
}

/** The whole numbers next to a threshold, in the units of the actual value: at or below it, and at or above it. */
function thresholdIn(
  actual: FieldValue,
  expected: FieldValue,
  conversions: readonly Conversion[],
): [below: number, above: number] | undefined {
  if (typeof expected === 'number') return [expected, expected];
  if (!isMoney(expected) || !isMoney(actual)) return undefined;
  if (expected.currency === actual.currency) return [expected.minorUnits, expected.minorUnits];
  const rate = conversions.find(({ from, to }) => from === actual.currency && to === expected.currency);
  if (rate === undefined) return undefined;
  const scaled = BigInt(expected.minorUnits) * BigInt(rate.denominator);
  const below = scaled / BigInt(rate.numerator);
  return [Number(below), Number(scaled % BigInt(rate.numerator) === 0n ? below : below + 1n)];
}

function sidesOf({ is, expected }: Comparison, actual: FieldValue, conversions: readonly Conversion[]): number[] {
  const threshold = thresholdIn(actual, expected, conversions);
  if (threshold === undefined) return [];
  const [below, above] = threshold;
  if (is === 'lte' || is === 'gt') return [below, below + 1];
  if (is === 'lt' || is === 'gte') return [above - 1, above];
  return [below - 1, below, below + 1];
}

const OPERATORS = { lt: 'lt', le: 'lte', eq: 'eq', ne: 'ne', ge: 'gte', gt: 'gt' } as const;

/** The thresholds of single facts in a rule that comes from a constraint artifact, as comparisons. */
function thresholdsIn({ matrix }: ApprovalPolicy, index: number): Comparison[] {
  const rule = matrix.set.rules[index];
  if (rule === undefined) return [];
  const found: Comparison[] = [];
  const visit = (formula: Formula): void => {
    if (formula.kind === 'and' || formula.kind === 'or') for (const part of formula.parts) visit(part);
    if (formula.kind === 'not') visit(formula.part);
    if (formula.kind !== 'linear') return;
    const [term, other] = formula.terms;
    if (term?.of !== 'value' || term.coefficient !== 1 || other !== undefined) return;
    const type = matrix.set.fields[term.field]?.type;
    const field = matrix.fields[term.field]?.fact;
    if (type === undefined || field === undefined) return;
    const expected = type.kind === 'money' ? { currency: type.currency, minorUnits: formula.bound } : formula.bound;
    found.push({ field, is: OPERATORS[formula.is], expected });
  };
  visit(rule.when);
  if (rule.effect.kind === 'require') visit(rule.effect.condition);
  return found;
}

interface Side {
  readonly field: FieldId;
  readonly value: number;
  readonly rules: readonly string[];
}

function sidesOfRules(policy: ApprovalPolicy, facts: Facts): Side[] {
  return policy.rules.flatMap(({ id, all, any, content }, index) =>
    [...all, ...any, ...(content === undefined ? [] : thresholdsIn(policy, index))].flatMap((comparison) =>
      sidesOf(comparison, facts[comparison.field], policy.conversions).map((value) => ({
        field: comparison.field,
        value,
        rules: [id],
      })),
    ),
  );
}

/** The limits of the people whom the route's levels name, where those levels ask for a limit. */
function sidesOfLimits(policy: ApprovalPolicy, facts: Facts, route: Route, directory: LoadedDirectory): Side[] {
  const { amount } = facts;
  if (!isMoney(amount)) return [];
  const limited = new Set(policy.levels.filter((level) => level.minimumLimit !== undefined).map(({ id }) => id));
  return route.seating.levels
    .filter(({ levelId }) => limited.has(levelId))
    .flatMap(({ candidates, because }) =>
      candidates
        .flatMap(({ principal }) => directory.person(principal)?.limits ?? [])
        .filter(({ currency }) => currency === amount.currency)
        .flatMap(({ minorUnits }) => [minorUnits, minorUnits + 1])
        .map((value) => ({ field: 'amount' as const, value, rules: because })),
    );
}

/** Values of single fields next to every threshold that could change a route. */
export function alternativeValues(
  policy: ApprovalPolicy,
  facts: Facts,
  route: Route,
  directory: LoadedDirectory,
): AlternativeValue[] {
  const found = new Map<string, AlternativeValue>();
  for (const { field, value, rules } of [
    ...sidesOfRules(policy, facts),
    ...sidesOfLimits(policy, facts, route, directory),
  ]) {
    const actual = facts[field];
    const current = isMoney(actual) ? actual.minorUnits : actual;
    const { least = 0, most = 0 } = fieldOf(field);
    if (value === current || value < least || value > most) continue;
    const key = `${field} ${value}`;
    const to = isMoney(actual) ? { ...actual, minorUnits: value } : value;
    found.set(key, { field, to, rules: sortedUnique([...(found.get(key)?.rules ?? []), ...rules]) });
  }
  return [...found.values()];
}
