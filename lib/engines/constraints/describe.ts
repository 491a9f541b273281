import type { Expression, Field, FieldIndex, FieldKind, Formula, LinearTerm, Values } from './model.ts';
import type { Relation } from './relations.ts';
import { wordsOf, writeValue } from './written-values.ts';

const SIGNS: Readonly<Record<Relation, string>> = { lt: '<', le: '<=', eq: '=', ne: 'is not', ge: '>=', gt: '>' };
const OPERATORS = { add: '+', subtract: '-', multiply: 'x', divide: '/', remainder: '%' } as const;

function pathOf(fields: readonly Field[], index: FieldIndex): string {
  return fields[index]?.path ?? `field ${index}`;
}

/** How the bound of a sum is written: in the unit of its terms, where they have one. */
function boundKind(terms: readonly LinearTerm[], fields: readonly Field[]): FieldKind {
  const [first] = terms;
  const type = first?.of === 'value' ? fields[first.field]?.type : undefined;
  if (type === undefined) return { kind: 'integer' };
  // Only the value of one date is a date; differences of dates are days.
  if (type.kind === 'date' && (terms.length > 1 || first?.coefficient !== 1)) return { kind: 'integer', unit: 'days' };
  return type;
}

function describeTerm({ of, field, coefficient }: LinearTerm, first: boolean, fields: readonly Field[]): string {
  const name = of === 'size' ? `size(${pathOf(fields, field)})` : pathOf(fields, field);
  const size = Math.abs(coefficient);
  const sign = coefficient < 0 ? (first ? '-' : ' - ') : first ? '' : ' + ';
  return `${sign}${size === 1 ? '' : `${size} x `}${name}`;
}

function describeExpression(expression: Expression, fields: readonly Field[]): string {
  const inner = (of: Expression) => describeExpression(of, fields);
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'value':
      return pathOf(fields, expression.field);
    case 'size':
      return `size(${pathOf(fields, expression.field)})`;
    case 'negate':
      return `-(${inner(expression.of)})`;
    case 'choose':
      return `(${inner(expression.yes)} if ${describeFormula(expression.when, fields)}, else ${inner(expression.no)})`;
    case 'compare':
      return `${inner(expression.left)} ${SIGNS[expression.is]} ${inner(expression.right)}`;
    default:
      return `(${inner(expression.left)} ${OPERATORS[expression.kind]} ${inner(expression.right)})`;
  }
}

/**
 * A condition in people's words and units: `discount > 15 % and kind is discount or renewal`. Arithmetic beyond linear shows
 * the exact integers that it is computed with: minor units, basis points, seconds.
 */
export function describeFormula(formula: Formula, fields: readonly Field[]): string {
  switch (formula.kind) {
    case 'constant':
      return formula.value ? 'always' : 'never';
    case 'and':
    case 'or':
      return formula.parts
        .map((part) => {
          const text = describeFormula(part, fields);
          return part.kind === 'and' || part.kind === 'or' ? `(${text})` : text;
        })
        .join(` ${formula.kind} `);
    case 'not': {
      const { part } = formula;
      if (part.kind === 'present') return `${pathOf(fields, part.field)} is absent`;
      if (part.kind === 'contains') return describeContains(part, fields, 'lacks');
      return `not (${describeFormula(part, fields)})`;
    }
    case 'present':
      return `${pathOf(fields, formula.field)} is given`;
    case 'linear': {
      const sum = formula.terms.map((term, index) => describeTerm(term, index === 0, fields)).join('');
      return `${sum} ${SIGNS[formula.is]} ${writeValue(boundKind(formula.terms, fields), formula.bound)}`;
    }
    case 'member': {
      const type = fields[formula.field]?.type ?? { kind: 'integer' };
      const words = formula.values.map((value) => writeValue(type, value));
      return `${pathOf(fields, formula.field)} is ${words.length === 0 ? 'none of its values' : words.join(' or ')}`;
    }
    case 'contains':
      return describeContains(formula, fields, 'holds');
    case 'opaque':
      return describeExpression(formula.expression, fields);
  }
}

function describeContains(
  { field, which, mask }: Formula & { readonly kind: 'contains' },
  fields: readonly Field[],
  verb: 'holds' | 'lacks',
): string {
  const type = fields[field]?.type;
  const words = type?.kind === 'set' ? wordsOf(type.values, mask) : [];
  // Lacking any means lacking each of them, lacking all means lacking one.
  const joint = (which === 'any') === (verb === 'holds') ? ' or ' : ' and ';
  return `${pathOf(fields, field)} ${verb} ${words.join(joint)}`;
}

/** What some fields are in an input, in people's units: `discount is 12 %, margin is absent`. */
export function describeValues(uses: Iterable<FieldIndex>, values: Values, fields: readonly Field[]): string {
  return [...uses]
    .sort((a, b) => a - b)
    .map((index) => {
      const value = values[index];
      const type = fields[index]?.type;
      return `${pathOf(fields, index)} is ${value === undefined || type === undefined ? 'absent' : writeValue(type, value)}`;
    })
    .join(', ');
}
