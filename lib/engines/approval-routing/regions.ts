import type { Rule } from './approval-policy.ts';
import type { Comparison } from './comparison.ts';
import { type FieldId, fieldOf, formatValue, isMoney } from './fields.ts';
import { sortedUnique } from './order.ts';

/**
 * One axis of the space of requests, cut into cells on which every comparison of the policy is constant: segments of whole
 * numbers between thresholds, words, or whether a set meets a list.
 */
interface Axis {
  readonly field: FieldId;
  /** For a number the segments' first values, ascending; for a word the words, `*` for any other; for a set, yes and no. */
  readonly cells: readonly (number | string)[];
  readonly currency?: string;
}

/** A part of the space: on each axis that it names, the indexes of the cells it covers. */
export type Region = ReadonlyMap<string, ReadonlySet<number>>;

/** The space that a policy's rules speak about. */
export type Space = ReadonlyMap<string, Axis>;

const OTHER = '*';

function wordsOf({ expected }: Comparison): readonly string[] {
  return typeof expected === 'string' ? [expected] : Array.isArray(expected) ? expected : [];
}

/** Amounts in different currencies, and sets against different lists, are axes of their own. */
function axisKey(comparison: Comparison): string {
  const { field, expected } = comparison;
  if (isMoney(expected)) return `${field}@${expected.currency}`;
  return fieldOf(field).type === 'texts' ? `${field} in ${wordsOf(comparison).join(', ')}` : field;
}

function cutsOf({ is, expected }: Comparison): number[] {
  const value = isMoney(expected) ? expected.minorUnits : Number(expected);
  if (is === 'lte' || is === 'gt') return [value + 1];
  if (is === 'lt' || is === 'gte') return [value];
  return [value, value + 1];
}

function axisOf(comparisons: readonly Comparison[]): Axis {
  const [first] = comparisons;
  if (first === undefined) throw new RangeError('An axis needs a comparison.');
  const { field, expected } = first;
  const { type, words, least = 0, most = Number.MAX_SAFE_INTEGER } = fieldOf(field);
  if (type === 'texts') return { field, cells: ['yes', 'no'] };
  if (type === 'text') {
    return { field, cells: words ?? [...sortedUnique(comparisons.flatMap(wordsOf)), OTHER] };
  }
  const cuts = comparisons.flatMap(cutsOf).filter((cut) => cut > least && cut <= most);
  const cells = [...new Set([least, ...cuts])].sort((a, b) => a - b);
  return { field, cells, ...(isMoney(expected) ? { currency: expected.currency } : {}) };
}

/** The space spanned by all comparisons of some rules. */
export function spaceOf(rules: readonly Rule[]): Space {
  const groups = new Map<string, Comparison[]>();
  for (const comparison of rules.flatMap(({ all, any }) => [...all, ...any])) {
    const key = axisKey(comparison);
    groups.set(key, [...(groups.get(key) ?? []), comparison]);
  }
  return new Map([...groups].map(([key, comparisons]) => [key, axisOf(comparisons)]));
}

function holdsOn(cell: number | string, comparison: Comparison): boolean {
  const { is, expected } = comparison;
  if (typeof cell === 'string') {
    if (cell === 'yes' || cell === 'no') return (cell === 'yes') === (is === 'in');
    return wordsOf(comparison).includes(cell) === (is === 'eq' || is === 'in');
  }
  const value = isMoney(expected) ? expected.minorUnits : Number(expected);
  switch (is) {
    case 'eq':
      return cell === value;
    case 'ne':
      return cell !== value;
    case 'lt':
      return cell < value;
    case 'lte':
      return cell <= value;
    case 'gt':
      return cell > value;
    default:
      return cell >= value;
  }
}

/** The region where all comparisons hold; `undefined` when there is none. */
function regionOf(comparisons: readonly Comparison[], space: Space): Region | undefined {
  const region = new Map<string, ReadonlySet<number>>();
  for (const comparison of comparisons) {
    const key = axisKey(comparison);
    const cells = space.get(key)?.cells ?? [];
    const before = region.get(key);
    const covered = cells.flatMap((cell, index) =>
      (before === undefined || before.has(index)) && holdsOn(cell, comparison) ? [index] : [],
    );
    if (covered.length === 0) return undefined;
    // An axis that is covered whole says nothing.
    if (covered.length < cells.length) region.set(key, new Set(covered));
  }
  return region;
}

/** The regions where a rule fires: one for each of its `any` conditions that can hold. */
export function regionsOf({ all, any }: Rule, space: Space): Region[] {
  const branches = any.length === 0 ? [all] : any.map((each) => [...all, each]);
  return branches.flatMap((branch) => regionOf(branch, space) ?? []);
}

/** Whether one region lies within another. */
export function isWithin(inner: Region, outer: Region): boolean {
  return [...outer].every(([key, cells]) => {
    const own = inner.get(key);
    return own !== undefined && [...own].every((cell) => cells.has(cell));
  });
}

/** What is left of a region without another, as disjoint regions. */
export function subtract(region: Region, other: Region, space: Space): Region[] {
  const parts: Region[] = [];
  const rest = new Map(region);
  for (const [key, cells] of other) {
    const own = rest.get(key) ?? new Set((space.get(key)?.cells ?? []).keys());
    const outside = new Set([...own].filter((cell) => !cells.has(cell)));
    if (outside.size === own.size) return [region];
    if (outside.size > 0) parts.push(new Map(rest).set(key, outside));
    rest.set(key, new Set([...own].filter((cell) => cells.has(cell))));
  }
  return parts;
}

/** The least and the greatest value that a region allows on the axis of a field, where it says something. */
export function boundsOn(
  region: Region,
  field: FieldId,
  space: Space,
): readonly [least: number, most: number] | undefined {
  const cells = region.get(field);
  const axis = space.get(field);
  if (cells === undefined || axis === undefined) return undefined;
  const indexes = [...cells].sort((a, b) => a - b);
  const least = axis.cells[indexes[0] ?? 0];
  const next = axis.cells[(indexes.at(-1) ?? 0) + 1];
  if (typeof least !== 'number') return undefined;
  return [least, typeof next === 'number' ? next - 1 : (fieldOf(field).most ?? Number.MAX_SAFE_INTEGER)];
}

/** One request of a region, in words: a value for every axis that the region restricts. */
export function exampleOf(region: Region, space: Space): string {
  return [...region]
    .map(([key, cells]) => {
      const axis = space.get(key);
      const cell = axis?.cells[Math.min(...cells)];
      if (axis === undefined || cell === undefined) return key;
      const { label } = fieldOf(axis.field);
      if (cell === 'yes' || cell === 'no')
        return `${label} ${cell === 'yes' ? 'with' : 'without'} any of ${key.split(' in ')[1] ?? ''}`;
      if (typeof cell === 'number' && axis.currency !== undefined)
        return `${label} ${formatValue(axis.field, { currency: axis.currency, minorUnits: cell })}`;
      return `${label} ${cell === OTHER ? 'any other' : formatValue(axis.field, cell)}`;
    })
    .join(', ');
}
