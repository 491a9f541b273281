import type { Expression, Field, FieldIndex, Formula, LinearTerm } from '../model.ts';
import { allOf } from '../normalise.ts';
import { describeUnit, type Linear, NONE, type NumberValue, type Unit } from './lowered.ts';

/** Says what is wrong where the caller stands. */
export type Report = (code: string, message: string, mend: string) => undefined;

/** More pieces than this are not worth telling apart: the number counts as beyond linear. */
const MAXIMUM_CASES = 16;

/** Seconds of a day: dates count days in the model and seconds within expressions. */
const DAY = 86_400;

const ALWAYS: Formula = { kind: 'constant', value: true };

/** A number that is known. */
export function literal(value: number, unit: Unit): NumberValue {
  return {
    of: 'number',
    unit,
    low: value,
    high: value,
    literal: true,
    free: true,
    cases: [{ when: ALWAYS, sum: { terms: [], constant: value } }],
    expression: { kind: 'number', value },
    needs: NONE,
  };
}

function unitOf({ type }: Field): Unit | undefined {
  switch (type.kind) {
    case 'integer':
      return type.unit === undefined ? { kind: 'number' } : { kind: 'number', unit: type.unit };
    case 'decimal':
    case 'money':
    case 'ratio':
    case 'date':
    case 'duration':
      return type;
    default:
      return undefined;
  }
}

/** The value of a field of numbers; `undefined` for a field of another kind. */
export function fieldNumber(field: Field, index: FieldIndex): NumberValue | undefined {
  const unit = unitOf(field);
  if (unit === undefined) return undefined;
  const factor = unit.kind === 'date' ? DAY : 1;
  const value: Expression = { kind: 'value', field: index };
  return {
    of: 'number',
    unit,
    low: field.minimum * factor,
    high: field.maximum * factor,
    literal: false,
    free: false,
    field: index,
    cases: [{ when: ALWAYS, sum: { terms: [{ of: 'value', field: index, coefficient: factor }], constant: 0 } }],
    expression: factor === 1 ? value : { kind: 'multiply', left: { kind: 'number', value: factor }, right: value },
    needs: field.optional ? new Set([index]) : NONE,
  };
}

/** How many elements a set field has. */
export function fieldSize(field: Field, index: FieldIndex, maximum: number): NumberValue {
  return {
    of: 'number',
    unit: { kind: 'number' },
    low: 0,
    high: maximum,
    literal: false,
    free: false,
    cases: [{ when: ALWAYS, sum: { terms: [{ of: 'size', field: index, coefficient: 1 }], constant: 0 } }],
    expression: { kind: 'size', field: index },
    needs: field.optional ? new Set([index]) : NONE,
  };
}

export function sumOf(left: Linear, right: Linear, sign: 1 | -1): Linear {
  const terms = new Map<string, LinearTerm>();
  for (const [term, times] of [
    ...left.terms.map((t) => [t, 1] as const),
    ...right.terms.map((t) => [t, sign] as const),
  ]) {
    const key = `${term.of}${term.field}`;
    const coefficient = (terms.get(key)?.coefficient ?? 0) + term.coefficient * times;
    terms.set(key, { of: term.of, field: term.field, coefficient });
  }
  return { terms: [...terms.values()], constant: left.constant + sign * right.constant };
}

export function timesOf(sum: Linear, factor: number): Linear {
  return {
    terms: sum.terms.map((term) => ({ ...term, coefficient: term.coefficient * factor })),
    constant: sum.constant * factor + 0,
  };
}

/** Each pair of pieces of two numbers. */
export function pairs(left: NumberValue, right: NumberValue): [Formula, Linear, Linear][] | undefined {
  if (left.cases === undefined || right.cases === undefined) return undefined;
  if (left.cases.length * right.cases.length > MAXIMUM_CASES) return undefined;
  return left.cases.flatMap((l) =>
    (right.cases ?? []).map((r): [Formula, Linear, Linear] => [allOf([l.when, r.when]), l.sum, r.sum]),
  );
}

/** The difference of two sums. */
export function difference(left: Linear, right: Linear): Linear {
  return sumOf(left, right, -1);
}

/** The largest size that a sum or a part of it can reach. */
export function reach(sum: Linear, fields: readonly Field[]): number {
  return sum.terms.reduce((so, { of, field, coefficient }) => {
    const { minimum = 0, maximum = 0 } = fields[field] ?? {};
    const size = of === 'size' ? 30 : Math.max(Math.abs(minimum), Math.abs(maximum));
    return so + Math.abs(coefficient) * size;
  }, Math.abs(sum.constant));
}

/** A number in units of a finer scale. */
function scaled(value: NumberValue, factor: number): NumberValue {
  if (factor === 1) return value;
  return {
    ...value,
    low: value.low * factor,
    high: value.high * factor,
    cases: value.cases?.map(({ when, sum }) => ({ when, sum: timesOf(sum, factor) })),
    expression: value.literal
      ? { kind: 'number', value: value.low * factor }
      : { kind: 'multiply', left: value.expression, right: { kind: 'number', value: factor } },
  };
}

function written(unit: Unit): string {
  switch (unit.kind) {
    case 'money':
      return `money("50000 ${unit.currency}")`;
    case 'ratio':
      return 'percent("15")';
    case 'date':
      return 'date("2026-01-31")';
    case 'duration':
      return 'duration("72h")';
    case 'decimal':
      return 'decimal("1.25")';
    case 'number':
      return '12';
  }
}

/** Brings two numbers to one unit, or says why they have none in common. */
export function alike(
  left: NumberValue,
  right: NumberValue,
  report: Report,
): readonly [NumberValue, NumberValue, Unit] | undefined {
  const [l, r] = [left.unit, right.unit];
  if (l.kind === 'decimal' && r.kind === 'decimal' && sameWord(left, right)) {
    const scale = Math.max(l.scale, r.scale);
    const unit: Unit = { ...(l.unit === undefined ? r : l), scale };
    return [scaled(left, 10 ** (scale - l.scale)), scaled(right, 10 ** (scale - r.scale)), unit];
  }
  if (l.kind === 'number' && r.kind === 'number' && sameWord(left, right)) {
    return [left, right, l.unit === undefined ? r : l];
  }
  if (l.kind === 'money' && r.kind === 'money' && l.currency === r.currency) return [left, right, l];
  if (l.kind === r.kind && (l.kind === 'ratio' || l.kind === 'date' || l.kind === 'duration')) return [left, right, l];
  const mend =
    right.literal && l.kind !== 'number'
      ? `Write it as ${written(l)}.`
      : left.literal && r.kind !== 'number'
        ? `Write it as ${written(r)}.`
        : 'Compare and add only what counts the same.';
  return report('unit-mismatch', `${describeUnit(l)} does not go with ${describeUnit(r)}.`, mend);
}

/** Units of plain numbers agree when they are the same word, or when one side is a literal, or has none. */
function sameWord(left: NumberValue, right: NumberValue): boolean {
  const unit = ({ unit: u }: NumberValue) => (u.kind === 'number' || u.kind === 'decimal' ? u.unit : undefined);
  const [l, r] = [unit(left), unit(right)];
  return l === r || (l === undefined && left.free) || (r === undefined && right.free);
}
