import type { ConstraintSet, Expression, Field, FieldIndex, Formula, LinearTerm } from '../model.ts';
import type { Writer } from './approximate.ts';
import type { Atom } from './permission.ts';
import { bitsOf } from './texts.ts';

const SIGNS = { lt: '<', le: '<=', eq: '==', ne: '!=', ge: '>=', gt: '>' } as const;
const OPERATORS = { add: '+', subtract: '-', multiply: '*' } as const;

/** A Cedar string literal: printable ASCII as it is, anything else by its number. */
export function literal(text: string): string {
  const escaped = text.replace(/[^\x20-\x7e]|["\\]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  return `"${escaped}"`;
}

function number(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}

/** Cedar adds, subtracts and multiplies; it has no division. */
function isSaid(expression: Expression): boolean {
  switch (expression.kind) {
    case 'divide':
    case 'remainder':
      return false;
    case 'number':
    case 'value':
    case 'size':
      return true;
    case 'negate':
      return isSaid(expression.of);
    case 'choose':
      return isFormulaSaid(expression.when) && isSaid(expression.yes) && isSaid(expression.no);
    default:
      return isSaid(expression.left) && isSaid(expression.right);
  }
}

/** Whether Cedar can say a condition. */
export function isFormulaSaid(formula: Formula): boolean {
  switch (formula.kind) {
    case 'and':
    case 'or':
      return formula.parts.every(isFormulaSaid);
    case 'not':
      return isFormulaSaid(formula.part);
    case 'opaque':
      return isSaid(formula.expression);
    default:
      return true;
  }
}

/** Writes conditions as Cedar expressions over `context`. */
export class CedarWriter implements Writer<string> {
  private readonly set: ConstraintSet;

  constructor(set: ConstraintSet) {
    this.set = set;
  }

  field(index: FieldIndex): Field {
    const field = this.set.fields[index];
    if (field === undefined) throw new RangeError(`There is no field ${index}.`);
    return field;
  }

  private value(index: FieldIndex): string {
    const names = this.field(index).path.split('.');
    return `context${names.map((name) => `[${literal(name)}]`).join('')}`;
  }

  constant(value: boolean): string {
    return String(value);
  }

  all(parts: readonly string[]): string {
    return `(${parts.join(' && ')})`;
  }

  any(parts: readonly string[]): string {
    return `(${parts.join(' || ')})`;
  }

  atom(atom: Atom, holds: boolean): string {
    const text = this.positive(atom);
    return holds ? text : `!(${text})`;
  }

  present(index: FieldIndex): string {
    const tests: string[] = [];
    let within = 'context';
    for (const name of this.field(index).path.split('.')) {
      tests.push(`${within} has ${literal(name)}`);
      within = `${within}[${literal(name)}]`;
    }
    return `(${tests.join(' && ')})`;
  }

  private positive(atom: Atom): string {
    switch (atom.kind) {
      case 'present':
        return this.present(atom.field);
      case 'member': {
        const { type } = this.field(atom.field);
        const values = atom.values.map((value) =>
          type.kind === 'enum' ? literal(type.values[value] ?? '') : String(value === 1),
        );
        return `([${values.join(', ')}].contains(${this.value(atom.field)}))`;
      }
      case 'contains': {
        const { type } = this.field(atom.field);
        const words = type.kind === 'set' ? bitsOf(atom.mask).map((bit) => literal(type.values[bit] ?? '')) : [];
        const method = atom.which === 'any' ? 'containsAny' : 'containsAll';
        return `${this.value(atom.field)}.${method}([${words.join(', ')}])`;
      }
      case 'linear': {
        const sum = atom.terms.map((term) => this.term(term)).join(' + ');
        return `(${sum} ${SIGNS[atom.is]} ${number(atom.bound)})`;
      }
      case 'opaque':
        return `(${this.number(atom.expression)} != 0)`;
    }
  }

  private term({ of, field, coefficient }: LinearTerm): string {
    const value = of === 'size' ? this.size(field) : this.value(field);
    return coefficient === 1 ? value : `${value} * ${number(coefficient)}`;
  }

  /** Cedar counts no elements, so each one is asked for. */
  private size(field: FieldIndex): string {
    const { type } = this.field(field);
    const words = type.kind === 'set' ? type.values : [];
    const ones = words.map((word) => `(if ${this.value(field)}.contains(${literal(word)}) then 1 else 0)`);
    return `(${ones.join(' + ')})`;
  }

  private formula(formula: Formula): string {
    switch (formula.kind) {
      case 'constant':
        return this.constant(formula.value);
      case 'and':
      case 'or':
        if (formula.parts.length === 0) return this.constant(formula.kind === 'and');
        return formula.kind === 'and'
          ? this.all(formula.parts.map((part) => this.formula(part)))
          : this.any(formula.parts.map((part) => this.formula(part)));
      case 'not':
        return `!(${this.formula(formula.part)})`;
      case 'present':
        return this.field(formula.field).optional ? this.present(formula.field) : 'true';
      default:
        return this.positive(formula);
    }
  }

  private number(expression: Expression): string {
    switch (expression.kind) {
      case 'number':
        return number(expression.value);
      case 'value':
        return this.value(expression.field);
      case 'size':
        return this.size(expression.field);
      case 'negate':
        return `(0 - ${this.number(expression.of)})`;
      case 'choose':
        return `(if ${this.formula(expression.when)} then ${this.number(expression.yes)} else ${this.number(expression.no)})`;
      case 'compare':
        return `(if ${this.number(expression.left)} ${SIGNS[expression.is]} ${this.number(expression.right)} then 1 else 0)`;
      case 'divide':
      case 'remainder':
        throw new TypeError('Cedar has no division.');
      default:
        return `(${this.number(expression.left)} ${OPERATORS[expression.kind]} ${this.number(expression.right)})`;
    }
  }

  /** Whether a field's value lies in its domain; a value of another type makes the test fail, which denies as well. */
  domain(index: FieldIndex): string {
    const { type, minimum, maximum, optional } = this.field(index);
    const value = this.value(index);
    const test = (): string => {
      switch (type.kind) {
        case 'enum':
          return `[${type.values
            .slice(minimum, maximum + 1)
            .map(literal)
            .join(', ')}].contains(${value})`;
        case 'boolean':
          return `[${[false, true].slice(minimum, maximum + 1).join(', ')}].contains(${value})`;
        case 'set': {
          if (minimum === maximum)
            return `${value} == [${bitsOf(minimum)
              .map((bit) => literal(type.values[bit] ?? ''))
              .join(', ')}]`;
          const known = `[${type.values.map(literal).join(', ')}].containsAll(${value})`;
          return type.maximumSize < type.values.length
            ? `${known} && ${this.size(index)} <= ${type.maximumSize}`
            : known;
        }
        default:
          return `${value} >= ${number(minimum)} && ${value} <= ${number(maximum)}`;
      }
    };
    return optional ? `(!${this.present(index)} || (${test()}))` : `(${this.present(index)} && ${test()})`;
  }
}
