import type { Field, FieldIndex, Formula, LinearTerm } from '../model.ts';
import { NEGATED } from '../relations.ts';
import { floorDivide, type LinearAtom, mergeTerms } from './linear.ts';

/** The smallest and the largest value that each field can have; of a set field, the numbers of its elements. */
export type Ranges = readonly (readonly [least: number, most: number])[];

const TRUE: Formula = { kind: 'constant', value: true };
const FALSE: Formula = { kind: 'constant', value: false };
export function rangesOfFields(fields: readonly Field[]): Ranges {
  return fields.map(({ type, minimum, maximum }) =>
    type.kind === 'set' ? [0, Math.min(type.values.length, type.maximumSize)] : [minimum, maximum],
  );
}

/** The same condition with `not` only in front of atoms that have no opposite of their own. */
export function pushed(formula: Formula, isTrue = true): Formula {
  switch (formula.kind) {
    case 'constant':
      return formula.value === isTrue ? TRUE : FALSE;
    case 'not':
      return pushed(formula.part, !isTrue);
    case 'and':
    case 'or': {
      const kind = (formula.kind === 'and') === isTrue ? 'and' : 'or';
      const parts = formula.parts.map((part) => pushed(part, isTrue));
      return { kind, parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])) };
    }
    case 'linear':
      return isTrue ? formula : { ...formula, is: NEGATED[formula.is] };
    default:
      return isTrue ? formula : { kind: 'not', part: formula };
  }
}

/** The least and the most that a sum can be; infinite where that is beyond exact integers. */
export function spanOf(terms: readonly LinearTerm[], ranges: Ranges): readonly [number, number] {
  let [least, most] = [0, 0];
  for (const { field, coefficient } of terms) {
    const [low, high] = ranges[field] as readonly [number, number];
    least += coefficient * (coefficient > 0 ? low : high);
    most += coefficient * (coefficient > 0 ? high : low);
    if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most))
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  }
  return [least, most];
}

function linearWithin({ terms, is, bound }: LinearAtom, ranges: Ranges): boolean | undefined {
  const [least, most] = spanOf(terms, ranges);
  switch (is) {
    case 'lt':
      return most < bound ? true : least >= bound ? false : undefined;
    case 'le':
      return most <= bound ? true : least > bound ? false : undefined;
    case 'ge':
      return least >= bound ? true : most < bound ? false : undefined;
    case 'gt':
      return least > bound ? true : most <= bound ? false : undefined;
    case 'eq':
    case 'ne': {
      const isOne = least === most && least === bound;
      if (!isOne && least <= bound && bound <= most) return undefined;
      return isOne === (is === 'eq');
    }
  }
}

/** What an atom says of all values within ranges, where it says the same of all. */
function atomWithin(fields: readonly Field[], atom: Formula, ranges: Ranges): boolean | undefined {
  if (atom.kind === 'not') {
    const inner = atomWithin(fields, atom.part, ranges);
    return inner === undefined ? undefined : !inner;
  }
  if (atom.kind === 'constant') return atom.value;
  if (atom.kind === 'linear') return linearWithin(atom, ranges);
  if (atom.kind === 'present') return fields[atom.field]?.optional === true ? undefined : true;
  if (atom.kind !== 'member') return undefined;
  const [low, high] = ranges[atom.field] as readonly [number, number];
  const inside = atom.values.filter((value) => value >= low && value <= high).length;
  if (inside === 0) return false;
  return inside === high - low + 1 && fields[atom.field]?.optional !== true ? true : undefined;
}

/** Narrows ranges by one comparison, given the ranges of its other fields; false when nothing is left. */
function narrowLinear({ terms, is, bound }: LinearAtom, ranges: [number, number][]): boolean {
  const [least, most] = spanOf(terms, ranges);
  if (!Number.isFinite(least)) return true;
  for (const { field, coefficient } of terms) {
    if (coefficient === 0) continue;
    const range = ranges[field] as [number, number];
    const own = spanOf([{ of: 'value', field, coefficient }], ranges);
    const size = Math.abs(coefficient);
    const atMost = (limit: number): void => {
      // coefficient * x <= limit
      if (coefficient > 0) range[1] = Math.min(range[1], floorDivide(limit, size));
      else range[0] = Math.max(range[0], -floorDivide(limit, size));
    };
    const atLeast = (limit: number): void => {
      if (coefficient > 0) range[0] = Math.max(range[0], -floorDivide(-limit, size));
      else range[1] = Math.min(range[1], floorDivide(-limit, size));
    };
    const [before, after] = [bound - (least - own[0]), bound - (most - own[1])];
    if (is === 'le' || is === 'eq') atMost(before);
    if (is === 'lt') atMost(before - 1);
    if (is === 'ge' || is === 'eq') atLeast(after);
    if (is === 'gt') atLeast(after + 1);
    if (range[0] > range[1]) return false;
  }
  return true;
}

function narrowMember(
  field: FieldIndex,
  values: readonly number[],
  isIn: boolean,
  ranges: [number, number][],
): boolean {
  const range = ranges[field] as [number, number];
  while (range[0] <= range[1] && values.includes(range[0]) !== isIn) range[0] += 1;
  while (range[0] <= range[1] && values.includes(range[1]) !== isIn) range[1] -= 1;
  return range[0] <= range[1];
}

function isSingle(atom: Formula): boolean {
  if (atom.kind === 'linear') return mergeTerms(atom.terms).length === 1;
  return atom.kind === 'member' || (atom.kind === 'not' && atom.part.kind === 'member');
}

function narrowBy(atom: Formula, ranges: [number, number][], isOptional: (field: FieldIndex) => boolean): boolean {
  if (atom.kind === 'linear') return narrowLinear(atom, ranges);
  if (atom.kind === 'member') return narrowMember(atom.field, atom.values, true, ranges);
  if (atom.kind === 'not' && atom.part.kind === 'member' && !isOptional(atom.part.field))
    return narrowMember(atom.part.field, atom.part.values, false, ranges);
  return true;
}

/** A condition within ranges, without what holds there anyway, and the ranges within which it can hold. */
export interface Bounded {
  readonly formula: Formula;
  readonly ranges: Ranges;
}

const NOTHING: Bounded = { formula: FALSE, ranges: [] };

/**
 * Simplifies a condition, written by `pushed`, by what its fields can be: bounds propagation over its comparisons. Parts that
 * hold for all values of the ranges go away, and alternatives that hold for none.
 */
export function boundedBy(fields: readonly Field[], formula: Formula, outer: Ranges): Bounded {
  const isOptional = (field: FieldIndex): boolean => fields[field]?.optional === true;
  if (formula.kind === 'or') {
    const parts = formula.parts.map((part) => boundedBy(fields, part, outer));
    const open = parts.filter(({ formula: part }) => part.kind !== 'constant' || part.value);
    const [only] = open;
    if (only === undefined) return NOTHING;
    if (open.some((part) => part.formula.kind === 'constant')) return { formula: TRUE, ranges: outer };
    if (open.length === 1) return only;
    const hull = outer.map((_, field): readonly [number, number] => [
      Math.min(...open.map(({ ranges }) => ranges[field]?.[0] ?? 0)),
      Math.max(...open.map(({ ranges }) => ranges[field]?.[1] ?? 0)),
    ]);
    return { formula: { kind: 'or', parts: open.map((part) => part.formula) }, ranges: hull };
  }
  const conjuncts = formula.kind === 'and' ? formula.parts : [formula];
  const ranges = outer.map(([low, high]): [number, number] => [low, high]);
  const kept: Formula[] = [];
  for (const part of conjuncts) {
    if (part.kind === 'and' || part.kind === 'or') continue;
    const known = atomWithin(fields, part, outer);
    if (known === false) return NOTHING;
    if (known === true) continue;
    if (isSingle(part)) {
      if (!narrowBy(part, ranges, isOptional)) return NOTHING;
      kept.push(part);
    }
  }
  const single: Ranges = ranges.map(([low, high]) => [low, high]);
  const mixed: Formula[] = [];
  for (const part of conjuncts) {
    if (part.kind === 'and' || part.kind === 'or') {
      const inner = boundedBy(fields, part, single);
      if (inner.formula.kind === 'constant') {
        if (!inner.formula.value) return NOTHING;
        continue;
      }
      mixed.push(inner.formula);
      inner.ranges.forEach(([low, high], field) => {
        const range = ranges[field] as [number, number];
        range[0] = Math.max(range[0], low);
        range[1] = Math.min(range[1], high);
      });
      if (ranges.some(([low, high]) => low > high)) return NOTHING;
    } else if (!isSingle(part) && atomWithin(fields, part, outer) === undefined) {
      const known = atomWithin(fields, part, single);
      if (known === false) return NOTHING;
      if (known === undefined) mixed.push(part);
    }
  }
  for (let pass = 0; pass < 2; pass++)
    for (const part of [...kept, ...mixed]) if (!narrowBy(part, ranges, isOptional)) return NOTHING;
  const parts = [...kept, ...mixed];
  const [only] = parts;
  return { formula: only === undefined ? TRUE : parts.length === 1 ? only : { kind: 'and', parts }, ranges };
}

/** Whether a condition is known to hold nowhere. */
export function isNever({ formula }: Bounded): boolean {
  return formula.kind === 'constant' && !formula.value;
}

export function rangesMeet(a: Ranges, b: Ranges): boolean {
  return a.every(([low, high], field) => {
    const other = b[field];
    return other === undefined || (low <= other[1] && other[0] <= high);
  });
}
