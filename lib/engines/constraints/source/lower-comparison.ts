import type { Field, FieldIndex, Formula } from '../model.ts';
import { allOf, anyOf, contains, linear, negate, opaque, present } from '../normalise.ts';
import { compares, type Relation } from '../relations.ts';
import { nearest, writeValue } from '../written-values.ts';
import type { NumberValue, WordValue } from './lowered.ts';
import { alike, difference, pairs, type Report, reach } from './numbers.ts';

/** A formula together with the presence of the optional fields whose values it uses. */
export function guarded(formula: Formula, uses: Iterable<FieldIndex>, fields: readonly Field[]): Formula {
  const optional = [...uses].filter((field) => fields[field]?.optional === true);
  return optional.length === 0 ? formula : allOf([...optional.map(present), formula]);
}

function domainFault(one: NumberValue, other: NumberValue, fields: readonly Field[], report: Report): boolean {
  if (one.field === undefined || !other.literal) return false;
  if (other.low >= one.low && other.low <= one.high) return false;
  const field = fields[one.field];
  if (field === undefined) return false;
  const [minimum, maximum] = [writeValue(field.type, field.minimum), writeValue(field.type, field.maximum)];
  const message = `The value is outside of the domain of ${field.path}, so the comparison never varies.`;
  report('outside-domain', message, `Use a value from ${minimum} to ${maximum}, or widen the domain.`);
  return true;
}

/** Whether a comparison of two ranges comes out the same for all of their values. */
function isSettled(left: NumberValue, is: Relation, right: NumberValue): boolean {
  if (is === 'eq' || is === 'ne') {
    const apart = left.high < right.low || left.low > right.high;
    return apart || (left.low === left.high && right.low === right.high && left.low === right.low);
  }
  return compares(left.low, is, right.high) === compares(left.high, is, right.low);
}

/** Compares two numbers; `undefined` when they cannot be, or when the comparison would never vary. */
export function compareNumbers(
  first: NumberValue,
  is: Relation,
  second: NumberValue,
  fields: readonly Field[],
  report: Report,
  warn: Report,
): Formula | undefined {
  const same = alike(first, second, report);
  if (same === undefined) return undefined;
  const [left, right] = same;
  if (left.literal && right.literal) {
    return report('never-varies', 'Two constants are compared.', 'Compare a field of the request.');
  }
  if (domainFault(left, right, fields, report) || domainFault(right, left, fields, report)) return undefined;
  if (isSettled(left, is, right)) {
    warn('never-varies', 'The comparison comes out the same for every input.', 'Remove it, or correct the value.');
  }
  const pieces = pairs(left, right);
  if (pieces === undefined) {
    const needs = new Set([...left.needs, ...right.needs]);
    return guarded(opaque(left.expression, is, right.expression), needs, fields);
  }
  const parts: Formula[] = [];
  for (const [when, l, r] of pieces) {
    const sum = difference(l, r);
    if (reach(sum, fields) > Number.MAX_SAFE_INTEGER) {
      const mend = 'Narrow the domains of its fields, so that both sides together stay within 2^53 - 1.';
      return report('overflow', 'The two sides together can become too large to be exact.', mend);
    }
    const atom = linear(sum.terms, is, -sum.constant + 0);
    const uses = atom.kind === 'linear' ? atom.terms.map(({ field }) => field) : [];
    parts.push(allOf([when, guarded(atom, uses, fields)]));
  }
  return anyOf(parts);
}

/** Whether a literal word is declared on the other side; says so if not. */
export function checkWord(word: WordValue, declared: readonly string[], report: Report): boolean {
  if (word.declared !== undefined) return true;
  const unknown = word.choices.map(({ word: text }) => text).filter((text) => !declared.includes(text));
  for (const text of unknown) {
    const near = nearest(text, declared);
    const mend = near === undefined ? `Use one of: ${declared.join(', ')}.` : `Did you mean "${near}"?`;
    report('undeclared-value', `"${text}" is not among the declared values.`, mend);
  }
  return unknown.length === 0;
}

/** Two words are the same. */
export function equalWords(left: WordValue, right: WordValue, report: Report): Formula | undefined {
  if (left.declared !== undefined && !checkWord(right, left.declared, report)) return undefined;
  if (right.declared !== undefined && !checkWord(left, right.declared, report)) return undefined;
  const parts = left.choices.flatMap((l) =>
    right.choices.filter((r) => r.word === l.word).map((r) => allOf([l.when, r.when])),
  );
  if (parts.length === 0 && left.declared !== undefined && right.declared !== undefined && left.choices.length > 1) {
    return report('never-varies', 'The two sides have no value in common.', 'Compare fields that share values.');
  }
  return anyOf(parts);
}

/** Two truth values are the same. */
export function equalTruths(left: Formula, right: Formula, fields: readonly Field[]): Formula {
  return anyOf([allOf([left, right]), allOf([negate(left, fields), negate(right, fields)])]);
}

/** A word is among the elements of a set field. */
export function wordInSet(
  word: WordValue,
  field: FieldIndex,
  values: readonly string[],
  fields: readonly Field[],
): Formula {
  return anyOf(
    word.choices.map(({ when, word: text }) => {
      const index = values.indexOf(text);
      if (index < 0) return { kind: 'constant', value: false };
      return allOf([when, guarded(contains(field, 'any', 1 << index), [field], fields)]);
    }),
  );
}
