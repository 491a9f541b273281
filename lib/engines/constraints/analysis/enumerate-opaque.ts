import { holds } from '../evaluate/holds.ts';
import { usesOf } from '../formula-uses.ts';
import type { Field, FieldIndex, Formula } from '../model.ts';
import type { Meter } from './regions.ts';

/** An opaque condition is tried on so many inputs at most. */
const MOST_INPUTS = 4_096;

/** What comes of it may have so many alternatives at most: a remainder makes a hole for each of its periods. */
const MOST_PARTS = 256;

type Opaque = Extract<Formula, { kind: 'opaque' }>;

const TRUE: Formula = { kind: 'constant', value: true };
const FALSE: Formula = { kind: 'constant', value: false };

/** There are more alternatives than are wanted. */
class TooMany extends Error {}

/** Whether a part of a condition is beyond the analysable subset. */
export function hasOpaque(formula: Formula): boolean {
  switch (formula.kind) {
    case 'and':
    case 'or':
      for (const part of formula.parts) if (hasOpaque(part)) return true;
      return false;
    case 'not':
      return hasOpaque(formula.part);
    default:
      return formula.kind === 'opaque';
  }
}

function valuesOf({ minimum, maximum, optional }: Field): (number | undefined)[] {
  const values = Array.from({ length: maximum - minimum + 1 }, (_, at) => minimum + at);
  return optional ? [undefined, ...values] : values;
}

function sizeOf({ minimum, maximum, optional }: Field): number {
  return maximum - minimum + (optional ? 2 : 1);
}

/** Numbers in a row become one range. */
function runsOf(values: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === value - 1) last[1] = value;
    else runs.push([value, value]);
  }
  return runs;
}

/** The field has one of the values, which ascend; `undefined` among them stands for its absence. */
function oneOf(index: FieldIndex, field: Field, values: readonly (number | undefined)[]): Formula {
  if (values.length === sizeOf(field)) return TRUE;
  const present: Formula = { kind: 'present', field: index };
  const numbers = values.filter((value) => value !== undefined);
  const terms = [{ of: 'value' as const, field: index, coefficient: 1 }];
  const isWord = field.type.kind === 'enum' || field.type.kind === 'boolean';
  const among: Formula[] = isWord
    ? [{ kind: 'member', field: index, values: numbers }]
    : runsOf(numbers).map(([low, high]) => ({
        kind: 'and',
        parts: [
          { kind: 'linear', terms, is: 'ge', bound: low },
          { kind: 'linear', terms, is: 'le', bound: high },
        ],
      }));
  const given: Formula = { kind: 'or', parts: among };
  if (!field.optional) return given;
  const parts: Formula[] = numbers.length === 0 ? [] : [{ kind: 'and', parts: [present, given] }];
  return { kind: 'or', parts: numbers.length < values.length ? [...parts, { kind: 'not', part: present }] : parts };
}

/**
 * An opaque condition as alternatives over single fields, by trying it on each input that its fields can be; `undefined`
 * where there are too many. Fields by the size of their domains, the largest one last: there values fall into few ranges.
 */
function enumerated(opaque: Opaque, fields: readonly Field[], meter: Meter): Formula | undefined {
  const order = [...usesOf(opaque)].sort((a, b) => sizeOf(fields[a] as Field) - sizeOf(fields[b] as Field) || a - b);
  if (order.some((index) => fields[index]?.type.kind === 'set')) return undefined;
  const inputs = order.reduce((product, index) => product * sizeOf(fields[index] as Field), 1);
  if (inputs > Math.min(MOST_INPUTS, meter.limit)) return undefined;
  meter.spent += inputs;
  const values: (number | undefined)[] = [];
  let parts = 0;
  const from = (at: number): Formula => {
    const index = order[at];
    if (index === undefined) return holds(opaque, values) ? TRUE : FALSE;
    const field = fields[index] as Field;
    // Values that leave the same to the other fields belong together.
    const alike = new Map<string, { readonly values: (number | undefined)[]; readonly rest: Formula }>();
    for (const value of valuesOf(field)) {
      values[index] = value;
      const rest = from(at + 1);
      if (rest.kind === 'constant' && !rest.value) continue;
      const key = JSON.stringify(rest);
      const known = alike.get(key);
      if (known === undefined) alike.set(key, { values: [value], rest });
      else known.values.push(value);
    }
    const made = [...alike.values()].map(({ values: own, rest }): Formula => {
      parts += runsOf(own.filter((value) => value !== undefined)).length;
      const here = oneOf(index, field, own);
      if (rest.kind === 'constant') return here;
      return here.kind === 'constant' ? rest : { kind: 'and', parts: [here, rest] };
    });
    if (parts > MOST_PARTS * order.length) throw new TooMany();
    const [only] = made;
    if (only === undefined) return FALSE;
    return made.length === 1 ? only : { kind: 'or', parts: made };
  };
  try {
    return from(0);
  } catch (error) {
    if (error instanceof TooMany) return undefined;
    throw error;
  }
}

/**
 * Writes opaque conditions over few possible inputs as the analysable conditions that they are equal to, so that what depends
 * on them is found or excluded as everything else. Others stay as they are, and what depends on them is unknown. Each input
 * that is tried counts as a box.
 */
export function settleSmall(fields: readonly Field[], meter: Meter): (formula: Formula) => Formula {
  const known = new Map<Formula, Formula>();
  const settle = (formula: Formula): Formula => {
    switch (formula.kind) {
      case 'and':
      case 'or': {
        const parts = formula.parts.map(settle);
        return parts.every((part, at) => part === formula.parts[at]) ? formula : { kind: formula.kind, parts };
      }
      case 'not': {
        const part = settle(formula.part);
        return part === formula.part ? formula : { kind: 'not', part };
      }
      case 'opaque': {
        const settled = known.get(formula) ?? enumerated(formula, fields, meter) ?? formula;
        known.set(formula, settled);
        return settled;
      }
      default:
        return formula;
    }
  };
  return (formula) => (hasOpaque(formula) ? settle(formula) : formula);
}
