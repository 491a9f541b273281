import type { Field, Formula } from '../model.ts';
import { type Box, boxWithin, intersectBoxes, slab, subtractBox, wholeSpace } from './boxes.ts';
import { type Cells, complementCells, intersectCells, isFull } from './cells.ts';
import { mergeTerms } from './linear.ts';
import { cellsOfAtom, type Space, splitContains } from './space.ts';

/** Counts the boxes that are made: all of them, and those since the question began. */
export interface Meter {
  spent: number;
  began: number;
  /** What one question may spend. */
  readonly limit: number;
}

/** The work that one question may spend is spent. Caught within the analysis, where it becomes an `Unknown`. */
export class MeterSpent extends Error {}

export function spend(meter: Meter, boxes: number): void {
  meter.spent += boxes;
  if (meter.spent - meter.began > meter.limit) throw new MeterSpent();
}

/** Asks one question with the whole limit for itself; `undefined` when that was not enough. */
export function within<T>(meter: Meter, question: () => T): T | undefined {
  meter.began = meter.spent;
  try {
    return question();
  } catch (error) {
    if (error instanceof MeterSpent) return undefined;
    throw error;
  }
}

/** Where a condition holds. `undefined`: not a union of boxes, because it compares fields with each other or is opaque. */
export type Region = readonly Box[] | undefined;

export interface Cutter {
  readonly space: Space;
  readonly fields: readonly Field[];
  readonly meter: Meter;
}

/** Boxes without those that lie in others. */
function tidy(boxes: readonly Box[]): readonly Box[] {
  if (boxes.length < 2 || boxes.length > 64) return boxes;
  return boxes.filter(
    (box, index) =>
      !boxes.some((other, at) => at !== index && boxWithin(box, other) && (at < index || !boxWithin(other, box))),
  );
}

export function intersectRegions(a: readonly Box[], b: readonly Box[], meter: Meter): readonly Box[] {
  const found: Box[] = [];
  for (const x of a)
    for (const y of b) {
      const both = intersectBoxes(x, y);
      if (both !== undefined) found.push(both);
    }
  spend(meter, found.length);
  return tidy(found);
}

/** What is left of a region without another. */
export function subtractRegion(from: readonly Box[], other: readonly Box[], cutter: Cutter): readonly Box[] {
  let rest = from;
  for (const box of other) {
    const next: Box[] = [];
    for (const each of rest) next.push(...subtractBox(each, box, cutter.space.sizes));
    if (next.length !== rest.length) spend(cutter.meter, next.length);
    rest = next;
    if (rest.length === 0) return rest;
  }
  return rest;
}

function atomRegion(atom: Formula, isTrue: boolean, cutter: Cutter): Region {
  const { space, fields } = cutter;
  const cut = cellsOfAtom(space, fields, atom);
  if (cut !== undefined) {
    const { axis, cells } = cut;
    const wanted = isTrue ? cells : complementCells(cells, space.sizes[axis] as number);
    return slab(space.axes.length, axis, wanted, space.sizes);
  }
  if (atom.kind === 'contains' && space.ofField[atom.field] !== undefined)
    return region(splitContains(atom), isTrue, cutter);
  if (atom.kind === 'linear' && mergeTerms(atom.terms).length === 0)
    return region({ kind: 'constant', value: zeroCompares(atom) }, isTrue, cutter);
  return undefined;
}

/** What an atom without terms says: 0 compared with its bound. */
export function zeroCompares({ is, bound }: Extract<Formula, { kind: 'linear' }>): boolean {
  if (bound === 0) return is === 'eq' || is === 'le' || is === 'ge';
  return is === 'ne' || (bound > 0 ? is === 'lt' || is === 'le' : is === 'gt' || is === 'ge');
}

/** A region where an atom over one axis holds as well, or where it does not. */
function narrowed(
  boxes: readonly Box[],
  { axis, cells }: { readonly axis: number; readonly cells: Cells },
  isTrue: boolean,
  { space, meter }: Cutter,
): readonly Box[] {
  const size = space.sizes[axis] as number;
  const wanted = isTrue ? cells : complementCells(cells, size);
  if (wanted.length === 0) return [];
  const isAll = isFull(wanted, size);
  const found: Box[] = [];
  for (const box of boxes) {
    const own = box[axis];
    const both = isAll ? own : own === undefined ? wanted : intersectCells(own, wanted);
    if (both?.length === 0) continue;
    const narrow = [...box];
    narrow[axis] = both;
    found.push(narrow);
  }
  spend(meter, found.length);
  return tidy(found);
}

function isComposite(formula: Formula): boolean {
  return formula.kind === 'and' || formula.kind === 'or';
}

function conjunction(parts: readonly Formula[], isTrue: boolean, cutter: Cutter): Region {
  // What builds goes first, what takes away afterwards: rows of a table that exclude the rows before them stay few boxes.
  let found: readonly Box[] = [wholeSpace(cutter.space.axes.length)];
  const takeAway: Formula[] = [];
  for (const part of parts) {
    const inner = part.kind === 'not' ? part.part : part;
    const positive = (part.kind !== 'not') === isTrue;
    if (!positive && isComposite(inner)) {
      takeAway.push(inner);
      continue;
    }
    const cut = cellsOfAtom(cutter.space, cutter.fields, inner);
    if (cut !== undefined) {
      found = narrowed(found, cut, positive, cutter);
      continue;
    }
    const boxes = region(inner, positive, cutter);
    if (boxes === undefined) return undefined;
    found = intersectRegions(found, boxes, cutter.meter);
  }
  for (const inner of takeAway) {
    const boxes = region(inner, true, cutter);
    if (boxes === undefined) return undefined;
    found = subtractRegion(found, boxes, cutter);
  }
  return found;
}

/**
 * The boxes where a formula is true, or where it is false.
 * @throws MeterSpent when it takes more boxes than the meter allows.
 */
export function region(formula: Formula, isTrue: boolean, cutter: Cutter): Region {
  const axes = cutter.space.axes.length;
  switch (formula.kind) {
    case 'constant':
      return formula.value === isTrue ? [wholeSpace(axes)] : [];
    case 'not':
      return region(formula.part, !isTrue, cutter);
    case 'and':
    case 'or': {
      if ((formula.kind === 'and') === isTrue) return conjunction(formula.parts, isTrue, cutter);
      const found: Box[] = [];
      for (const part of formula.parts) {
        const boxes = region(part, isTrue, cutter);
        if (boxes === undefined) return undefined;
        found.push(...boxes);
      }
      spend(cutter.meter, found.length);
      return tidy(found);
    }
    default:
      return atomRegion(formula, isTrue, cutter);
  }
}
