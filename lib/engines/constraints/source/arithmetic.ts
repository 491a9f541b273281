import type { Field } from '../model.ts';
import { type Case, describeUnit, type NumberValue, type Unit, union } from './lowered.ts';
import { alike, literal, pairs, type Report, reach, sumOf, timesOf } from './numbers.ts';

function bounded(value: NumberValue, fields: readonly Field[], report: Report): NumberValue | undefined {
  const sums = (value.cases ?? []).map(({ sum }) => reach(sum, fields));
  const most = Math.max(Math.abs(value.low), Math.abs(value.high), ...sums);
  if (most <= Number.MAX_SAFE_INTEGER) return value;
  const mend = 'Narrow the domains of its fields, so that it stays within 2^53 - 1.';
  return report('overflow', 'The result can become too large to be exact.', mend);
}

function addUnit(left: NumberValue, right: NumberValue, operator: '+' | '-', report: Report) {
  const [l, r] = [left.unit.kind, right.unit.kind];
  if (l === 'date' && r === 'duration') return [left, right, left.unit] as const;
  if (operator === '+' && l === 'duration' && r === 'date') return [left, right, right.unit] as const;
  if (operator === '-' && l === 'date' && r === 'date') return [left, right, { kind: 'duration' } as Unit] as const;
  if (l === 'date' && r === 'date') {
    return report('unit-mismatch', 'Two dates cannot be added.', 'Add a length of time, such as duration("P30D").');
  }
  return alike(left, right, report);
}

/** Sum or difference. */
export function add(
  first: NumberValue,
  second: NumberValue,
  operator: '+' | '-',
  fields: readonly Field[],
  report: Report,
): NumberValue | undefined {
  const same = addUnit(first, second, operator, report);
  if (same === undefined) return undefined;
  const [left, right, unit] = same;
  const sign = operator === '+' ? 1 : -1;
  const value: NumberValue = {
    of: 'number',
    unit,
    low: left.low + (sign === 1 ? right.low : -right.high),
    high: left.high + (sign === 1 ? right.high : -right.low),
    literal: left.literal && right.literal,
    free: left.free && right.free,
    cases: pairs(left, right)?.map(([when, l, r]): Case => ({ when, sum: sumOf(l, r, sign) })),
    expression: { kind: operator === '+' ? 'add' : 'subtract', left: left.expression, right: right.expression },
    needs: union(left.needs, right.needs),
  };
  return bounded(folded(value), fields, report);
}

/** A result of literals is a literal. */
function folded(value: NumberValue): NumberValue {
  return value.literal ? literal(value.low + 0, value.unit) : value;
}

export function negative(value: NumberValue, report: Report): NumberValue | undefined {
  if (value.unit.kind === 'date') return report('unit-mismatch', 'A date has no negative.', 'Negate a length of time.');
  const { field: _, ...rest } = value;
  return folded({
    ...rest,
    low: -value.high,
    high: -value.low,
    cases: value.cases?.map(({ when, sum }) => ({ when, sum: timesOf(sum, -1) })),
    expression: { kind: 'negate', of: value.expression },
  });
}

function joined(left: string | undefined, right: string | undefined, by: string): { readonly unit?: string } {
  if (left === undefined || right === undefined) {
    const one = left ?? right;
    return one === undefined ? {} : { unit: one };
  }
  return { unit: `${left}${by}${right}` };
}

function productUnit(left: Unit, right: Unit): Unit | undefined {
  if (left.kind === 'number' && right.kind === 'number') {
    return { kind: 'number', ...joined(left.unit, right.unit, ' x ') };
  }
  const [one, other] = left.kind === 'number' ? [right, left] : [left, right];
  if (other.kind !== 'number' || one.kind === 'date') return undefined;
  return one;
}

function corners(left: NumberValue, right: NumberValue, of: (l: number, r: number) => number): [number, number] {
  const all = [left.low, left.high].flatMap((l) => [right.low, right.high].map((r) => of(l, r)));
  return [Math.min(...all), Math.max(...all)];
}

export function multiply(
  left: NumberValue,
  right: NumberValue,
  fields: readonly Field[],
  report: Report,
): NumberValue | undefined {
  const unit = productUnit(left.unit, right.unit);
  if (unit === undefined) {
    const message = `${describeUnit(left.unit)} cannot be multiplied by ${describeUnit(right.unit)}.`;
    const mend = 'Multiply by a whole number; instead of "a <= b * 10 %" write "a * 10 <= b".';
    return report('unit-mismatch', message, mend);
  }
  const [low, high] = corners(left, right, (l, r) => l * r);
  const factor = (value: NumberValue): number | undefined =>
    value.low === value.high && value.literal ? value.low : undefined;
  const [l, r] = [factor(left), factor(right)];
  const cases = r !== undefined ? left.cases : l !== undefined ? right.cases : undefined;
  const value: NumberValue = {
    of: 'number',
    unit,
    low,
    high,
    literal: left.literal && right.literal,
    free: left.free && right.free,
    cases: cases?.map(({ when, sum }) => ({ when, sum: timesOf(sum, r ?? l ?? 1) })),
    expression: { kind: 'multiply', left: left.expression, right: right.expression },
    needs: union(left.needs, right.needs),
  };
  return bounded(folded(value), fields, report);
}

function quotientUnit(left: Unit, right: Unit, operator: '/' | '%'): Unit | undefined {
  if (left.kind === 'decimal' || left.kind === 'date') return undefined;
  const plain = right.kind === 'number';
  const same =
    left.kind === right.kind && (left.kind !== 'money' || right.kind !== 'money' || left.currency === right.currency);
  if (operator === '%') return plain || same ? left : undefined;
  if (left.kind === 'number' && right.kind === 'number') {
    if (left.unit === right.unit) return { kind: 'number' };
    return { kind: 'number', ...joined(left.unit, right.unit, ' / ') };
  }
  if (same) return { kind: 'number' };
  return plain ? left : undefined;
}

/** Integer division (truncating) and its remainder (with the dividend's sign). */
export function divide(
  left: NumberValue,
  right: NumberValue,
  operator: '/' | '%',
  report: Report,
): NumberValue | undefined {
  const unit = quotientUnit(left.unit, right.unit, operator);
  if (unit === undefined) {
    const message = `${describeUnit(left.unit)} cannot be divided by ${describeUnit(right.unit)}.`;
    return report(
      'unit-mismatch',
      message,
      'Divide whole numbers, amounts, percentages or durations by a whole number.',
    );
  }
  if (right.low <= 0 && right.high >= 0) {
    const mend = 'Give the divisor a domain without 0, or multiply the other side instead.';
    return report('division-by-zero', 'The divisor can be 0.', mend);
  }
  const most = Math.max(Math.abs(right.low), Math.abs(right.high)) - 1;
  const [low, high] =
    operator === '/'
      ? corners(left, right, (l, r) => Math.trunc(l / r) + 0)
      : [left.low < 0 ? -Math.min(most, -left.low) : 0, left.high > 0 ? Math.min(most, left.high) : 0];
  const known = left.literal && right.literal;
  if (known) {
    const remainder = left.low % right.low;
    return literal((operator === '%' ? remainder : (left.low - remainder) / right.low) + 0, unit);
  }
  return {
    of: 'number',
    unit,
    low,
    high,
    literal: false,
    free: left.free && right.free,
    cases: undefined,
    expression: {
      kind: operator === '/' ? 'divide' : 'remainder',
      left: left.expression,
      right: right.expression,
    },
    needs: union(left.needs, right.needs),
  };
}
