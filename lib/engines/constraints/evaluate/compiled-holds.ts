import type { Formula, LinearTerm, Values } from '../model.ts';
import { compares } from '../relations.ts';
import { bitCount } from '../written-values.ts';
import { holds } from './holds.ts';

/** Says whether a condition holds for an input: what `holds` says, sooner. */
export type Condition = (values: Values) => boolean;

const known = new WeakMap<Formula, Condition>();

type Linear = Extract<Formula, { kind: 'linear' }>;

/** Most comparisons are of one or two fields' values: those need no loop. */
function sumOf(terms: readonly LinearTerm[]): (values: Values) => number {
  const [first, second] = terms;
  if (first !== undefined && terms.length <= 2 && terms.every(({ of }) => of === 'value')) {
    const { field: a, coefficient: x } = first;
    if (second === undefined) return (values) => x * (values[a] ?? Number.NaN);
    const { field: b, coefficient: y } = second;
    return (values) => x * (values[a] ?? Number.NaN) + y * (values[b] ?? Number.NaN);
  }
  return (values) => {
    let sum = 0;
    for (const { of, field, coefficient } of terms) {
      const value = values[field] ?? Number.NaN;
      sum += coefficient * (of === 'size' ? bitCount(value) : value);
    }
    return sum;
  };
}

function linear({ terms, is, bound }: Linear): Condition {
  const sum = sumOf(terms);
  switch (is) {
    case 'le':
      return (values) => sum(values) <= bound;
    case 'ge':
      return (values) => sum(values) >= bound;
    default:
      return (values) => compares(sum(values), is, bound);
  }
}

function compile(formula: Formula): Condition {
  switch (formula.kind) {
    case 'and': {
      const parts = formula.parts.map(conditionOf);
      return (values) => {
        for (const part of parts) if (!part(values)) return false;
        return true;
      };
    }
    case 'or': {
      const parts = formula.parts.map(conditionOf);
      return (values) => {
        for (const part of parts) if (part(values)) return true;
        return false;
      };
    }
    case 'not': {
      const part = conditionOf(formula.part);
      return (values) => !part(values);
    }
    case 'linear':
      return linear(formula);
    case 'member': {
      const { field } = formula;
      const [only, second] = formula.values;
      if (only !== undefined && second === undefined) return (values) => values[field] === only;
      return (values) => formula.values.includes(values[field] ?? Number.NaN);
    }
    default:
      return (values) => holds(formula, values);
  }
}

/** A condition as a function, made once for each formula: for questions that try one condition on many inputs. */
export function conditionOf(formula: Formula): Condition {
  const made = known.get(formula) ?? compile(formula);
  known.set(formula, made);
  return made;
}
