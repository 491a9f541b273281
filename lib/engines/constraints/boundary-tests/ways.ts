import type { Field, FieldIndex, Formula } from '../model.ts';

export type Linear = Extract<Formula, { kind: 'linear' }>;

/** What is left of a field's domain on one way through a condition. */
export interface Cell {
  readonly low: number;
  readonly high: number;
  readonly presence: 'open' | 'present' | 'absent';
  /** Of a set: elements that must be, and that must not be among its words. */
  readonly needed: number;
  readonly barred: number;
  /** Of an enum or a boolean, where only some values are left. */
  readonly values?: readonly number[];
}

export interface Way {
  readonly cells: readonly Cell[];
  /** What more than one field decides: values are moved until it holds. */
  readonly sums: readonly { readonly atom: Linear; readonly wanted: boolean }[];
  /** Shared by all ways of one search. */
  readonly budget: { steps: number };
}

/** Parts of conditions that are looked at before the search gives up: work, never time. */
const STEPS = 20_000;

export const OPPOSITE = { lt: 'ge', le: 'gt', eq: 'ne', ne: 'eq', ge: 'lt', gt: 'le' } as const;

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

/** Every way in which a condition can hold, one after the other, until the work is spent. */
export function waysToHold(fields: readonly Field[], formula: Formula): Generator<Way> {
  return ways({ cells: fields.map(startCell), sums: [], budget: { steps: STEPS } }, formula, true);
}
