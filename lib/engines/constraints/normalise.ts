import type { Expression, Field, FieldIndex, Formula, LinearTerm } from './model.ts';
import { compares, MIRRORED, NEGATED, type Relation } from './relations.ts';

export const TRUE: Formula = { kind: 'constant', value: true };
export const FALSE: Formula = { kind: 'constant', value: false };

const keys = new WeakMap<Formula, string>();

/** A text that two formulas share only when they are the same; what the canonical order is by. */
export function keyOf(formula: Formula): string {
  const known = keys.get(formula);
  if (known !== undefined) return known;
  const key = makeKey(formula);
  keys.set(formula, key);
  return key;
}

function makeKey(formula: Formula): string {
  switch (formula.kind) {
    case 'constant':
      return formula.value ? '0true' : '0false';
    case 'present':
      return `1present ${formula.field}`;
    case 'member':
      return `3member ${formula.field} ${formula.values.join()}`;
    case 'contains':
      return `4contains ${formula.field} ${formula.which} ${formula.mask}`;
    case 'linear':
      return `5linear ${formula.terms.map((t) => `${t.of} ${t.field} ${t.coefficient}`).join('+')} ${formula.is} ${formula.bound}`;
    case 'opaque':
      return `6opaque ${JSON.stringify(formula.expression)}`;
    case 'not':
      return formula.part.kind === 'present' ? `2absent ${formula.part.field}` : `7not(${keyOf(formula.part)})`;
    case 'and':
    case 'or':
      return `8${formula.kind}(${formula.parts.map(keyOf).join(';')})`;
  }
}

function byKey(a: Formula, b: Formula): number {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The field whose presence or absence a formula states, and which of the two. */
function presence(formula: Formula): { readonly field: FieldIndex; readonly there: boolean } | undefined {
  if (formula.kind === 'present') return { field: formula.field, there: true };
  if (formula.kind === 'not' && formula.part.kind === 'present') return { field: formula.part.field, there: false };
  return undefined;
}

/** The set field and mask of "has none of them" (`any`) or "lacks one of them" (`all`). */
function lacking(
  formula: Formula,
  which: 'any' | 'all',
): { readonly field: FieldIndex; readonly mask: number } | undefined {
  if (formula.kind !== 'not' || formula.part.kind !== 'contains') return undefined;
  const { part } = formula;
  return part.which === which || isSingle(part.mask) ? part : undefined;
}

function addBits(masks: Map<FieldIndex, number>, { field, mask }: { field: FieldIndex; mask: number }): void {
  masks.set(field, (masks.get(field) ?? 0) | mask);
}

/** Parts of a conjunction that are one statement about one field become one. */
function mergeAll(parts: readonly Formula[]): Formula[] {
  const members = new Map<FieldIndex, readonly number[]>();
  const masks = new Map<FieldIndex, number>();
  const lacks = new Map<FieldIndex, number>();
  const rest: Formula[] = [];
  for (const part of parts) {
    if (part.kind === 'member') {
      const before = members.get(part.field);
      members.set(part.field, before === undefined ? part.values : before.filter((v) => part.values.includes(v)));
    } else if (part.kind === 'contains' && (part.which === 'all' || isSingle(part.mask))) addBits(masks, part);
    else {
      const none = lacking(part, 'any');
      if (none === undefined) rest.push(part);
      else addBits(lacks, none);
    }
  }
  for (const [field, mask] of lacks) rest.push({ kind: 'not', part: contains(field, 'any', mask) });
  for (const [field, values] of members) rest.push({ kind: 'member', field, values });
  for (const [field, mask] of masks) rest.push(contains(field, 'all', mask));
  return rest;
}

/** Parts of a disjunction that are one statement about one field become one. */
function mergeAny(parts: readonly Formula[]): Formula[] {
  const members = new Map<FieldIndex, Set<number>>();
  const masks = new Map<FieldIndex, number>();
  const lacks = new Map<FieldIndex, number>();
  const rest: Formula[] = [];
  for (const part of parts) {
    if (part.kind === 'member') {
      members.set(part.field, new Set([...(members.get(part.field) ?? []), ...part.values]));
    } else if (part.kind === 'contains' && part.which === 'any') addBits(masks, part);
    else {
      const some = lacking(part, 'all');
      if (some === undefined) rest.push(part);
      else addBits(lacks, some);
    }
  }
  for (const [field, mask] of lacks) rest.push({ kind: 'not', part: contains(field, 'all', mask) });
  for (const [field, values] of members)
    rest.push({ kind: 'member', field, values: [...values].sort((a, b) => a - b) });
  for (const [field, mask] of masks) rest.push(contains(field, 'any', mask));
  return rest;
}

function isSingle(mask: number): boolean {
  return (mask & (mask - 1)) === 0;
}

/** A set field holds any, or all, of a mask's elements. */
export function contains(field: FieldIndex, which: 'any' | 'all', mask: number): Formula {
  if (mask === 0) return which === 'all' ? TRUE : FALSE;
  return { kind: 'contains', field, which: isSingle(mask) ? 'any' : which, mask };
}

/**
 * Joins parts canonically: flat, merged, each once, in a fixed order, presence before all else (so that whatever uses an
 * optional field's value still stands behind the test of its presence, within each `and` and `or` of its own).
 */
function join(kind: 'and' | 'or', given: readonly Formula[]): Formula {
  const neutral = kind === 'and';
  const known = new Map<FieldIndex, boolean>();
  const rest: Formula[] = [];
  // What is still to be looked at, last first.
  const open = [...given].reverse();
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.kind === 'constant') {
      if (part.value !== neutral) return part;
    } else if (part.kind === kind) open.push(...[...part.parts].reverse());
    else {
      const stated = presence(part);
      if (stated === undefined) {
        const seen = assumeAll(part, known, neutral);
        if (seen === part) rest.push(part);
        else open.push(seen);
      } else {
        const before = known.get(stated.field);
        if (before !== undefined && before !== stated.there) return neutral ? FALSE : TRUE;
        if (before === undefined) {
          known.set(stated.field, stated.there);
          // The parts before it may speak of the same presence.
          open.push(...rest.splice(0).reverse());
        }
      }
    }
  }
  const stated: Formula[] = [...known].map(([field, there]) => (there ? present(field) : absent(field)));
  const merged = neutral ? mergeAll(rest) : mergeAny(rest);
  const unique = new Map([...stated, ...merged].map((part) => [keyOf(part), part]));
  const parts = [...unique.values()].sort(byKey);
  const [only] = parts;
  if (only === undefined) return neutral ? TRUE : FALSE;
  return parts.length === 1 ? only : { kind, parts };
}

/** The formula where presences are known: as stated within a conjunction, the opposite within a disjunction. */
function assumeAll(formula: Formula, known: ReadonlyMap<FieldIndex, boolean>, asStated: boolean): Formula {
  if (known.size === 0) return formula;
  return substitute(formula, (part) => {
    if (part.kind !== 'present') return undefined;
    const there = known.get(part.field);
    if (there === undefined) return undefined;
    return there === asStated ? TRUE : FALSE;
  });
}

/** Replaces atoms; the very same formula comes back when nothing was replaced. */
export function substitute(formula: Formula, replace: (atom: Formula) => Formula | undefined): Formula {
  switch (formula.kind) {
    case 'and':
    case 'or': {
      const parts = formula.parts.map((part) => substitute(part, replace));
      return parts.every((part, index) => part === formula.parts[index]) ? formula : join(formula.kind, parts);
    }
    case 'not': {
      const part = substitute(formula.part, replace);
      if (part === formula.part) return formula;
      return part.kind === 'constant' ? (part.value ? FALSE : TRUE) : { kind: 'not', part };
    }
    default:
      return replace(formula) ?? formula;
  }
}

/** Every part holds. */
export function allOf(parts: readonly Formula[]): Formula {
  return join('and', parts);
}

/** Some part holds. */
export function anyOf(parts: readonly Formula[]): Formula {
  return join('or', parts);
}

/** The optional field is there. */
export function present(field: FieldIndex): Formula {
  return { kind: 'present', field };
}

/** The optional field is not there. */
export function absent(field: FieldIndex): Formula {
  return { kind: 'not', part: present(field) };
}

/** How many values a field of words can have. */
export function wordCount(field: Field | undefined): number {
  if (field?.type.kind === 'enum') return field.type.values.length;
  return 2;
}

/** The opposite, with the negation pushed to the atoms; only presence and `contains` keep a `not`. */
export function negate(formula: Formula, fields: readonly Field[]): Formula {
  switch (formula.kind) {
    case 'constant':
      return formula.value ? FALSE : TRUE;
    case 'not':
      return formula.part;
    case 'and':
      return anyOf(formula.parts.map((part) => negate(part, fields)));
    case 'or':
      return allOf(formula.parts.map((part) => negate(part, fields)));
    case 'linear':
      return { ...formula, is: NEGATED[formula.is] };
    case 'member': {
      const all = Array.from({ length: wordCount(fields[formula.field]) }, (_, index) => index);
      return { ...formula, values: all.filter((value) => !formula.values.includes(value)) };
    }
    case 'opaque': {
      const { expression } = formula;
      if (expression.kind !== 'compare') return { kind: 'not', part: formula };
      return { kind: 'opaque', expression: { ...expression, is: NEGATED[expression.is] } };
    }
    default:
      return { kind: 'not', part: formula };
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}

/**
 * A comparison of a sum with a bound in its canonical form: terms by field, coefficients without a common divisor, the first
 * one positive.
 */
export function linear(given: readonly LinearTerm[], is: Relation, bound: number): Formula {
  const sums = new Map<string, LinearTerm>();
  for (const term of given) {
    const key = `${String(term.field).padStart(6, '0')} ${term.of}`;
    const coefficient = (sums.get(key)?.coefficient ?? 0) + term.coefficient;
    sums.set(key, { of: term.of, field: term.field, coefficient });
  }
  const terms = [...sums]
    .filter(([, term]) => term.coefficient !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, term]) => term);
  const [first] = terms;
  if (first === undefined) return compares(0, is, bound) ? TRUE : FALSE;
  const divisor = terms.reduce((so, term) => gcd(so, term.coefficient), 0) * Math.sign(first.coefficient);
  const relation = divisor < 0 ? MIRRORED[is] : is;
  const reduced = terms.map((term) => ({ ...term, coefficient: term.coefficient / divisor }));
  if (bound % divisor === 0) return { kind: 'linear', terms: reduced, is: relation, bound: bound / divisor + 0 };
  switch (relation) {
    case 'eq':
      return FALSE;
    case 'ne':
      return TRUE;
    case 'lt':
    case 'le':
      return { kind: 'linear', terms: reduced, is: 'le', bound: Math.floor(bound / divisor) + 0 };
    case 'gt':
    case 'ge':
      return { kind: 'linear', terms: reduced, is: 'ge', bound: Math.ceil(bound / divisor) + 0 };
  }
}

/** A comparison that is beyond linear. */
export function opaque(left: Expression, is: Relation, right: Expression): Formula {
  return { kind: 'opaque', expression: { kind: 'compare', is, left, right } };
}
