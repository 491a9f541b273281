import type { Known } from '../constraints/evaluate/specialise.ts';
import type { ConstraintSet } from '../constraints/model.ts';
import { type Conversion, convert } from './comparison.ts';
import { type Facts, type FieldId, isMoney } from './fields.ts';

/** A field of the constraint set: which fact it holds, and how. */
export interface MatrixField {
  readonly fact: FieldId;
  /** For a field that says whether a set of words meets a list: the list. */
  readonly meets?: readonly string[];
}

/** The rules of an approval matrix as the constraints engine decides and proves them. */
export interface Matrix {
  readonly set: ConstraintSet;
  /** By the position of the set's fields. */
  readonly fields: readonly MatrixField[];
  /** Integers that stand for one minor unit of money: with 2, an amount between two minor units has an integer of its own. */
  readonly moneyScale: 1 | 2;
}

function wordsIn(value: Facts[FieldId]): readonly string[] {
  return typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
}

/** Any word that a field does not declare. */
export const OTHER = '*';

/**
 * The integer of a field for the facts of a request; `undefined` where the field cannot hold the fact: an amount without a
 * conversion, a word that is not declared, a number outside of the domain.
 */
function integerOf(
  matrix: Matrix,
  index: number,
  facts: Facts,
  conversions: readonly Conversion[],
): number | undefined {
  const field = matrix.set.fields[index];
  const source = matrix.fields[index];
  if (field === undefined || source === undefined) return undefined;
  const fact = facts[source.fact];
  const { type, minimum, maximum } = field;
  const within = (value: number): number | undefined => (value >= minimum && value <= maximum ? value : undefined);
  switch (type.kind) {
    case 'boolean':
      return wordsIn(fact).some((word) => source.meets?.includes(word)) ? 1 : 0;
    case 'enum': {
      const declared = type.values.indexOf(String(fact));
      const at = declared < 0 ? type.values.indexOf(OTHER) : declared;
      return at < 0 ? undefined : at;
    }
    case 'set': {
      const words = wordsIn(fact);
      return type.values.reduce((mask, word, bit) => (words.includes(word) ? mask | (1 << bit) : mask), 0);
    }
    case 'money': {
      const amount = isMoney(fact) ? convert(fact, type.currency, conversions) : undefined;
      if (amount === undefined) return undefined;
      const { whole, isExact } = amount;
      if (matrix.moneyScale === 2) return within(2 * whole + (isExact ? 0 : 1));
      return within(isExact ? whole : whole + 1);
    }
    default:
      return typeof fact === 'number' ? within(fact) : undefined;
  }
}

/** What is known of a request, by field; fields that cannot hold its fact are missing. */
export function knownOf(matrix: Matrix, facts: Facts, conversions: readonly Conversion[]): Known {
  const known = new Map<number, number>();
  for (let index = 0; index < matrix.fields.length; index += 1) {
    const value = integerOf(matrix, index, facts, conversions);
    if (value !== undefined) known.set(index, value);
  }
  return known;
}
