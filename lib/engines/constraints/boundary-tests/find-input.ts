import { holds } from '../evaluate/holds.ts';
import type { Field, FieldIndex, Formula, Values } from '../model.ts';
import { compares } from '../normalise.ts';
import { bitCount, inDomain } from '../written-values.ts';

type Linear = Extract<Formula, { kind: 'linear' }>;

/** What is left of a field's domain on one way through a condition. */
interface Cell {
  readonly low: number;
  readonly high: number;
  readonly presence: 'open' | 'present' | 'absent';
  /** Of a set: elements that must be, and that must not be among its words. */
  readonly needed: number;
  readonly barred: number;
  /** Of an enum or a boolean, where only some values are left. */
  readonly values?: readonly number[];
}

interface Way {
  readonly cells: readonly Cell[];
  /** What more than one field decides: values are moved until it holds. */
  readonly sums: readonly { readonly atom: Linear; readonly wanted: boolean }[];
  /** Shared by all ways of one search. */
  readonly budget: { steps: number };
}

/** Parts of conditions that are looked at before the search gives up: work, never time. */
const STEPS = 20_000;
/** Ways whose values are tried. */
const WAYS = 200;
/** Rounds in which values are moved until all sums hold. */
const ROUNDS = 6;

const OPPOSITE = { lt: 'ge', le: 'gt', eq: 'ne', ne: 'eq', ge: 'lt', gt: 'le' } as const;

function startCell({ minimum, maximum, optional }: Field): Cell {
  return { low: minimum, high: maximum, presence: optional ? 'open' : 'present', needed: 0, barred: 0 };
}

/** The way with one field narrowed, unless nothing is left of it. */
function* narrowed(way: Way, field: FieldIndex, change: (cell: Cell) => Cell): Generator<Way> {
  const before = way.cells[field];
  if (before === undefined || before.presence === 'absent') return;
  const cell = change({ ...before, presence: 'present' });
  if (cell.low > cell.high || cell.values?.length === 0 || (cell.needed & cell.barred) !== 0) return;
  yield { ...way, cells: way.cells.with(field, cell) };
}

function* presence(way: Way, field: FieldIndex, wanted: boolean): Generator<Way> {
  const cell = way.cells[field];
  const becomes = wanted ? 'present' : 'absent';
  if (cell === undefined || (cell.presence !== 'open' && cell.presence !== becomes)) return;
  yield { ...way, cells: way.cells.with(field, { ...cell, presence: becomes }) };
}

function* members(way: Way, field: FieldIndex, values: readonly number[], wanted: boolean): Generator<Way> {
  yield* narrowed(way, field, (cell) => {
    const left = cell.values ?? Array.from({ length: cell.high - cell.low + 1 }, (_, n) => cell.low + n);
    return { ...cell, values: left.filter((value) => values.includes(value) === wanted) };
  });
}

function* elements(way: Way, atom: Extract<Formula, { kind: 'contains' }>, wanted: boolean): Generator<Way> {
  const { field, which, mask } = atom;
  const whole = (which === 'all') === wanted;
  const parts = whole ? [mask] : Array.from({ length: 30 }, (_, bit) => mask & (1 << bit)).filter((bit) => bit !== 0);
  for (const part of parts)
    yield* narrowed(way, field, (cell) =>
      wanted ? { ...cell, needed: cell.needed | part } : { ...cell, barred: cell.barred | part },
    );
}

function* compared(way: Way, atom: Linear, wanted: boolean): Generator<Way> {
  const [term, second] = atom.terms;
  if (term === undefined || second !== undefined || term.of === 'size' || Math.abs(term.coefficient) !== 1) {
    yield { ...way, sums: [...way.sums, { atom, wanted }] };
    return;
  }
  const is = wanted ? atom.is : OPPOSITE[atom.is];
  const bound = term.coefficient * atom.bound;
  const flipped = term.coefficient < 0;
  const side = (below: boolean, included: boolean) =>
    narrowed(way, term.field, (cell) =>
      below
        ? { ...cell, high: Math.min(cell.high, included ? bound : bound - 1) }
        : { ...cell, low: Math.max(cell.low, included ? bound : bound + 1) },
    );
  if (is === 'eq')
    yield* narrowed(way, term.field, (cell) => ({
      ...cell,
      low: Math.max(cell.low, bound),
      high: Math.min(cell.high, bound),
    }));
  else if (is === 'ne') {
    yield* side(true, false);
    yield* side(false, false);
  } else yield* side((is === 'lt' || is === 'le') !== flipped, is === 'le' || is === 'ge');
}

function* every(way: Way, parts: readonly Formula[], wanted: boolean, at = 0): Generator<Way> {
  const part = parts[at];
  if (part === undefined) yield way;
  else for (const next of ways(way, part, wanted)) yield* every(next, parts, wanted, at + 1);
}

/** Every way in which a condition can come to the wanted answer. */
function* ways(way: Way, formula: Formula, wanted: boolean): Generator<Way> {
  way.budget.steps -= 1;
  if (way.budget.steps < 0) return;
  switch (formula.kind) {
    case 'constant':
      if (formula.value === wanted) yield way;
      return;
    case 'not':
      yield* ways(way, formula.part, !wanted);
      return;
    case 'and':
    case 'or':
      if ((formula.kind === 'and') === wanted) yield* every(way, formula.parts, wanted);
      else for (const part of formula.parts) yield* ways(way, part, wanted);
      return;
    case 'present':
      yield* presence(way, formula.field, wanted);
      return;
    case 'member':
      yield* members(way, formula.field, formula.values, wanted);
      return;
    case 'contains':
      yield* elements(way, formula, wanted);
      return;
    case 'linear':
      yield* compared(way, formula, wanted);
      return;
    case 'opaque':
      // Nothing is known of it: whether it came out as wanted is seen in the end.
      yield way;
  }
}

function pick(field: Field, cell: Cell, from: 'low' | 'high', needed: boolean): number | undefined {
  if (cell.presence === 'absent' || (cell.presence === 'open' && !needed)) return undefined;
  if (field.type.kind === 'set') return cell.needed;
  if (cell.values !== undefined) return from === 'low' ? cell.values[0] : cell.values.at(-1);
  return from === 'low' ? cell.low : cell.high;
}

/** How far a value may move in a step towards a sum, and where to. */
function moved(field: Field, cell: Cell, value: number, by: number): number {
  if (field.type.kind === 'set' || cell.values !== undefined) return value;
  return Math.min(cell.high, Math.max(cell.low, value + by));
}

function withSize(field: Field, cell: Cell, value: number, by: number): number {
  let [mask, left] = [value, by];
  const words = field.type.kind === 'set' ? field.type.values.length : 0;
  for (let bit = 0; bit < words && left !== 0; bit += 1) {
    const one = 1 << bit;
    const has = (mask & one) !== 0;
    if (left > 0 && !has && (cell.barred & one) === 0) [mask, left] = [mask | one, left - 1];
    else if (left < 0 && has && (cell.needed & one) === 0) [mask, left] = [mask & ~one, left + 1];
  }
  return mask;
}

function sumOf({ terms }: Linear, values: Values): number {
  return terms.reduce(
    (sum, { of, field, coefficient }) =>
      sum + coefficient * (of === 'size' ? bitCount(values[field] ?? 0) : (values[field] ?? 0)),
    0,
  );
}

/** By how much a sum misses what is wanted of it. */
function miss(atom: Linear, wanted: boolean, sum: number): number {
  const is = wanted ? atom.is : OPPOSITE[atom.is];
  if (compares(sum, is, atom.bound)) return 0;
  if (is === 'lt') return atom.bound - 1 - sum;
  if (is === 'gt' || is === 'ne') return atom.bound + 1 - sum;
  return atom.bound - sum;
}

/** Moves values until the sums hold, or no more can be done. */
function settle(fields: readonly Field[], way: Way, values: (number | undefined)[]): void {
  for (let round = 0; round < ROUNDS; round += 1) {
    let still = true;
    for (const { atom, wanted } of way.sums) {
      // The largest steps first, so that the smallest ones can make up for what is left.
      const terms = atom.terms.toSorted((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient));
      for (const { of, field, coefficient } of terms) {
        const lacking = miss(atom, wanted, sumOf(atom, values));
        const [declared, cell, value] = [fields[field], way.cells[field], values[field]];
        if (lacking === 0 || declared === undefined || cell === undefined || value === undefined) continue;
        still = false;
        const isEqual = (wanted ? atom.is : OPPOSITE[atom.is]) === 'eq';
        const exact = lacking / coefficient;
        const by = isEqual ? Math.trunc(exact) : exact < 0 ? Math.floor(exact) : Math.ceil(exact);
        values[field] = of === 'size' ? withSize(declared, cell, value, by) : moved(declared, cell, value, by);
      }
    }
    if (still) return;
  }
}

/**
 * Looks for an input of the domains that a condition holds for: each way through its connectives in turn, each field at an end
 * of what the way leaves of it. Conditions about one field at a time are always met where they can be; sums of several fields
 * are met by moving values towards them, which may fail. What is returned was evaluated.
 */
export function findInput(fields: readonly Field[], formula: Formula): Values | undefined {
  const start: Way = { cells: fields.map(startCell), sums: [], budget: { steps: STEPS } };
  let tried = 0;
  for (const way of ways(start, formula, true)) {
    const summed = new Set(way.sums.flatMap(({ atom }) => atom.terms.map(({ field }) => field)));
    for (const from of ['low', 'high'] as const) {
      const values = fields.map((field, n) => {
        const cell = way.cells[n];
        return cell === undefined ? undefined : pick(field, cell, from, summed.has(n));
      });
      settle(fields, way, values);
      const inside = fields.every((field, n) => values[n] === undefined || inDomain(field, values[n]));
      if (inside && holds(formula, values)) return values;
    }
    tried += 1;
    if (tried >= WAYS) return undefined;
  }
  return undefined;
}
