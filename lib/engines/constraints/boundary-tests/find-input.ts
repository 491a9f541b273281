import { holds } from '../evaluate/holds.ts';
import type { Field, Formula, Values } from '../model.ts';
import { compares } from '../relations.ts';
import { bitCount, inDomain } from '../written-values.ts';
import { type Cell, type Linear, OPPOSITE, type Way, waysToHold } from './ways.ts';

/** Ways whose values are tried. */
const WAYS = 200;
/** Rounds in which values are moved until all sums hold. */
const ROUNDS = 6;

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
  let tried = 0;
  for (const way of waysToHold(fields, formula)) {
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
