import { holds } from '../evaluate/holds.ts';
import type { Field, FieldIndex, Formula, LinearTerm, Values } from '../model.ts';
import { floorDivide, type LinearAtom, mergeTerms } from './linear.ts';
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

function replaceLinear(formula: LinearAtom, by: Replacement): Formula {
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

function valueOfSum({ terms, constant }: Sum, values: Values): number {
  return terms.reduce((sum, term) => sum + term.coefficient * magnitude(term, values[term.field]), constant);
}

/** A place on a field's line, and the quotient that it names, where coefficients do not divide. */
interface Place {
  readonly at: number;
  readonly sum: Sum;
  readonly quotient?: Quotient;
}

/** A helping integer: `dividend` divided by `divisor`, rounded down. */
export interface Quotient {
  readonly field: FieldIndex;
  readonly dividend: Sum;
  readonly divisor: number;
  readonly value: number;
}

/** The highest place at or below a field's value where some comparison changes its answer, as a sum of other fields. */
function highestBelow(
  field: FieldIndex,
  value: number,
  atoms: readonly LinearAtom[],
  current: Values,
  helper: FieldIndex,
  minimum: number,
): Place {
  let best: Place = { at: minimum, sum: { terms: [], constant: minimum } };
  for (const atom of atoms) {
    const own = atom.terms.find((term) => term.field === field);
    if (own === undefined || own.coefficient === 0) continue;
    const sign = Math.sign(own.coefficient);
    const divisor = Math.abs(own.coefficient);
    const terms = atom.terms
      .filter((term) => term.field !== field)
      .map((term) => ({ ...term, coefficient: -sign * term.coefficient }));
    const steps = atom.is === 'eq' || atom.is === 'ne' ? [0, 1] : [stepOf(atom.is, sign)];
    for (const step of steps) {
      // Above what is rounded down by one step, or at what is rounded up.
      const dividend = { terms, constant: sign * atom.bound + (step === 1 ? 0 : divisor - 1) };
      const quotient = floorDivide(valueOfSum(dividend, current), divisor);
      const at = quotient + step;
      if (at > value || at <= best.at) continue;
      if (terms.every(({ coefficient }) => coefficient % divisor === 0)) {
        const divided = terms.map((term) => ({ ...term, coefficient: term.coefficient / divisor }));
        best = { at, sum: { terms: divided, constant: floorDivide(dividend.constant, divisor) + step } };
      } else {
        const sum = { terms: [{ of: 'value' as const, field: helper, coefficient: 1 }], constant: step };
        best = { at, sum, quotient: { field: helper, dividend, divisor, value: quotient } };
      }
    }
  }
  return best;
}

/** What makes a quotient what it is: the remainder is not negative and below the divisor. */
function definitionOf({ field, dividend, divisor }: Quotient): Formula[] {
  const terms = [...dividend.terms, { of: 'value' as const, field, coefficient: -divisor }];
  return [
    { kind: 'linear', terms, is: 'ge', bound: -dividend.constant },
    { kind: 'linear', terms, is: 'le', bound: divisor - 1 - dividend.constant },
  ];
}

/** Terms as sums of facts and of helping integers, with what defines those. */
export interface Following {
  readonly by: Replacement;
  readonly definitions: readonly Formula[];
  readonly helpers: readonly { readonly field: FieldIndex; readonly value: number }[];
}

/** How far above the bound the comparison changes on the way down: x <= b changes between b and b + 1, x < b below b. */
function stepOf(is: LinearAtom['is'], sign: number): number {
  const closed = is === 'le' || is === 'gt';
  return closed === sign > 0 ? 1 : 0;
}

/**
 * Terms that follow the facts: each integer term that rules only compare becomes the highest bound below it, as a sum of
 * facts (Loos and Weispfenning's virtual substitution, along one model). Such terms answer many facts at once, so that
 * the search for facts without terms ends.
 */
export function following(
  fields: readonly Field[],
  termFields: readonly FieldIndex[],
  atoms: readonly LinearAtom[],
  compared: (field: FieldIndex) => boolean,
  values: Values,
  firstHelper: FieldIndex,
): Following {
  const current = [...values];
  const sums = new Map<FieldIndex, number | undefined | Sum>();
  const quotients: Quotient[] = [];
  let left = atoms;
  for (const field of termFields) {
    const value = current[field];
    const place =
      value === undefined || !compared(field)
        ? undefined
        : highestBelow(field, value, left, current, firstHelper + quotients.length, fields[field]?.minimum ?? 0);
    const chosen = place?.sum ?? value;
    sums.set(field, chosen);
    if (place !== undefined) current[field] = place.at;
    if (place?.quotient !== undefined) {
      quotients.push(place.quotient);
      current[place.quotient.field] = place.quotient.value;
    }
    // What is settled is put into the rest, so that each sum names only terms that come after it.
    const own: Replacement = new Map([[field, chosen]]);
    left = left.flatMap((atom) => {
      if (!atom.terms.some((term) => term.field === field)) return [atom];
      const next = replaceLinear(atom, own);
      return next.kind === 'linear' ? [next] : [];
    });
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
  // Terms that were settled later have moved what the earlier quotients divide: the last ones are known first.
  const settled = [...current];
  const helpers = quotients.toReversed().map(({ field, dividend, divisor }) => {
    const known = dividend.terms.reduce((sum, term) => {
      const inner = sums.get(term.field);
      const value = isSum(inner) ? valueOfSum(inner, settled) : magnitude(term, settled[term.field]);
      return sum + term.coefficient * value;
    }, dividend.constant);
    settled[field] = floorDivide(known, divisor);
    return { field, value: settled[field] };
  });
  return {
    by: sums,
    definitions: quotients.flatMap(definitionOf).map((formula) => replace(formula, sums)),
    helpers,
  };
}
