import type { Field, FieldIndex, Formula, LinearTerm, Values } from '../model.ts';
import { holds } from './holds.ts';
import { mergeTerms } from './linear.ts';
import { zeroCompares } from './regions.ts';

/** A field's value as a sum of other fields and a constant. */
export interface Sum {
  readonly terms: readonly LinearTerm[];
  readonly constant: number;
}

/** What fields are replaced by: a value, absence, or a sum. Fields that are not in it stay. */
export type Replacement = ReadonlyMap<FieldIndex, number | undefined | Sum>;

const TRUE: Formula = { kind: 'constant', value: true };
const FALSE: Formula = { kind: 'constant', value: false };

function isSum(value: number | undefined | Sum): value is Sum {
  return typeof value === 'object';
}

function single(field: FieldIndex, value: number | undefined): Values {
  const values: (number | undefined)[] = [];
  values[field] = value;
  return values;
}

/** A condition with some fields replaced, simplified. Opaque parts stay as they are. */
export function replace(formula: Formula, by: Replacement): Formula {
  switch (formula.kind) {
    case 'constant':
    case 'opaque':
      return formula;
    case 'not': {
      const part = replace(formula.part, by);
      if (part.kind === 'constant') return part.value ? FALSE : TRUE;
      return { kind: 'not', part };
    }
    case 'and':
    case 'or': {
      const settling = formula.kind === 'or';
      const parts: Formula[] = [];
      for (const each of formula.parts) {
        const part = replace(each, by);
        if (part.kind !== 'constant') parts.push(part);
        else if (part.value === settling) return part;
      }
      const [only] = parts;
      if (only === undefined) return settling ? FALSE : TRUE;
      return parts.length === 1 ? only : { kind: formula.kind, parts };
    }
    case 'linear':
      return replaceLinear(formula, by);
    default: {
      if (!by.has(formula.field)) return formula;
      const value = by.get(formula.field);
      if (isSum(value)) {
        if (formula.kind === 'present') return TRUE;
        throw new RangeError('A sum stands only for a field that is compared.');
      }
      return holds(formula, single(formula.field, value)) ? TRUE : FALSE;
    }
  }
}

function replaceLinear(formula: Extract<Formula, { kind: 'linear' }>, by: Replacement): Formula {
  if (!formula.terms.some(({ field }) => by.has(field))) return formula;
  const terms: LinearTerm[] = [];
  let bound = formula.bound;
  for (const term of formula.terms) {
    if (!by.has(term.field)) {
      terms.push(term);
      continue;
    }
    const value = by.get(term.field);
    if (isSum(value)) {
      bound -= term.coefficient * value.constant;
      for (const inner of value.terms) terms.push({ ...inner, coefficient: inner.coefficient * term.coefficient });
    } else {
      bound -= term.coefficient * magnitude(term, value);
    }
  }
  const merged = mergeTerms(terms);
  const left = { ...formula, terms: merged, bound };
  if (merged.length > 0) return left;
  return zeroCompares(left) ? TRUE : FALSE;
}

function magnitude({ of }: LinearTerm, value: number | undefined): number {
  if (value === undefined) return 0;
  if (of === 'value') return value;
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** A condition in which opaque parts are what makes it hold most often (`most`), or least often. */
export function settleOpaque(formula: Formula, most: boolean): Formula {
  switch (formula.kind) {
    case 'opaque':
      return most ? TRUE : FALSE;
    case 'not':
      return { kind: 'not', part: settleOpaque(formula.part, !most) };
    case 'and':
    case 'or':
      return { kind: formula.kind, parts: formula.parts.map((part) => settleOpaque(part, most)) };
    default:
      return formula;
  }
}

/** The fields that a condition looks at. */
export function fieldsIn(formula: Formula, found: Set<FieldIndex> = new Set()): Set<FieldIndex> {
  if (formula.kind === 'and' || formula.kind === 'or') for (const part of formula.parts) fieldsIn(part, found);
  else if (formula.kind === 'not') fieldsIn(formula.part, found);
  else if (formula.kind === 'linear') for (const { field } of formula.terms) found.add(field);
  else if ('field' in formula) found.add(formula.field);
  return found;
}

/**
 * Terms that follow the facts: each integer term that rules only compare becomes the highest bound below it, as a sum of
 * facts (Loos and Weispfenning's virtual substitution, along one model). Such terms answer many facts at once, so that
 * the search for facts without terms ends.
 */
export function following(
  fields: readonly Field[],
  termFields: readonly FieldIndex[],
  atoms: readonly Extract<Formula, { kind: 'linear' }>[],
  compared: (field: FieldIndex) => boolean,
  values: Values,
): Replacement {
  const current = [...values];
  const sums = new Map<FieldIndex, number | undefined | Sum>();
  for (const field of termFields) {
    const value = current[field];
    if (value === undefined || !compared(field)) {
      sums.set(field, value);
      continue;
    }
    const lowest = fields[field]?.minimum ?? 0;
    let best: { at: number; sum: Sum | undefined } = { at: lowest, sum: undefined };
    for (const atom of atoms) {
      const own = atom.terms.find((term) => term.field === field);
      if (own === undefined || Math.abs(own.coefficient) !== 1) continue;
      const sign = own.coefficient;
      const others = atom.terms.filter((term) => term.field !== field);
      const at = others.reduce(
        (sum, term) => sum - sign * term.coefficient * magnitude(term, current[term.field]),
        sign * atom.bound,
      );
      const flips = sign < 0;
      // Where the comparison changes its answer on the way down.
      const steps =
        atom.is === 'eq' || atom.is === 'ne' ? [0, 1] : (atom.is === 'le' || atom.is === 'gt') !== flips ? [1] : [0];
      for (const step of steps)
        if (at + step <= value && at + step > best.at)
          best = {
            at: at + step,
            sum: {
              terms: others.map((term) => ({ ...term, coefficient: -sign * term.coefficient })),
              constant: sign * atom.bound + step,
            },
          };
    }
    current[field] = best.at;
    sums.set(field, best.sum ?? best.at);
  }
  // Sums may name terms that were settled after them: put those in, last first.
  for (const field of termFields.toReversed()) {
    const sum = sums.get(field);
    if (!isSum(sum)) continue;
    let [constant, terms] = [sum.constant, [] as LinearTerm[]];
    for (const term of sum.terms) {
      const inner = sums.get(term.field);
      if (!sums.has(term.field)) terms.push(term);
      else if (isSum(inner)) {
        constant += term.coefficient * inner.constant;
        terms = [
          ...terms,
          ...inner.terms.map((each) => ({ ...each, coefficient: each.coefficient * term.coefficient })),
        ];
      } else constant += term.coefficient * magnitude(term, inner);
    }
    sums.set(field, { constant, terms: mergeTerms(terms) });
  }
  return sums;
}
