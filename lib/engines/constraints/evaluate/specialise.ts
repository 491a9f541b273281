import type { ConstraintSet, DecisionTable, Expression, FieldIndex, Formula, Rule, RuleIndex } from '../model.ts';
import { FALSE, linear, opaque, substitute, TRUE } from '../normalise.ts';
import { holds, numberOf } from './holds.ts';

/** What is known of an input: a field's value, or `undefined` for a field that is known to be absent. */
export type Known = ReadonlyMap<FieldIndex, number | undefined>;

function reduceExpression(expression: Expression, known: Known): Expression {
  const values = knownValues(known);
  const reduce = (of: Expression): Expression => reduceExpression(of, known);
  switch (expression.kind) {
    case 'number':
      return expression;
    case 'value':
    case 'size':
      return known.get(expression.field) === undefined
        ? expression
        : { kind: 'number', value: numberOf(expression, values) };
    case 'negate': {
      const of = reduce(expression.of);
      return folded({ kind: 'negate', of }, [of]);
    }
    case 'choose': {
      const when = reduceFormula(expression.when, known);
      if (when.kind === 'constant') return reduce(when.value ? expression.yes : expression.no);
      return { kind: 'choose', when, yes: reduce(expression.yes), no: reduce(expression.no) };
    }
    default: {
      const [left, right] = [reduce(expression.left), reduce(expression.right)];
      return folded({ ...expression, left, right }, [left, right]);
    }
  }
}

function folded(expression: Expression, parts: readonly Expression[]): Expression {
  if (!parts.every(({ kind }) => kind === 'number')) return expression;
  return { kind: 'number', value: numberOf(expression, []) + 0 };
}

function knownValues(known: Known): (number | undefined)[] {
  const values: (number | undefined)[] = [];
  for (const [field, value] of known) values[field] = value;
  return values;
}

function reduceAtom(atom: Formula, known: Known): Formula | undefined {
  const settled = (formula: Formula): Formula => (holds(formula, knownValues(known)) ? TRUE : FALSE);
  switch (atom.kind) {
    case 'present':
      return known.has(atom.field) ? settled(atom) : undefined;
    case 'member':
    case 'contains':
      return known.get(atom.field) === undefined ? undefined : settled(atom);
    case 'linear': {
      const open = atom.terms.filter(({ field }) => known.get(field) === undefined);
      if (open.length === atom.terms.length) return undefined;
      const closed = atom.terms.filter(({ field }) => known.get(field) !== undefined);
      const sum = closed.reduce((so, { of, field, coefficient }) => {
        return so + coefficient * numberOf({ kind: of, field }, knownValues(known));
      }, 0);
      return linear(open, atom.is, atom.bound - sum);
    }
    case 'opaque': {
      const expression = reduceExpression(atom.expression, known);
      if (expression.kind === 'number') return expression.value === 0 ? FALSE : TRUE;
      return expression.kind === 'compare' ? opaque(expression.left, expression.is, expression.right) : undefined;
    }
    default:
      return undefined;
  }
}

/** A condition with what is known put in; it no longer looks at fields whose values are known. */
export function reduceFormula(formula: Formula, known: Known): Formula {
  return substitute(formula, (atom) => reduceAtom(atom, known));
}

/** What rules other than defaults may rely on: an absent field may still take a default. */
function afterDefaults(set: ConstraintSet, known: Known): Known {
  const defaulted = new Set(set.rules.flatMap(({ effect }) => (effect.kind === 'default' ? [effect.field] : [])));
  return new Map([...known].filter(([field, value]) => value !== undefined || !defaulted.has(field)));
}

function reduceRule(rule: Rule, known: Known): Rule {
  const when = reduceFormula(rule.when, known);
  const { effect } = rule;
  if (effect.kind !== 'require') return { ...rule, when };
  return { ...rule, when, effect: { ...effect, condition: reduceFormula(effect.condition, known) } };
}

/**
 * Partial evaluation: the set as it stands for inputs of which some values are known. It has the same fields, known ones
 * narrowed to their value, and no rule that cannot apply any more; for every input that agrees with what is known it decides
 * as the whole set does, on every day.
 */
export function specialise(set: ConstraintSet, known: Known): ConstraintSet {
  const later = afterDefaults(set, known);
  const reduced = set.rules.map((rule) => reduceRule(rule, rule.effect.kind === 'default' ? known : later));
  const kept = reduced.flatMap((rule, index) => (rule.when.kind === 'constant' && !rule.when.value ? [] : [index]));
  const renumbered = new Map<RuleIndex, RuleIndex>(kept.map((old, index) => [old, index]));
  const moved = (indices: readonly RuleIndex[]) => indices.flatMap((old) => renumbered.get(old) ?? []);
  const rules = kept.flatMap((index) => {
    const rule = reduced[index];
    return rule === undefined ? [] : [{ ...rule, overriddenBy: moved(rule.overriddenBy) }];
  });
  const tables = set.tables.map(
    (table): DecisionTable => ({
      ...table,
      scope: reduceFormula(table.scope, later),
      rows: table.rows.flatMap((row) => {
        const rule = renumbered.get(row.rule);
        return rule === undefined ? [] : [{ ...row, rule, cells: reduceFormula(row.cells, later) }];
      }),
    }),
  );
  const fields = set.fields.map((field, index) => {
    const value = known.get(index);
    return value === undefined ? field : { ...field, minimum: value, maximum: value, optional: false };
  });
  return { ...set, fields, rules, tables };
}
