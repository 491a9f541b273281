import type { Expression, Formula, Values } from '../model.ts';
import { compares } from '../relations.ts';
import { bitCount } from '../written-values.ts';

/** The value of an expression; the model's bounds make every step exact. */
export function numberOf(expression: Expression, values: Values): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'value':
      return values[expression.field] ?? Number.NaN;
    case 'size':
      return bitCount(values[expression.field] ?? 0);
    case 'negate':
      return -numberOf(expression.of, values);
    case 'choose':
      return numberOf(holds(expression.when, values) ? expression.yes : expression.no, values);
    default: {
      const left = numberOf(expression.left, values);
      const right = numberOf(expression.right, values);
      switch (expression.kind) {
        case 'add':
          return left + right;
        case 'subtract':
          return left - right;
        case 'multiply':
          return left * right;
        case 'divide':
          // The quotient itself might be rounded up to a whole number; what is left of the remainder divides exactly.
          return (left - (left % right)) / right;
        case 'remainder':
          return left % right;
        case 'compare':
          return compares(left, expression.is, right) ? 1 : 0;
      }
    }
  }
}

/** Whether a condition holds for an input. */
export function holds(formula: Formula, values: Values): boolean {
  switch (formula.kind) {
    case 'constant':
      return formula.value;
    case 'and':
      for (const part of formula.parts) if (!holds(part, values)) return false;
      return true;
    case 'or':
      for (const part of formula.parts) if (holds(part, values)) return true;
      return false;
    case 'not':
      return !holds(formula.part, values);
    case 'present':
      return values[formula.field] !== undefined;
    case 'linear': {
      let sum = 0;
      for (const { of, field, coefficient } of formula.terms) {
        const value = values[field] ?? Number.NaN;
        sum += coefficient * (of === 'size' ? bitCount(value) : value);
      }
      return compares(sum, formula.is, formula.bound);
    }
    case 'member':
      return formula.values.includes(values[formula.field] ?? Number.NaN);
    case 'contains': {
      const common = (values[formula.field] ?? 0) & formula.mask;
      return formula.which === 'any' ? common !== 0 : common === formula.mask;
    }
    case 'opaque':
      return numberOf(formula.expression, values) !== 0;
  }
}
