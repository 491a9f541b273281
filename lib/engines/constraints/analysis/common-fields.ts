import { usesOf } from '../formula-uses.ts';
import type { ConstraintSet, Expression, Field, FieldIndex, FieldKind, Formula, Rule, Values } from '../model.ts';

/** Why two versions cannot be compared: no input means the same to both. */
export class NotComparable extends Error {}

/** Two versions over the same fields, so that `difference` can compare them. */
export interface Common {
  readonly before: ConstraintSet;
  readonly after: ConstraintSet;
  /** An input over the common fields, as each version has it. */
  readonly asBefore: (values: Values) => Values;
  readonly asAfter: (values: Values) => Values;
  /** What is not compared, or how: one sentence for each field that differs. */
  readonly notes: readonly string[];
}

/** Where a field of one version stands among the common ones, and each of its words; -1: only this version has the word. */
interface Place {
  readonly index: FieldIndex;
  readonly words: readonly number[];
}

function wordsOf(type: FieldKind): readonly string[] {
  return type.kind === 'enum' || type.kind === 'set' ? type.values : [];
}

/** What a value means, apart from which values there may be: `money EUR`. */
function meaningOf(type: FieldKind): string {
  switch (type.kind) {
    case 'integer':
      return `integer ${type.unit ?? ''}`.trim();
    case 'decimal':
      return `decimal with ${type.scale} digits ${type.unit ?? ''}`.trim();
    case 'money':
      return `money ${type.currency}`;
    default:
      return type.kind;
  }
}

/** The values of a field that both versions accept. */
function shared(before: Field, after: Field, notes: string[]): Field {
  const { path } = after;
  if (meaningOf(before.type) !== meaningOf(after.type))
    throw new NotComparable(
      `The field ${path} is another one: ${meaningOf(before.type)} before, ${meaningOf(after.type)} now.`,
    );
  const words = wordsOf(after.type).filter((word) => wordsOf(before.type).includes(word));
  const isWord = after.type.kind === 'enum';
  const isSet = after.type.kind === 'set';
  const minimum = isWord || isSet ? 0 : Math.max(before.minimum, after.minimum);
  const maximum = isWord ? words.length - 1 : isSet ? 2 ** words.length - 1 : Math.min(before.maximum, after.maximum);
  if (minimum > maximum) throw new NotComparable(`No value of the field ${path} is accepted by both.`);
  const most = (type: FieldKind): number => (type.kind === 'set' ? type.maximumSize : 0);
  const type: FieldKind = isWord
    ? { kind: 'enum', values: words }
    : isSet
      ? { kind: 'set', values: words, maximumSize: Math.min(words.length, most(before.type), most(after.type)) }
      : after.type;
  const field = { ...after, type, minimum, maximum, optional: before.optional && after.optional };
  const shape = (each: Field): string => JSON.stringify([each.type, each.minimum, each.maximum]);
  if (shape(before) !== shape(field) || shape(after) !== shape(field))
    notes.push(`Of ${path}, only values that both versions accept are compared.`);
  if (before.optional !== after.optional)
    notes.push(`Only inputs with ${path} are compared: one version accepts no other.`);
  return field;
}

function expressionAt(expression: Expression, places: readonly Place[]): Expression {
  const at = (of: Expression): Expression => expressionAt(of, places);
  switch (expression.kind) {
    case 'number':
      return expression;
    case 'value':
    case 'size':
      return { ...expression, field: (places[expression.field] as Place).index };
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
  const at = (field: FieldIndex): Place => places[field] as Place;
  switch (formula.kind) {
    case 'constant':
      return formula;
    case 'and':
    case 'or':
      return { kind: formula.kind, parts: formula.parts.map((part) => formulaAt(part, places)) };
    case 'not':
      return { kind: 'not', part: formulaAt(formula.part, places) };
    case 'present':
      return { kind: 'present', field: at(formula.field).index };
    case 'linear':
      return { ...formula, terms: formula.terms.map((term) => ({ ...term, field: at(term.field).index })) };
    case 'member': {
      const { index, words } = at(formula.field);
      const values = formula.values.map((value) => words[value] ?? value).filter((value) => value >= 0);
      return { kind: 'member', field: index, values: values.toSorted((a, b) => a - b) };
    }
    case 'contains': {
      const { index, words } = at(formula.field);
      const wanted = words.filter((_, from) => ((formula.mask >> from) & 1) === 1);
      // A word that one version alone has is in no set that both accept.
      if (formula.which === 'all' && wanted.includes(-1)) return { kind: 'constant', value: false };
      const mask = wanted.reduce((so, to) => (to < 0 ? so : so | (1 << to)), 0);
      return { kind: 'contains', field: index, which: formula.which, mask };
    }
    case 'opaque':
      return { kind: 'opaque', expression: expressionAt(formula.expression, places) };
  }
}

function placesOf({ fields }: ConstraintSet, common: readonly Field[]): Place[] {
  return fields.map(({ path, type }) => {
    const index = common.findIndex((field) => field.path === path);
    return { index, words: wordsOf(type).map((word) => wordsOf((common[index] as Field).type).indexOf(word)) };
  });
}

function hasOpaqueWords(rule: Rule, set: ConstraintSet, places: readonly Place[]): boolean {
  const within = (formula: Formula): boolean => {
    if (formula.kind === 'and' || formula.kind === 'or') return formula.parts.some(within);
    if (formula.kind === 'not') return within(formula.part);
    if (formula.kind !== 'opaque') return false;
    return [...usesOf(formula)].some((field) => {
      const isWord = wordsOf((set.fields[field] as Field).type).length > 0;
      return isWord && (places[field] as Place).words.some((to, from) => to !== from);
    });
  };
  return within(rule.when) || (rule.effect.kind === 'require' && within(rule.effect.condition));
}

function setOver(set: ConstraintSet, common: readonly Field[]): ConstraintSet {
  const places = placesOf(set, common);
  const rules = set.rules.map((rule): Rule => {
    if (hasOpaqueWords(rule, set, places))
      throw new NotComparable(`The rule ${rule.id} computes with words that the versions do not share.`);
    const { effect } = rule;
    const when = formulaAt(rule.when, places);
    if (effect.kind === 'require')
      return { ...rule, when, effect: { ...effect, condition: formulaAt(effect.condition, places) } };
    if (effect.kind !== 'default') return { ...rule, when };
    const { index, words } = places[effect.field] as Place;
    const value =
      words.length === 0 || set.fields[effect.field]?.type.kind === 'set' ? effect.value : words[effect.value];
    if (value === undefined || value < 0)
      throw new NotComparable(`The rule ${rule.id} fills in a word that only one version has.`);
    return { ...rule, when, effect: { ...effect, field: index, value } };
  });
  return { ...set, fields: common, rules, tables: [] };
}

/** Values of the common fields as one version has them; those of fields that it does not have are left out. */
function projection(set: ConstraintSet, common: readonly Field[]): (values: Values) => Values {
  const places = placesOf(set, common);
  return (values) =>
    places.map(({ index, words }, field) => {
      const value = values[index];
      const kind = set.fields[field]?.type.kind;
      if (value === undefined || words.length === 0) return value;
      if (kind === 'enum') return words.indexOf(value);
      return words.reduce((mask, to, from) => (to >= 0 && ((value >> to) & 1) === 1 ? mask | (1 << from) : mask), 0);
    });
}

/**
 * Defaults that one version alone has, for a field that the other does not know, are added to the other: it does not look at
 * the field, so that nothing changes but that both speak of the same inputs.
 */
function withDefaultsOf(own: ConstraintSet, other: ConstraintSet, foreign: ReadonlySet<FieldIndex>): ConstraintSet {
  const added = other.rules.filter(({ effect }) => effect.kind === 'default' && foreign.has(effect.field));
  const bound = added.find(({ overriddenBy }) => overriddenBy.length > 0);
  if (bound !== undefined)
    throw new NotComparable(`The default ${bound.id} is overridden, and only one version has it.`);
  return { ...own, rules: [...own.rules, ...added] };
}

function defaultsOf({ rules }: ConstraintSet): string {
  return JSON.stringify(
    rules
      .filter(({ effect }) => effect.kind === 'default')
      .map(({ id, when, effect, inForce, priority }) => [id, when, effect, inForce, priority])
      .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
  );
}

/**
 * Writes two versions over the same fields: the values that both accept, and the fields of either. The version that does not
 * have a field does not look at it.
 * @throws NotComparable when a field means something else in the two, no value of one is accepted by both, or the defaults
 *   of fields that both have differ
 */
export function overCommonFields(before: ConstraintSet, after: ConstraintSet): Common {
  const notes: string[] = [];
  const old = new Map(before.fields.map((field) => [field.path, field]));
  const has = (set: ConstraintSet, path: string): boolean => set.fields.some((field) => field.path === path);
  const common = [
    ...after.fields.map((field) => {
      const known = old.get(field.path);
      return known === undefined ? field : shared(known, field, notes);
    }),
    ...before.fields.filter(({ path }) => !has(after, path)),
  ];
  const foreignTo = (set: ConstraintSet): Set<FieldIndex> =>
    new Set(common.flatMap(({ path }, index) => (has(set, path) ? [] : [index])));
  for (const { path } of common) {
    if (!has(before, path)) notes.push(`${path} is new: the old version decides whatever its value.`);
    if (!has(after, path)) notes.push(`${path} is gone: the new version decides whatever its value.`);
  }
  const [was, is] = [setOver(before, common), setOver(after, common)];
  const aligned = {
    before: withDefaultsOf(was, is, foreignTo(before)),
    after: withDefaultsOf(is, was, foreignTo(after)),
  };
  if (defaultsOf(aligned.before) !== defaultsOf(aligned.after))
    throw new NotComparable('The defaults differ, so that the rules of the two do not see the same inputs.');
  return { ...aligned, asBefore: projection(before, common), asAfter: projection(after, common), notes };
}
