import { readBasisPoints, readMoney } from '../../core/directory/written-values.ts';
import type { Problem } from '../../core/errors.ts';
import type { Money } from '../../core/money.ts';
import { type Facts, type FieldId, type FieldValue, fieldOf, formatValue, isMoney } from './fields.ts';
import { sortedUnique } from './order.ts';
import type { ComparisonDocument, Operator, PolicyDocument } from './policy-document.ts';

/** A comparison whose value has been read into the field's own type. */
export interface Comparison {
  readonly field: FieldId;
  readonly is: Operator;
  readonly expected: FieldValue;
}

/** What a comparison found: the values compared, and whether it holds. */
export interface ComparisonTrace {
  readonly field: FieldId;
  /** JSON Pointer into the request. */
  readonly pointer: string;
  readonly operator: Operator;
  readonly expected: FieldValue;
  readonly actual: FieldValue;
  readonly met: boolean;
  /** Present when the amounts stand in currencies between which the policy declares no conversion. */
  readonly unverifiable?: true;
  /** One sentence for people. */
  readonly text: string;
}

export type Conversion = PolicyDocument['conversions'][number];

const ORDERED: readonly Operator[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'];
const MEMBERSHIP: readonly Operator[] = ['in', 'notIn'];

/** Reads a comparison of the policy document; a value or an operator that does not suit the field is a problem. */
export function readComparison(document: ComparisonDocument, pointer: string): Comparison | Problem {
  const { field, is, value } = document;
  const { type, label, words } = fieldOf(field);
  const wrong = (code: string, message: string, mend: string): Problem => ({ pointer, code, message, mend });
  const allowed = type === 'text' ? ['eq', 'ne', ...MEMBERSHIP] : type === 'texts' ? MEMBERSHIP : ORDERED;
  if (!allowed.includes(is))
    return wrong('operator-unfit', `"${is}" cannot compare ${label}.`, `Use one of: ${allowed.join(', ')}.`);
  const unfit = (form: string) =>
    wrong('value-unfit', `${JSON.stringify(value)} is no value for ${label}.`, `Write it like ${form}.`);
  switch (type) {
    case 'ratio': {
      const ratio = typeof value === 'string' ? readBasisPoints(value) : undefined;
      return ratio === undefined ? unfit('12.5 %') : { field, is, expected: ratio };
    }
    case 'money': {
      const amount = typeof value === 'string' ? readMoney(value) : undefined;
      return amount === undefined ? unfit('50000 EUR') : { field, is, expected: amount };
    }
    case 'count':
      return typeof value === 'number' ? { field, is, expected: value } : unfit('30');
    default: {
      const many = MEMBERSHIP.includes(is);
      if (many !== Array.isArray(value)) return unfit(many ? '[one, two]' : 'one');
      const given = Array.isArray(value) ? value : [String(value)];
      const stray = words === undefined ? undefined : given.find((word) => !words.includes(word));
      if (typeof value === 'number' || stray !== undefined) return unfit(words?.join(', ') ?? 'one');
      return { field, is, expected: many ? sortedUnique(given) : value };
    }
  }
}

function holds(is: Operator, sign: number): boolean {
  switch (is) {
    case 'eq':
      return sign === 0;
    case 'ne':
      return sign !== 0;
    case 'lt':
      return sign < 0;
    case 'lte':
      return sign <= 0;
    case 'gt':
      return sign > 0;
    default:
      return sign >= 0;
  }
}

function signOf(a: bigint | number, b: bigint | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * An amount in another currency: its whole minor units, and whether nothing was left over.
 * @returns `undefined` when the policy declares no conversion.
 */
export function convert(
  { currency, minorUnits }: Money,
  to: string,
  conversions: readonly Conversion[],
): { readonly whole: number; readonly isExact: boolean } | undefined {
  if (currency === to) return { whole: minorUnits, isExact: true };
  const rate = conversions.find((each) => each.from === currency && each.to === to);
  if (rate === undefined) return undefined;
  const scaled = BigInt(minorUnits) * BigInt(rate.numerator);
  const divisor = BigInt(rate.denominator);
  return { whole: Number(scaled / divisor), isExact: scaled % divisor === 0n };
}

/** The sign of `actual - expected`, exactly, in the currency of the expected amount; `undefined` without a conversion. */
function compareValues(
  actual: FieldValue,
  expected: FieldValue,
  conversions: readonly Conversion[],
): number | undefined {
  if (typeof actual === 'number' && typeof expected === 'number') return signOf(actual, expected);
  if (typeof actual === 'string' && typeof expected === 'string') return actual === expected ? 0 : 1;
  if (!isMoney(actual) || !isMoney(expected)) return undefined;
  if (actual.currency === expected.currency) return signOf(actual.minorUnits, expected.minorUnits);
  const rate = conversions.find(({ from, to }) => from === actual.currency && to === expected.currency);
  if (rate === undefined) return undefined;
  return signOf(
    BigInt(actual.minorUnits) * BigInt(rate.numerator),
    BigInt(expected.minorUnits) * BigInt(rate.denominator),
  );
}

/**
 * Whether a comparison holds for the facts of one request.
 * @returns `undefined` when amounts stand in currencies between which the policy declares no conversion.
 */
export function isMet(comparison: Comparison, facts: Facts, conversions: readonly Conversion[]): boolean | undefined {
  return outcomeOf(comparison, facts[comparison.field], conversions);
}

function outcomeOf(
  comparison: Comparison,
  actual: FieldValue,
  conversions: readonly Conversion[],
): boolean | undefined {
  const { is, expected } = comparison;
  if (is === 'in' || is === 'notIn') {
    const held = typeof actual === 'string' ? [actual] : Array.isArray(actual) ? actual : [];
    const listed = Array.isArray(expected) ? expected : [];
    return held.some((word) => listed.includes(word)) === (is === 'in');
  }
  const sign = compareValues(actual, expected, conversions);
  return sign === undefined ? undefined : holds(is, sign);
}

const PHRASES: Record<Operator, readonly [met: string, unmet: string]> = {
  eq: ['is', 'is not'],
  ne: ['is not', 'is'],
  lt: ['is less than', 'is not less than'],
  lte: ['is at most', 'is more than'],
  gt: ['is more than', 'is not more than'],
  gte: ['is at least', 'is less than'],
  in: ['is one of', 'is none of'],
  notIn: ['is none of', 'is one of'],
};

/** Compares the facts of one request with what the policy expects, and tells what was found. */
export function compare(comparison: Comparison, facts: Facts, conversions: readonly Conversion[]): ComparisonTrace {
  const { field, is, expected } = comparison;
  const { label, pointer } = fieldOf(field);
  const actual = facts[field];
  const met = outcomeOf(comparison, actual, conversions);
  const [yes, no] = PHRASES[is];
  const phrase = met === undefined ? 'cannot be compared with' : met ? yes : no;
  const [found, wanted] = [formatValue(field, actual), formatValue(field, expected)];
  // "Kind Discount is Discount" would say one thing twice.
  const isSame = is === 'eq' && met === true && found === wanted;
  return {
    field,
    pointer,
    operator: is,
    expected,
    actual,
    met: met === true,
    ...(met === undefined ? { unverifiable: true as const } : {}),
    text: isSame ? `${label} is ${found}` : `${label} ${found} ${phrase} ${wanted}`,
  };
}

/** What a comparison allows, in people's words: `at most 10 %`. */
export function allowance({ field, is, expected }: Comparison): string {
  return `${PHRASES[is][0].replace(/^is ?/, '')} ${formatValue(field, expected)}`.trim();
}
