import type { Expression, Formula, Values } from '../model.ts';
import { compareNumbers } from './linear.ts';

/** The number of elements of a set value. */
export function sizeOf(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}

function resultOf(expression: Expression, values: Values): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'value':
      return values[expression.field] ?? 0;
    case 'size':
      return sizeOf(values[expression.field] ?? 0);
    case 'negate':
      return -resultOf(expression.of, values);
    case 'choose':
      return resultOf(holds(expression.when, values) ? expression.yes : expression.no, values);
    case 'compare':
      return compareNumbers(expression.is, resultOf(expression.left, values), resultOf(expression.right, values))
        ? 1
        : 0;
    default: {
      const [left, right] = [resultOf(expression.left, values), resultOf(expression.right, values)];
      switch (expression.kind) {
        case 'add':
          return left + right;
        case 'subtract':
          return left - right;
        case 'multiply':
          return left * right;
        case 'divide':
          return Math.trunc(left / right);
        case 'remainder':
          return left % right;
      }
    }
  }
}

/**
 * Whether a condition holds for an input, read off the formula and nothing else: no cells, no solver. Analyses use it to try
 * candidates; what is reported is confirmed by the evaluator that the caller passes in.
 */
export function holds(formula: Formula, values: Values): boolean {
  switch (formula.kind) {
    case 'constant':
      return formula.value;
    case 'and':
      return formula.parts.every((part) => holds(part, values));
    case 'or':
      return formula.parts.some((part) => holds(part, values));
    case 'not':
      return !holds(formula.part, values);
    case 'present':
      return values[formula.field] !== undefined;
    case 'member':
      return values[formula.field] !== undefined && formula.values.includes(values[formula.field] as number);
    case 'contains': {
      const value = values[formula.field] ?? 0;
      // Sets hold at most 30 elements, so 32-bit operators are exact.
      return formula.which === 'any' ? (value & formula.mask) !== 0 : (value & formula.mask) === formula.mask;
    }
    case 'linear': {
      let sum = 0;
      for (const { of, field, coefficient } of formula.terms) {
        const value = values[field] ?? 0;
        sum += coefficient * (of === 'size' ? sizeOf(value) : value);
      }
      return compareNumbers(formula.is, sum, formula.bound);
    }
    case 'opaque':
      return resultOf(formula.expression, values) !== 0;
  }
}
