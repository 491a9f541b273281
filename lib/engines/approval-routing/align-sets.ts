import { InvalidInput } from '../../core/errors.ts';
import type { ConstraintSet, Expression, Field, FieldKind, Formula, Rule } from '../constraints/model.ts';
import { allOf, anyOf, contains, linear } from '../constraints/normalise.ts';

/** A field's position and words in the common fields. */
interface Place {
  readonly index: number;
  /** For words: the position of each in the common field. */
  readonly words: readonly number[];
}

const wordsOf = (type: FieldKind): readonly string[] =>
  type.kind === 'enum' || type.kind === 'set' ? type.values : [];

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...a, ...b.filter((word) => !a.includes(word))];
}

function refuse(path: string, message: string): never {
  const mend = 'Declare the field as the rules in force have it.';
  throw new InvalidInput('The rules cannot be compared with those in force.', [
    { pointer: `/fields/${path}`, code: 'not-comparable', message, mend },
  ]);
}

function merged(a: Field, b: Field): Field {
  const { path } = a;
  if (a.type.kind !== b.type.kind) refuse(path, `The field "${path}" is ${a.type.kind} here and ${b.type.kind} there.`);
  if (a.type.kind === 'money' && b.type.kind === 'money' && a.type.currency !== b.type.currency)
    refuse(path, `The field "${path}" counts ${a.type.currency} here and ${b.type.currency} there.`);
  const values = union(wordsOf(a.type), wordsOf(b.type));
  const base = { ...a, optional: a.optional || b.optional };
  if (a.type.kind === 'enum')
    return { ...base, type: { kind: 'enum', values }, minimum: 0, maximum: values.length - 1 };
  if (a.type.kind === 'set') {
    if (values.length > 30) refuse(path, `The field "${path}" would have more than 30 words.`);
    return {
      ...base,
      type: { kind: 'set', values, maximumSize: values.length },
      minimum: 0,
      maximum: 2 ** values.length - 1,
    };
  }
  return { ...base, minimum: Math.min(a.minimum, b.minimum), maximum: Math.max(a.maximum, b.maximum) };
}

function expressionAt(expression: Expression, places: readonly Place[]): Expression {
  const at = (of: Expression) => expressionAt(of, places);
  switch (expression.kind) {
    case 'number':
      return expression;
    case 'value':
    case 'size':
      return { ...expression, field: places[expression.field]?.index ?? expression.field };
    case 'negate':
      return { ...expression, of: at(expression.of) };
    case 'choose':
      return {
        ...expression,
        when: formulaAt(expression.when, places),
        yes: at(expression.yes),
        no: at(expression.no),
      };
    default:
      return { ...expression, left: at(expression.left), right: at(expression.right) };
  }
}

function formulaAt(formula: Formula, places: readonly Place[]): Formula {
  const place = (field: number): Place => places[field] ?? { index: field, words: [] };
  switch (formula.kind) {
    case 'constant':
      return formula;
    case 'and':
      return allOf(formula.parts.map((part) => formulaAt(part, places)));
    case 'or':
      return anyOf(formula.parts.map((part) => formulaAt(part, places)));
    case 'not':
      return { kind: 'not', part: formulaAt(formula.part, places) };
    case 'present':
      return { kind: 'present', field: place(formula.field).index };
    case 'linear':
      return linear(
        formula.terms.map((term) => ({ ...term, field: place(term.field).index })),
        formula.is,
        formula.bound,
      );
    case 'member': {
      const { index, words } = place(formula.field);
      const values = formula.values.map((value) => words[value] ?? value).sort((a, b) => a - b);
      return { kind: 'member', field: index, values };
    }
    case 'contains': {
      const { index, words } = place(formula.field);
      const mask = words.reduce((so, to, from) => (((formula.mask >> from) & 1) === 1 ? so | (1 << to) : so), 0);
      return contains(index, formula.which, mask);
    }
    case 'opaque':
      return { kind: 'opaque', expression: expressionAt(formula.expression, places) };
  }
}

function ruleAt(rule: Rule, places: readonly Place[]): Rule {
  const { effect } = rule;
  const when = formulaAt(rule.when, places);
  if (effect.kind === 'require')
    return { ...rule, when, effect: { ...effect, condition: formulaAt(effect.condition, places) } };
  if (effect.kind === 'default')
    return { ...rule, when, effect: { ...effect, field: places[effect.field]?.index ?? effect.field } };
  return { ...rule, when };
}

function withFields(set: ConstraintSet, fields: readonly Field[]): ConstraintSet {
  const places = set.fields.map(({ path, type }): Place => {
    const index = fields.findIndex((field) => field.path === path);
    const common = fields[index];
    const words = common === undefined ? [] : wordsOf(type).map((word) => wordsOf(common.type).indexOf(word));
    return { index, words };
  });
  return { ...set, fields, rules: set.rules.map((rule) => ruleAt(rule, places)), tables: [] };
}

/**
 * Two sets over the same fields: those of both, with the words and the domains of both. Tables are left out; their rows are rules.
 * @throws InvalidInput when a field is of another kind, or counts another currency.
 */
export function alignSets(
  before: ConstraintSet,
  after: ConstraintSet,
): { readonly before: ConstraintSet; readonly after: ConstraintSet } {
  const shared = after.fields.map((field) => {
    const other = before.fields.find(({ path }) => path === field.path);
    return other === undefined ? field : merged(field, other);
  });
  const fields = [...shared, ...before.fields.filter(({ path }) => !after.fields.some((field) => field.path === path))];
  return { before: withFields(before, fields), after: withFields(after, fields) };
}
