import type { Field, FieldIndex, Formula, LinearTerm } from '../model.ts';
import { floorDivide, type LinearAtom, mergeTerms } from './linear.ts';
import type { Replacement } from './partial.ts';
import { boundedBy, isNever, pushed, type Ranges, spanOf } from './solver-bounds.ts';
import { eachAtom } from './space.ts';

/** What a rule denies, written by `pushed`, and the ranges within which it can deny anything. */
export interface Bound {
  readonly position: number;
  readonly formula: Formula;
  readonly ranges: Ranges;
}

/** For each term that follows facts, how: a sum of facts, to which an offset comes that is still to be found. */
export type Slopes = ReadonlyMap<FieldIndex, readonly LinearTerm[]>;

const TRUE: Formula = { kind: 'constant', value: true };
const FALSE: Formula = { kind: 'constant', value: false };

/** What a family of rules wants of slopes: how a sum of terms moves with a sum of facts. */
interface Wish {
  readonly row: readonly number[];
  readonly isFloor: boolean;
  weight: number;
}

function greatestDivisor(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => {
    let [x, y] = [Math.abs(a), Math.abs(b)];
    while (y !== 0) [x, y] = [y, x % y];
    return x;
  }, 0);
}

function normal(row: readonly number[]): readonly number[] {
  const divisor = greatestDivisor(row);
  const sign = Math.sign(row.find((each) => each !== 0) ?? 1);
  return divisor === 0 ? row : row.map((each) => (each === 0 ? 0 : (sign * each) / divisor));
}

/** The slopes that most rules want: wishes are met by weight, as long as they do not contradict those met before. */
function solve(wishes: readonly Wish[], terms: number, units: number): number[][] {
  const rows: { readonly row: readonly number[]; readonly pivot: number }[] = [];
  for (const wish of wishes) {
    let row = wish.row;
    for (const { row: known, pivot } of rows) {
      const [own, theirs] = [row[pivot] as number, known[pivot] as number];
      if (own !== 0) row = normal(row.map((each, at) => each * theirs - (known[at] as number) * own));
    }
    const pivot = row.findIndex((each, at) => at < terms && each !== 0);
    if (pivot >= 0 && row.every(Number.isSafeInteger)) rows.push({ row, pivot });
    if (rows.length === terms) break;
  }
  const slopes = Array.from({ length: terms }, () => new Array<number>(units).fill(0));
  for (const { row, pivot } of rows.toReversed())
    for (let unit = 0; unit < units; unit++) {
      let right = -(row[terms + unit] as number);
      for (let term = 0; term < terms; term++)
        if (term !== pivot) right -= (row[term] as number) * ((slopes[term] as number[])[unit] as number);
      (slopes[pivot] as number[])[unit] = floorDivide(right, row[pivot] as number);
    }
  return slopes;
}

function byWeight(wishes: readonly Wish[]): Wish[] {
  return wishes.toSorted((a, b) => b.weight - a.weight || (a.row.join() < b.row.join() ? -1 : 1));
}

/**
 * What sums leave open, read off their coefficients: in x + 2 y >= a + 2 b, x may follow a and y follow b. Without it, x
 * would have to follow a + 2 b, and leave its domain.
 */
function pairsOf(wishes: readonly Wish[], terms: number): Wish[] {
  const pairs = new Map<string, Wish>();
  for (const { row, isFloor, weight } of wishes)
    for (let term = 0; term < terms; term++)
      for (let unit = terms; unit < row.length; unit++) {
        const [own, theirs] = [row[term] as number, row[unit] as number];
        if (own === 0 || theirs === 0 || theirs % own !== 0) continue;
        const pair = new Array<number>(row.length).fill(0);
        pair[term] = 1;
        pair[unit] = theirs / own;
        // Equal sizes with opposite signs are how a rule writes that one follows the other.
        const value = theirs === -own ? 1_000 * weight : weight;
        const known = pairs.get(pair.join()) ?? { row: pair, isFloor, weight: 0 };
        known.weight += value;
        pairs.set(pair.join(), known);
      }
  return [...pairs.values()];
}

function unitOf({ of, field }: LinearTerm): string {
  return `${of}:${field}`;
}

/**
 * Ways in which terms can follow facts, most promising first: as most rules want it, as most floors or most ceilings want
 * it, and not at all. A guess: whether terms that follow facts so satisfy the rules is proved afterwards.
 */
export function slopesFor(
  rules: readonly Bound[],
  followed: readonly FieldIndex[],
  isTerm: (f: number) => boolean,
): Slopes[] {
  const units: LinearTerm[] = [];
  const unitAt = new Map<string, number>();
  const found: { readonly terms: readonly LinearTerm[]; readonly isFloor: boolean; readonly isBoth: boolean }[] = [];
  for (const { formula } of rules)
    eachAtom(formula, (atom) => {
      if (atom.kind !== 'linear') return;
      const terms = mergeTerms(atom.terms);
      if (!terms.some(({ field }) => followed.includes(field))) return;
      if (terms.some(({ field }) => isTerm(field) && !followed.includes(field))) return;
      for (const term of terms)
        if (!isTerm(term.field) && !unitAt.has(unitOf(term))) {
          unitAt.set(unitOf(term), units.length);
          units.push({ ...term, coefficient: 1 });
        }
      // The atom says what is denied: to deny what is below a bound is to demand a floor.
      const sign = terms.find(({ field }) => isTerm(field))?.coefficient ?? 1;
      const isBelow = atom.is === 'lt' || atom.is === 'le';
      found.push({ terms, isFloor: isBelow === sign > 0, isBoth: atom.is === 'eq' || atom.is === 'ne' });
    });
  const wishes = new Map<string, Wish>();
  for (const { terms, isFloor, isBoth } of found) {
    const row = new Array<number>(followed.length + units.length).fill(0);
    for (const term of terms) {
      const at = isTerm(term.field)
        ? followed.indexOf(term.field)
        : followed.length + (unitAt.get(unitOf(term)) as number);
      row[at] = term.coefficient;
    }
    const same = normal(row);
    for (const side of isBoth ? [true, false] : [isFloor]) {
      const key = `${side}:${same.join()}`;
      const known = wishes.get(key) ?? { row: same, isFloor: side, weight: 0 };
      known.weight += 1;
      wishes.set(key, known);
    }
  }
  const ordered = byWeight([...wishes.values()]);
  const pairs = byWeight(pairsOf(ordered, followed.length));
  const ways = [
    [...ordered, ...pairs],
    [...ordered.filter(({ isFloor }) => isFloor), ...pairs],
    [...ordered.filter(({ isFloor }) => !isFloor), ...pairs],
    pairs,
    [],
  ];
  const unique = new Map<string, number[][]>();
  for (const way of ways) {
    const slopes = solve(way, followed.length, units.length);
    if (slopes.flat().every((each) => Math.abs(each) <= 1_000_000)) unique.set(JSON.stringify(slopes), slopes);
  }
  return [...unique.values()].map(
    (slopes) =>
      new Map(
        followed.map((field, at) => [
          field,
          units.flatMap((unit, index): LinearTerm[] => {
            const coefficient = slopes[at]?.[index] ?? 0;
            return coefficient === 0 ? [] : [{ ...unit, coefficient }];
          }),
        ]),
      ),
  );
}

/** The worst that facts can do to a demand: a comparison of offsets alone which, if it holds, makes the demand hold. */
function worst(atom: LinearAtom, slopes: Slopes, facts: Ranges, isTerm: (field: number) => boolean): Formula {
  if (atom.is === 'eq' || atom.is === 'ne') {
    const sides = atom.is === 'eq' ? (['le', 'ge'] as const) : (['lt', 'gt'] as const);
    const parts = sides.map((is) => worst({ ...atom, is }, slopes, facts, isTerm));
    return { kind: atom.is === 'eq' ? 'and' : 'or', parts };
  }
  const own = atom.terms.filter(({ field }) => isTerm(field));
  const moved = mergeTerms([
    ...atom.terms.filter(({ field }) => !isTerm(field)),
    ...own.flatMap(({ field, coefficient }) =>
      (slopes.get(field) ?? []).map((term) => ({ ...term, coefficient: term.coefficient * coefficient })),
    ),
  ]);
  const [least, most] = spanOf(moved, facts);
  const isCeiling = atom.is === 'le' || atom.is === 'lt';
  const bound = atom.bound - (isCeiling ? most : least) + (atom.is === 'lt' ? -1 : atom.is === 'gt' ? 1 : 0);
  if (!Number.isSafeInteger(bound)) return FALSE;
  const terms = mergeTerms(own);
  if (terms.length === 0) return (isCeiling ? 0 <= bound : 0 >= bound) ? TRUE : FALSE;
  return { kind: 'linear', terms, is: isCeiling ? 'le' : 'ge', bound };
}

/** What offsets must be so that a demand, written by `pushed`, holds for all facts within ranges. Stricter than needed. */
function robust(
  fields: readonly Field[],
  formula: Formula,
  slopes: Slopes,
  facts: Ranges,
  isTerm: (field: number) => boolean,
): Formula {
  switch (formula.kind) {
    case 'and':
    case 'or':
      return { kind: formula.kind, parts: formula.parts.map((part) => robust(fields, part, slopes, facts, isTerm)) };
    case 'linear':
      return worst(formula, slopes, facts, isTerm);
    case 'constant':
    case 'opaque':
      return formula;
    default: {
      const atom = formula.kind === 'not' ? formula.part : formula;
      if (!('field' in atom)) return FALSE;
      if (isTerm(atom.field)) return formula;
      const { formula: left } = boundedBy(fields, formula, facts);
      return left.kind === 'constant' && left.value ? TRUE : FALSE;
    }
  }
}

/** A demand on offsets, and the rule that makes it; none for what no rule owns. */
export interface Demand {
  readonly owner?: number;
  readonly formula: Formula;
}

/** All demands on offsets; of comparisons of the same sum only the strictest one stays. */
export function demandsOn(
  fields: readonly Field[],
  rules: readonly Bound[],
  reality: readonly Formula[],
  slopes: Slopes,
  focus: Ranges,
  isTerm: (field: number) => boolean,
): Demand[] {
  const domains = [...slopes.keys()].flatMap((field): Demand[] => {
    const terms = [{ of: 'value' as const, field, coefficient: 1 }];
    const { minimum, maximum } = fields[field] as Field;
    const within: Formula[] = [
      { kind: 'linear', terms, is: 'ge', bound: minimum },
      { kind: 'linear', terms, is: 'le', bound: maximum },
    ];
    return within.map((formula) => ({ formula: robust(fields, formula, slopes, focus, isTerm) }));
  });
  const real = reality.map((formula) => ({ formula: robust(fields, pushed(formula), slopes, focus, isTerm) }));
  const strictest = new Map<string, Demand & { readonly formula: LinearAtom }>();
  const others: Demand[] = [];
  for (const { position, formula, ranges } of rules) {
    // Followed terms are unbounded here, so only the facts' ranges count; those of terms are what must be found.
    const demand = robust(fields, pushed(formula, false), slopes, ranges, isTerm);
    for (const part of demand.kind === 'and' ? demand.parts : [demand]) {
      if (part.kind === 'constant' && part.value) continue;
      if (part.kind !== 'linear') {
        others.push({ owner: position, formula: part });
        continue;
      }
      const key = `${part.is}:${part.terms.map((term) => `${unitOf(term)}*${term.coefficient}`).join()}`;
      const known = strictest.get(key);
      const isStricter =
        known === undefined || (part.is === 'le' ? part.bound < known.formula.bound : part.bound > known.formula.bound);
      if (isStricter) strictest.set(key, { owner: position, formula: part });
    }
  }
  return [...domains, ...real, ...strictest.values(), ...others];
}

/** What rules still deny within a focus, once terms are replaced by how they follow facts. */
export function withinFocus(fields: readonly Field[], rules: readonly Bound[], focus: Ranges): Bound[] {
  return rules.flatMap(({ position, formula }): Bound[] => {
    const bounded = boundedBy(fields, formula, focus);
    return isNever(bounded) ? [] : [{ position, ...bounded }];
  });
}

/** Sums of facts with the offsets that were found, and plain values for the terms that follow nothing. */
export function strategyOf(
  slopes: Slopes,
  terms: readonly FieldIndex[],
  values: readonly (number | undefined)[],
): Replacement {
  return new Map(
    terms.map((field) => {
      const slope = slopes.get(field) ?? [];
      const offset = values[field];
      return [field, slope.length === 0 || offset === undefined ? offset : { terms: slope, constant: offset }];
    }),
  );
}
