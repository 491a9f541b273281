import { describeFormula } from '../describe.ts';
import type { Field, Formula, LinearTerm, Values } from '../model.ts';
import { bitCount, inDomain, wordsOf, writeValue } from '../written-values.ts';
import { findInput } from './find-input.ts';

/** An input next to a bound of a condition, and what is special about it. */
export interface Neighbour {
  readonly values: Values;
  /** For people: `discount at 15 %`, `discount just above 15 %`. */
  readonly about: string;
}

type Linear = Extract<Formula, { kind: 'linear' }>;

/** The atoms of a condition that have a bound, each once. */
export function atomsWithBounds(formula: Formula): Formula[] {
  switch (formula.kind) {
    case 'and':
    case 'or':
      return formula.parts.flatMap(atomsWithBounds);
    case 'not':
      return atomsWithBounds(formula.part);
    case 'constant':
    case 'opaque':
      return [];
    default:
      return [formula];
  }
}

const PLACES = [
  [0, 'at'],
  [-1, 'just below'],
  [1, 'just above'],
] as const;

function sizeOf({ of, field, coefficient }: LinearTerm, values: Values): number {
  const value = values[field] ?? 0;
  return coefficient * (of === 'size' ? bitCount(value) : value);
}

/** The values with one term moved so that the sum comes to a target, where that stays within a domain. */
function movedTo(fields: readonly Field[], { terms }: Linear, values: Values, target: number): Values | undefined {
  const sum = terms.reduce((so, term) => so + sizeOf(term, values), 0);
  for (const { of, field, coefficient } of terms) {
    const value = values[field];
    const by = (target - sum) / coefficient;
    const declared = fields[field];
    if (of === 'size' || value === undefined || declared === undefined || !Number.isInteger(by)) continue;
    if (inDomain(declared, value + by)) return values.with(field, value + by);
  }
  return undefined;
}

function sums(fields: readonly Field[], atom: Linear, base: Values, context: Formula): Neighbour[] {
  const told = describeFormula({ ...atom, is: 'eq' }, fields).replace(' = ', ' PLACE ');
  return PLACES.flatMap(([by, place]) => {
    const target = atom.bound + by;
    const values =
      findInput(fields, { kind: 'and', parts: [{ ...atom, is: 'eq', bound: target }, context] }) ??
      movedTo(fields, atom, base, target);
    return values === undefined ? [] : [{ values, about: told.replace('PLACE', place) }];
  });
}

/** Words of an enum that are all looked at; of longer ones only those at the ends of what is meant, and beside them. */
const WORDS = 8;

function wordsBeside({ minimum, maximum }: Field, values: readonly number[]): number[] {
  const all = Array.from({ length: maximum - minimum + 1 }, (_, n) => minimum + n);
  if (all.length <= WORDS) return all;
  const [first = minimum, last = maximum] = [values[0], values.at(-1)];
  const others = all.filter((value) => !values.includes(value));
  const beside = [first - 1, last + 1].filter((value) => others.includes(value));
  return [...new Set([first, last, ...beside, ...others.slice(0, 1)])];
}

/** Of an enum: the values that are meant, and those beside them. */
function members(
  fields: readonly Field[],
  atom: Extract<Formula, { kind: 'member' }>,
  base: Values,
  context: Formula,
): Neighbour[] {
  const field = fields[atom.field];
  if (field === undefined) return [];
  return wordsBeside(field, atom.values).map((value) => ({
    values:
      findInput(fields, { kind: 'and', parts: [{ ...atom, values: [value] }, context] }) ??
      base.with(atom.field, value),
    about: `${field.path} is ${writeValue(field.type, value)}`,
  }));
}

/** Of a set: all the elements that are meant, all but one, and none. */
function elements(fields: readonly Field[], atom: Extract<Formula, { kind: 'contains' }>, base: Values): Neighbour[] {
  const field = fields[atom.field];
  if (field?.type.kind !== 'set') return [];
  const { values: words } = field.type;
  const others = (base[atom.field] ?? 0) & ~atom.mask;
  const one = atom.mask & -atom.mask;
  const chosen = new Set([others | atom.mask, others | one, others | (atom.mask & ~one), others, atom.mask, one, 0]);
  return [...chosen]
    .filter((value) => inDomain(field, value))
    .map((value) => {
      const holding = wordsOf(words, value);
      const about = `${field.path} holds ${holding.length === 0 ? 'nothing' : holding.join(', ')}`;
      return { values: base.with(atom.field, value), about };
    });
}

function given(fields: readonly Field[], index: number, base: Values): Neighbour[] {
  const field = fields[index];
  if (field === undefined) return [];
  const present = base[index] ?? field.minimum;
  return [
    { values: base.with(index, present), about: `${field.path} is given` },
    { values: base.with(index, undefined), about: `${field.path} is absent` },
  ];
}

/**
 * Inputs at a bound, just below and just above it.
 * @param base an input from which one step is taken where nothing better is found
 * @param context what should hold besides: that the rule applies, and that no other rule denies the input
 */
export function neighbours(fields: readonly Field[], atom: Formula, base: Values, context: Formula): Neighbour[] {
  switch (atom.kind) {
    case 'linear':
      return sums(fields, atom, base, context);
    case 'member':
      return members(fields, atom, base, context);
    case 'contains':
      return elements(fields, atom, base);
    case 'present':
      return given(fields, atom.field, base);
    default:
      return [];
  }
}
