import type { Field, FieldIndex, Formula } from '../model.ts';
import { absent, allOf, anyOf, contains, FALSE, negate, present, TRUE } from '../normalise.ts';
import type { Relation } from '../relations.ts';
import { nearest } from '../written-values.ts';
import { add, divide, multiply, negative } from './arithmetic.ts';
import type { Cel, Fault } from './cel-tree.ts';
import { Faults } from './faults.ts';
import { literalCall } from './literals.ts';
import { chosen } from './lower-choice.ts';
import { checkWord, compareNumbers, equalTruths, equalWords, guarded, wordInSet } from './lower-comparison.ts';
import {
  describeLowered,
  intersection,
  type Lowered,
  NONE,
  type NumberValue,
  type TruthValue,
  union,
  without,
} from './lowered.ts';
import { fieldNumber, fieldSize, literal, type Report } from './numbers.ts';

/** What is known where an expression stands. */
interface Scope {
  /** Optional fields that are there. */
  readonly there: ReadonlySet<FieldIndex>;
  readonly names: ReadonlyMap<string, Lowered>;
}

const RELATIONS: Readonly<Record<string, Relation>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};
const FUNCTIONS = ['percent', 'money', 'date', 'duration', 'decimal', 'size', 'has'];

type Of<K extends Cel['kind']> = Extract<Cel, { readonly kind: K }>;

/** Checks the types of expressions over some fields and lowers them to formulas; what is wrong is collected. */
export class Lowering {
  private readonly wrong = new Faults();
  private readonly doubtful = new Faults();
  private readonly fields: readonly Field[];
  private readonly byPath: ReadonlyMap<string, FieldIndex>;
  private readonly finestScale: number;
  private readonly everything: ReadonlySet<FieldIndex>;

  constructor(fields: readonly Field[]) {
    this.fields = fields;
    this.byPath = new Map(fields.map(({ path }, index) => [path, index]));
    this.everything = new Set(fields.keys());
    this.finestScale = Math.max(0, ...fields.map(({ type }) => (type.kind === 'decimal' ? type.scale : 0)));
  }

  /** What keeps expressions from being compiled. */
  get faults(): readonly Fault[] {
    return this.wrong.list;
  }

  /** What is probably not meant. */
  get warnings(): readonly Fault[] {
    return this.doubtful.list;
  }

  /** Lowers a condition; `there` are the optional fields that are known to be present. */
  condition(tree: Cel, there: ReadonlySet<FieldIndex>): TruthValue | undefined {
    return this.truth(tree, { there, names: new Map() });
  }

  private report(at: number): Report {
    return this.wrong.reporterAt(at);
  }

  private wrongType(node: Cel, wanted: string, got: Lowered): undefined {
    const mend = `Write something that is ${wanted}.`;
    return this.report(node.at)('wrong-type', `Here stands ${describeLowered(got)}, not ${wanted}.`, mend);
  }

  private truth(node: Cel, scope: Scope): TruthValue | undefined {
    const value = this.lower(node, scope);
    if (value === undefined || value.of === 'boolean') return value;
    return this.wrongType(node, 'true or false', value);
  }

  private number(node: Cel, scope: Scope): NumberValue | undefined {
    const value = this.lower(node, scope);
    if (value === undefined || value.of === 'number') return value;
    return this.wrongType(node, 'a number', value);
  }

  private truthOf(formula: Formula | undefined, needs: ReadonlySet<FieldIndex>): TruthValue | undefined {
    return formula && { of: 'boolean', formula, yes: NONE, no: NONE, needs };
  }

  private lower(node: Cel, scope: Scope): Lowered | undefined {
    switch (node.kind) {
      case 'integer':
        return literal(node.value, { kind: 'number' });
      case 'boolean':
        return this.truthOf(node.value ? TRUE : FALSE, NONE);
      case 'text':
        return { of: 'word', choices: [{ when: TRUE, word: node.value }], declared: undefined, needs: NONE };
      case 'field':
        return this.field(node, scope);
      case 'has':
        return this.has(node);
      case 'name':
        return this.name(node, scope);
      case 'list': {
        const items = node.items.map((item) => this.lower(item, scope)).filter((item) => item !== undefined);
        if (items.length < node.items.length) return undefined;
        return { of: 'list', items, needs: union(...items.map(({ needs }) => needs)) };
      }
      case 'call':
        return this.call(node, scope);
      case 'not': {
        const of = this.truth(node.of, scope);
        return of && { ...of, formula: negate(of.formula, this.fields), yes: of.no, no: of.yes };
      }
      case 'negative': {
        const of = this.number(node.of, scope);
        return of && negative(of, this.report(node.at));
      }
      case 'logic':
        return this.logic(node, scope);
      case 'binary':
        return this.binary(node, scope);
      case 'choose':
        return this.choose(node, scope);
      case 'each':
        return this.each(node, scope);
    }
  }

  private indexOf(node: Of<'field' | 'has'>): FieldIndex | undefined {
    const index = this.byPath.get(node.path);
    if (index !== undefined) return index;
    const paths = this.fields.map(({ path }) => path);
    const near = nearest(node.path, paths);
    const mend = near === undefined ? `Declared are: ${paths.join(', ')}.` : `Did you mean request.${near}?`;
    return this.report(node.at)('unknown-field', `"${node.path}" is not a declared field.`, mend);
  }

  private field(node: Of<'field' | 'has'>, { there }: Scope): Lowered | undefined {
    const index = this.indexOf(node);
    const field = index === undefined ? undefined : this.fields[index];
    if (index === undefined || field === undefined) return undefined;
    if (field.optional && !there.has(index)) {
      const mend = `Test it before: has(request.${field.path}) && ...`;
      return this.report(node.at)('unguarded-optional', `The optional field ${field.path} may be absent here.`, mend);
    }
    const needs: ReadonlySet<FieldIndex> = field.optional ? new Set([index]) : NONE;
    const member = (value: number): Formula =>
      guarded({ kind: 'member', field: index, values: [value] }, [index], this.fields);
    switch (field.type.kind) {
      case 'boolean':
        return this.truthOf(member(1), needs);
      case 'enum': {
        const { values } = field.type;
        return { of: 'word', choices: values.map((word, i) => ({ when: member(i), word })), declared: values, needs };
      }
      case 'set':
        return { of: 'set', field: index, values: field.type.values, needs };
      default:
        return fieldNumber(field, index);
    }
  }

  private has(node: Of<'field' | 'has'>): TruthValue | undefined {
    const index = this.indexOf(node);
    if (index === undefined) return undefined;
    if (this.fields[index]?.optional === true) {
      return { of: 'boolean', formula: present(index), yes: new Set([index]), no: NONE, needs: NONE };
    }
    const mend = 'Remove the test, or declare the field optional.';
    this.doubtful.reporterAt(node.at)(
      'never-varies',
      `The field ${node.path} is not optional: it is always there.`,
      mend,
    );
    return this.truthOf(TRUE, NONE);
  }

  private name(node: Of<'name'>, { names }: Scope): Lowered | undefined {
    const value = names.get(node.name);
    if (value !== undefined) return value;
    const mend = this.byPath.has(node.name) ? `Write request.${node.name}.` : 'Fields are written as request.field.';
    return this.report(node.at)('unknown-name', `"${node.name}" is not a name here.`, mend);
  }

  private call(node: Of<'call'>, scope: Scope): Lowered | undefined {
    const report = this.report(node.at);
    const [arg] = node.args;
    if (!FUNCTIONS.includes(node.name)) {
      const near = nearest(node.name, FUNCTIONS);
      const mend = near === undefined ? `The functions are: ${FUNCTIONS.join(', ')}.` : `Did you mean ${near}()?`;
      return report('unknown-function', `The function ${node.name}() does not exist.`, mend);
    }
    if (arg === undefined || node.args.length > 1) {
      return report('wrong-arguments', `${node.name}() takes one argument.`, 'Give it exactly one.');
    }
    if (node.name === 'size') return this.size(arg, scope);
    if (node.name === 'decimal' && arg.kind !== 'text') return this.decimalOf(arg, scope);
    if (arg.kind !== 'text') {
      return this.report(arg.at)('wrong-arguments', `${node.name}() takes a text.`, `Write ${node.name}("...").`);
    }
    return literalCall(node.name, arg.value, this.finestScale, this.report(arg.at));
  }

  private decimalOf(arg: Cel, scope: Scope): NumberValue | undefined {
    const value = this.number(arg, scope);
    if (value === undefined) return undefined;
    if (value.unit.kind !== 'number') return this.wrongType(arg, 'a whole number', value);
    const { field: _, ...rest } = value;
    return { ...rest, unit: { ...value.unit, kind: 'decimal', scale: 0 } };
  }

  private size(arg: Cel, scope: Scope): NumberValue | undefined {
    const value = this.lower(arg, scope);
    if (value === undefined) return undefined;
    if (value.of === 'list') return literal(value.items.length, { kind: 'number' });
    const field = value.of === 'set' ? this.fields[value.field] : undefined;
    if (value.of !== 'set' || field?.type.kind !== 'set') return this.wrongType(arg, 'a set of words', value);
    return fieldSize(field, value.field, field.type.maximumSize);
  }

  private logic(node: Of<'logic'>, scope: Scope): TruthValue | undefined {
    const both = node.operator === '&&';
    let there = scope.there;
    let certain: ReadonlySet<FieldIndex> = NONE;
    let either: ReadonlySet<FieldIndex> | undefined;
    let needs: ReadonlySet<FieldIndex> = NONE;
    const formulas: Formula[] = [];
    for (const part of node.parts) {
      const value = this.truth(part, { ...scope, there });
      // Later parts are still checked; what this one would have made certain is not known, so nothing is missed there.
      if (value === undefined) {
        there = this.everything;
        continue;
      }
      const [goOn, stop] = both ? [value.yes, value.no] : [value.no, value.yes];
      needs = union(needs, without(value.needs, certain));
      either = either === undefined ? stop : intersection(either, union(certain, stop));
      certain = union(certain, goOn);
      there = union(there, goOn);
      formulas.push(value.formula);
    }
    if (formulas.length < node.parts.length) return undefined;
    const formula = both ? allOf(formulas) : anyOf(formulas);
    const [yes, no] = both ? [certain, either ?? NONE] : [either ?? NONE, certain];
    return { of: 'boolean', formula, yes, no, needs };
  }

  private binary(node: Of<'binary'>, scope: Scope): Lowered | undefined {
    const left = this.lower(node.left, scope);
    const right = this.lower(node.right, scope);
    if (left === undefined || right === undefined) return undefined;
    if (node.operator === 'in') return this.isIn(node, left, right);
    const relation = RELATIONS[node.operator];
    if (relation !== undefined) return this.compare(node, left, relation, right);
    if (left.of !== 'number') return this.wrongType(node.left, 'a number', left);
    if (right.of !== 'number') return this.wrongType(node.right, 'a number', right);
    const report = this.report(node.at);
    switch (node.operator) {
      case '+':
      case '-':
        return add(left, right, node.operator, this.fields, report);
      case '*':
        return multiply(left, right, this.fields, report);
      default:
        return divide(left, right, node.operator === '/' ? '/' : '%', report);
    }
  }

  private equal(node: Cel, left: Lowered, right: Lowered): Formula | undefined {
    const report = this.report(node.at);
    if (left.of === 'number' && right.of === 'number') {
      return compareNumbers(left, 'eq', right, this.fields, report, this.doubtful.reporterAt(node.at));
    }
    if (left.of === 'word' && right.of === 'word') return equalWords(left, right, report);
    if (left.of === 'boolean' && right.of === 'boolean') return equalTruths(left.formula, right.formula, this.fields);
    if (left.of === 'set' || right.of === 'set') {
      const mend = 'Ask for elements: "x" in request.field, size(), .exists() or .all().';
      return report('wrong-type', 'Sets have no order, so they are not compared as a whole.', mend);
    }
    const message = `${describeLowered(left)} is not compared with ${describeLowered(right)}.`;
    return report('wrong-type', message, 'Compare what is of one kind.');
  }

  private compare(node: Of<'binary'>, left: Lowered, is: Relation, right: Lowered): TruthValue | undefined {
    const needs = union(left.needs, right.needs);
    if (left.of === 'number' && right.of === 'number') {
      const formula = compareNumbers(
        left,
        is,
        right,
        this.fields,
        this.report(node.at),
        this.doubtful.reporterAt(node.at),
      );
      return this.truthOf(formula, needs);
    }
    if (is !== 'eq' && is !== 'ne') {
      return this.wrongType(
        left.of === 'number' ? node.right : node.left,
        'a number',
        left.of === 'number' ? right : left,
      );
    }
    const equal = this.equal(node, left, right);
    if (equal === undefined) return undefined;
    return this.truthOf(is === 'eq' ? equal : negate(equal, this.fields), needs);
  }

  private isIn(node: Of<'binary'>, left: Lowered, right: Lowered): TruthValue | undefined {
    const needs = union(left.needs, right.needs);
    if (right.of === 'set' && left.of === 'word') {
      if (!checkWord(left, right.values, this.report(node.left.at))) return undefined;
      return this.truthOf(wordInSet(left, right.field, right.values, this.fields), needs);
    }
    if (right.of !== 'list')
      return this.wrongType(node.right, right.of === 'set' ? 'a set of such values' : 'a list', right);
    const items = node.right.kind === 'list' ? node.right.items : [];
    const parts = right.items.map((item, index) => this.equal(items[index] ?? node.right, left, item));
    const known = parts.filter((part) => part !== undefined);
    return known.length < parts.length ? undefined : this.truthOf(anyOf(known), needs);
  }

  private choose(node: Of<'choose'>, scope: Scope): Lowered | undefined {
    const when = this.truth(node.when, scope);
    const yes = this.lower(node.yes, { ...scope, there: union(scope.there, when?.yes ?? this.everything) });
    const no = this.lower(node.no, { ...scope, there: union(scope.there, when?.no ?? this.everything) });
    if (when === undefined || yes === undefined || no === undefined) return undefined;
    return chosen(when, yes, no, this.fields, this.report(node.at));
  }

  private each(node: Of<'each'>, scope: Scope): TruthValue | undefined {
    const over = this.lower(node.over, scope);
    if (over === undefined) return undefined;
    if (over.of !== 'set' && over.of !== 'list') return this.wrongType(node.over, 'a set of words or a list', over);
    const exists = node.quantifier === 'exists';
    const elements: { readonly there: Formula; readonly value: Lowered }[] =
      over.of === 'list'
        ? over.items.map((value) => ({ there: TRUE, value }))
        : over.values.map((word, index) => ({
            there: guarded(contains(over.field, 'any', 1 << index), [over.field], this.fields),
            value: { of: 'word', choices: [{ when: TRUE, word }], declared: over.values, needs: NONE },
          }));
    let needs = over.needs;
    const parts: Formula[] = [];
    for (const { there, value } of elements) {
      const body = this.truth(node.body, { ...scope, names: new Map([...scope.names, [node.name, value]]) });
      if (body === undefined) return undefined;
      needs = union(needs, body.needs);
      parts.push(exists ? allOf([there, body.formula]) : anyOf([negate(there, this.fields), body.formula]));
    }
    return this.truthOf(exists ? anyOf(parts) : this.overAbsent(allOf(parts), over), needs);
  }

  /** What is said of each element of an optional set, with the set's presence asked once. */
  private overAbsent(formula: Formula, over: Lowered): Formula {
    if (over.of !== 'set' || this.fields[over.field]?.optional !== true) return formula;
    return anyOf([absent(over.field), formula]);
  }
}
