import type { Field, FieldIndex, Formula, Values } from '../model.ts';
import { bitCount } from '../written-values.ts';
import type { Point } from './boxes.ts';
import { type Cells, cellsWhere, complementCells } from './cells.ts';
import { mergeTerms, rangesOf } from './linear.ts';

/** A set field with more states than this is cut into one axis an element, where nothing counts its elements. */
const MOST_STATES = 2_048;

/** One coordinate of the space of inputs, cut into cells that no condition tells apart any further. */
export interface Axis {
  readonly field: FieldIndex;
  readonly part: 'value' | 'states' | 'presence' | 'element';
  readonly term: boolean;
  readonly size: number;
  /** A value out of each cell: the smallest number, a bit mask; `undefined` where the field is absent. */
  readonly starts: readonly (number | undefined)[];
  /** Of a value axis: the cell in which an integer of the domain lies. */
  readonly cellOf?: (value: number) => number;
  readonly element?: number;
  /** Of a states axis: masks of elements that no condition tells apart. The lowest ones stand for the others. */
  readonly groups?: readonly number[];
}

export interface Space {
  readonly axes: readonly Axis[];
  readonly sizes: readonly number[];
  /** The axes of each field; `undefined` for a set field that cannot be cut into a reasonable number of cells. */
  readonly ofField: readonly (readonly number[] | undefined)[];
}

/** Visits each atom of a formula, also those inside of opaque parts' conditions. */
export function eachAtom(formula: Formula, visit: (atom: Formula) => void): void {
  if (formula.kind === 'and' || formula.kind === 'or') for (const part of formula.parts) eachAtom(part, visit);
  else if (formula.kind === 'not') eachAtom(formula.part, visit);
  else visit(formula);
}

function firstAtOrBelow(starts: readonly number[], value: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function valueAxis(
  field: FieldIndex,
  { minimum, maximum, optional, role, type }: Field,
  cuts: readonly number[],
): Axis {
  const every =
    type.kind === 'enum' || type.kind === 'boolean'
      ? Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index)
      : cuts.filter((cut) => cut > minimum && cut <= maximum);
  const lows = [...new Set([minimum, ...every])].sort((a, b) => a - b);
  const shift = optional ? 1 : 0;
  return {
    field,
    part: 'value',
    term: role === 'term',
    size: lows.length + shift,
    starts: optional ? [undefined, ...lows] : lows,
    cellOf: (value) => firstAtOrBelow(lows, value) + shift,
  };
}

/** Elements that no condition tells apart, as masks. */
function elementGroups(length: number, masks: readonly number[]): number[] {
  const groups = new Map<string, number>();
  for (let element = 0; element < length; element++) {
    const key = masks.map((mask) => (mask >> element) & 1).join('');
    groups.set(key, (groups.get(key) ?? 0) | (1 << element));
  }
  return [...groups.values()];
}

function lowestElements(group: number, count: number): number {
  let [rest, taken] = [group, 0];
  for (let i = 0; i < count; i++) {
    const lowest = rest & -rest;
    taken |= lowest;
    rest ^= lowest;
  }
  return taken;
}

interface Atoms {
  readonly cuts: number[];
  readonly masks: Set<number>;
  sized: boolean;
}

function setAxes(index: FieldIndex, field: Field, atoms: Atoms): Axis[] | undefined {
  const { type, optional } = field;
  if (type.kind !== 'set') return undefined;
  const term = field.role === 'term';
  const groups = elementGroups(type.values.length, [...atoms.masks]);
  const states = groups.reduce((product, group) => product * (bitCount(group) + 1), 1);
  if (states <= MOST_STATES) {
    let masks = [0];
    for (const group of groups)
      masks = masks.flatMap((mask) =>
        Array.from({ length: bitCount(group) + 1 }, (_, count) => mask | lowestElements(group, count)),
      );
    const starts = [
      ...(optional ? [undefined] : []),
      ...masks.filter((mask) => bitCount(mask) <= type.maximumSize).sort((a, b) => a - b),
    ];
    return [{ field: index, part: 'states', term, size: starts.length, starts, groups }];
  }
  if (atoms.sized || type.maximumSize < type.values.length) return undefined;
  return [
    ...(optional
      ? [{ field: index, part: 'presence' as const, term, size: 2, starts: [undefined, 0] as (number | undefined)[] }]
      : []),
    ...type.values.map((_, element) => ({
      field: index,
      part: 'element' as const,
      term,
      size: 2,
      starts: [0, 1 << element],
      element,
    })),
  ];
}

function gather(fields: readonly Field[], formulas: readonly Formula[]): Atoms[] {
  const atoms: Atoms[] = fields.map(() => ({ cuts: [], masks: new Set(), sized: false }));
  const cut = (field: FieldIndex, ranges: readonly (readonly [number, number])[]): void => {
    for (const [first, last] of ranges) atoms[field]?.cuts.push(first, last + 1);
  };
  for (const formula of formulas)
    eachAtom(formula, (atom) => {
      if (atom.kind === 'contains') atoms[atom.field]?.masks.add(atom.mask);
      else if (atom.kind === 'member')
        cut(
          atom.field,
          atom.values.map((value) => [value, value]),
        );
      else if (atom.kind === 'linear') {
        const terms = mergeTerms(atom.terms);
        const [term] = terms;
        for (const { of, field } of terms) {
          const own = atoms[field];
          if (of === 'size' && own !== undefined) own.sized = true;
        }
        const field = term === undefined ? undefined : fields[term.field];
        if (term === undefined || field === undefined || terms.length > 1 || term.of === 'size') return;
        cut(term.field, rangesOf(term.coefficient, atom.is, atom.bound, field.minimum, field.maximum));
      }
    });
  return atoms;
}

/** The space of the inputs of some fields, cut by all conditions that will be asked about. */
export function spaceOf(fields: readonly Field[], formulas: readonly Formula[]): Space {
  const atoms = gather(fields, formulas);
  const axes: Axis[] = [];
  const ofField: (readonly number[] | undefined)[] = fields.map((field, index) => {
    const own = atoms[index] as Atoms;
    const found = field.type.kind === 'set' ? setAxes(index, field, own) : [valueAxis(index, field, own.cuts)];
    if (found === undefined) return undefined;
    const first = axes.length;
    axes.push(...found);
    return found.map((_, position) => first + position);
  });
  return { axes, sizes: axes.map(({ size }) => size), ofField };
}

/** The input that a point stands for: the smallest values of its cells. */
export function inputAt(space: Space, fields: readonly Field[], point: Point): Values {
  return fields.map((field, index) => {
    const axes = space.ofField[index];
    // A field without axes is in no condition that was cut; its smallest value will do.
    if (axes === undefined) return field.optional ? undefined : field.minimum;
    let value = 0;
    for (const axis of axes) {
      const start = space.axes[axis]?.starts[point[axis] as number];
      if (start === undefined) return undefined;
      value += start;
    }
    return value;
  });
}

/** The element of a set field that stands for this one in all conditions. */
export function standIn(space: Space, field: FieldIndex, element: number): number {
  const [axis] = space.ofField[field] ?? [];
  const group = space.axes[axis ?? -1]?.groups?.find((mask) => ((mask >> element) & 1) === 1);
  return group === undefined ? element : Math.log2(group & -group);
}

/** Where an atom over one field holds, as cells of one axis; `undefined` when it is not of that shape. */
export function cellsOfAtom(
  space: Space,
  fields: readonly Field[],
  atom: Formula,
): { readonly axis: number; readonly cells: Cells } | undefined {
  if (atom.kind === 'present') {
    const [axis] = space.ofField[atom.field] ?? [];
    if (axis === undefined) return undefined;
    const { starts, size } = space.axes[axis] as Axis;
    return { axis, cells: starts[0] === undefined ? complementCells([0, 0], size) : [0, size - 1] };
  }
  if (atom.kind === 'member' || atom.kind === 'linear') {
    const terms =
      atom.kind === 'linear' ? mergeTerms(atom.terms) : [{ of: 'value', field: atom.field, coefficient: 1 }];
    const [term] = terms;
    if (term === undefined || terms.length > 1) return undefined;
    const [index] = space.ofField[term.field] ?? [];
    const field = fields[term.field];
    if (index === undefined || field === undefined) return undefined;
    const axis = space.axes[index] as Axis;
    if (term.of === 'size') {
      if (axis.part !== 'states' || atom.kind !== 'linear') return undefined;
      const sizes = rangesOf(term.coefficient, atom.is, atom.bound, 0, 30);
      return {
        axis: index,
        cells: cellsWhere(axis.size, (cell) => {
          const mask = axis.starts[cell];
          return mask !== undefined && sizes.some(([low, high]) => bitCount(mask) >= low && bitCount(mask) <= high);
        }),
      };
    }
    const cellOf = axis.cellOf;
    if (cellOf === undefined) return undefined;
    if (atom.kind === 'member') {
      const inside = new Set(atom.values.map(cellOf));
      return { axis: index, cells: cellsWhere(axis.size, (cell) => inside.has(cell)) };
    }
    const ranges = rangesOf(term.coefficient, atom.is, atom.bound, field.minimum, field.maximum);
    return { axis: index, cells: ranges.flatMap(([low, high]) => [cellOf(low), cellOf(high)]) };
  }
  if (atom.kind === 'contains') {
    const axes = space.ofField[atom.field];
    const [index] = axes ?? [];
    if (axes === undefined || index === undefined) return undefined;
    const axis = space.axes[index] as Axis;
    if (axis.part === 'states')
      return {
        axis: index,
        cells: cellsWhere(axis.size, (cell) => {
          const mask = axis.starts[cell];
          if (mask === undefined) return false;
          return atom.which === 'any' ? (mask & atom.mask) !== 0 : (mask & atom.mask) === atom.mask;
        }),
      };
    if (bitCount(atom.mask) !== 1) return undefined;
    const found = axes.find((each) => space.axes[each]?.element === Math.log2(atom.mask));
    return found === undefined ? undefined : { axis: found, cells: [1, 1] };
  }
  return undefined;
}

/** A `contains` of several elements, as single ones. */
export function splitContains(atom: Extract<Formula, { kind: 'contains' }>): Formula {
  const parts = Array.from({ length: 30 }, (_, element) => element)
    .filter((element) => ((atom.mask >> element) & 1) === 1)
    .map((element): Formula => ({ ...atom, which: 'all', mask: 1 << element }));
  return { kind: atom.which === 'any' ? 'or' : 'and', parts };
}
