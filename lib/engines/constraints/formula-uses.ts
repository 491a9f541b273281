import type { Expression, FieldIndex, Formula } from './model.ts';

function addExpression(expression: Expression, into: Set<FieldIndex>): void {
  switch (expression.kind) {
    case 'number':
      return;
    case 'value':
    case 'size':
      into.add(expression.field);
      return;
    case 'negate':
      addExpression(expression.of, into);
      return;
    case 'choose':
      addFormula(expression.when, into);
      addExpression(expression.yes, into);
      addExpression(expression.no, into);
      return;
    default:
      addExpression(expression.left, into);
      addExpression(expression.right, into);
  }
}

function addFormula(formula: Formula, into: Set<FieldIndex>): void {
  switch (formula.kind) {
    case 'constant':
      return;
    case 'and':
    case 'or':
      for (const part of formula.parts) addFormula(part, into);
      return;
    case 'not':
      addFormula(formula.part, into);
      return;
    case 'linear':
      for (const { field } of formula.terms) into.add(field);
      return;
    case 'opaque':
      addExpression(formula.expression, into);
      return;
    default:
      into.add(formula.field);
  }
}

/** The fields that a formula looks at. */
export function usesOf(formula: Formula): ReadonlySet<FieldIndex> {
  const into = new Set<FieldIndex>();
  addFormula(formula, into);
  return into;
}
