import { dateOfDay } from '../../../core/calendar/local-day.ts';
import type { ConstraintSet, Field, FieldIndex, FieldKind } from '../model.ts';
import type { Relation } from '../relations.ts';
import { wordsOf, writeDecimal } from '../written-values.ts';
import type { Writer } from './approximate.ts';
import { pairOf } from './pairs.ts';
import type { Atom } from './permission.ts';
import { bitsOf } from './texts.ts';

/** Operands of one IN. */
const MOST_OPERANDS = 100;
const SIGNS = { lt: '<', le: '<=', eq: '=', ne: '<>', ge: '>=', gt: '>' } as const;

/** A value as DynamoDB's protocol writes it. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: { readonly [name: string]: AttributeValue } };

/** A field's value as an attribute: numbers, texts, booleans, lists of words, and money as a map. */
export function attributeOf(type: FieldKind, value: number): AttributeValue {
  switch (type.kind) {
    case 'decimal':
      return { N: writeDecimal(value, type.scale) };
    case 'date':
      return { S: dateOfDay(value) };
    case 'enum':
      return { S: type.values[value] ?? '' };
    case 'boolean':
      return { BOOL: value === 1 };
    case 'money':
      return { M: { currency: { S: type.currency }, minorUnits: { N: String(value) } } };
    case 'set':
      return { L: wordsOf(type.values, value).map((word) => ({ S: word })) };
    default:
      return { N: String(value) };
  }
}

/** A condition, and its outermost operator: NOT binds closer than AND, and AND closer than OR. */
interface Clause {
  readonly text: string;
  readonly outermost: 'or' | 'and' | 'one';
}

/** Writes conditions as condition expressions, and counts their operators as DynamoDB does. */
export class ConditionWriter implements Writer<Clause> {
  private readonly set: ConstraintSet;
  private readonly names = new Map<string, string>();
  private readonly values = new Map<string, { readonly name: string; readonly value: AttributeValue }>();
  operators = 0;

  constructor(set: ConstraintSet) {
    this.set = set;
  }

  get attributeNames(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.names].map(([text, name]) => [name, text]));
  }

  get attributeValues(): Readonly<Record<string, AttributeValue>> {
    return Object.fromEntries([...this.values.values()].map(({ name, value }) => [name, value]));
  }

  private field(index: FieldIndex): Field {
    const field = this.set.fields[index];
    if (field === undefined) throw new RangeError(`There is no field ${index}.`);
    return field;
  }

  private name(text: string): string {
    const name = this.names.get(text) ?? `#n${this.names.size}`;
    this.names.set(text, name);
    return name;
  }

  private path(index: FieldIndex, ...more: readonly string[]): string {
    return [...this.field(index).path.split('.'), ...more].map((name) => this.name(name)).join('.');
  }

  private value(value: AttributeValue): string {
    const key = JSON.stringify(value);
    const known = this.values.get(key) ?? { name: `:v${this.values.size}`, value };
    this.values.set(key, known);
    return known.name;
  }

  /** One operator or function, or its opposite. */
  private one(text: string, holds = true): Clause {
    this.operators += holds ? 1 : 2;
    return { text: holds ? text : `NOT ${text}`, outermost: 'one' };
  }

  /** The number or the text that comparisons look at. */
  private operand(index: FieldIndex): string {
    return this.field(index).type.kind === 'money' ? this.path(index, 'minorUnits') : this.path(index);
  }

  private bound({ type }: Field, value: number): string {
    return this.value(type.kind === 'money' ? { N: String(value) } : attributeOf(type, value));
  }

  /** DynamoDB has no constants; whether an attribute is there or not is always true. */
  constant(value: boolean): Clause {
    const path = this.path(0);
    const either = ['attribute_exists', 'attribute_not_exists'].map((test) => this.one(`${test}(${path})`));
    return value ? this.any(either) : this.all(either);
  }

  all(parts: readonly Clause[]): Clause {
    return this.joined(parts, 'and');
  }

  any(parts: readonly Clause[]): Clause {
    return this.joined(parts, 'or');
  }

  private joined(parts: readonly Clause[], outermost: 'and' | 'or'): Clause {
    const [only] = parts;
    if (only === undefined) return this.constant(outermost === 'and');
    if (parts.length === 1) return only;
    this.operators += parts.length - 1;
    const texts = parts.map((part) => (outermost === 'and' && part.outermost === 'or' ? `(${part.text})` : part.text));
    return { text: texts.join(outermost === 'and' ? ' AND ' : ' OR '), outermost };
  }

  atom(atom: Atom, holds: boolean): Clause {
    switch (atom.kind) {
      case 'present':
        return this.present(atom.field, holds);
      case 'member': {
        const { type } = this.field(atom.field);
        if (type.kind === 'boolean') return this.isBoolean(atom.field, atom.values, holds);
        const values = atom.values.map((value) => attributeOf(type, value));
        return this.isOneOf(this.path(atom.field), values, holds);
      }
      case 'contains': {
        const { type } = this.field(atom.field);
        const words = type.kind === 'set' ? bitsOf(atom.mask).map((bit) => type.values[bit] ?? '') : [];
        const each = words.map((word) =>
          this.one(`contains(${this.path(atom.field)}, ${this.value({ S: word })})`, holds),
        );
        return (atom.which === 'any') === holds ? this.any(each) : this.all(each);
      }
      case 'linear':
        return this.linear(atom, holds);
      case 'opaque':
        throw new TypeError('A condition expression computes nothing.');
    }
  }

  private linear(atom: Extract<Atom, { readonly kind: 'linear' }>, holds: boolean): Clause {
    const pair = pairOf(atom, this.set.fields);
    if (pair !== undefined) return this.compared(this.operand(pair.left), pair.is, this.operand(pair.right), holds);
    const [term] = atom.terms;
    if (term === undefined || atom.terms.length > 1) {
      throw new TypeError('A condition expression compares two values, and adds nothing up.');
    }
    if (term.of === 'value') {
      return this.compared(this.operand(term.field), atom.is, this.bound(this.field(term.field), atom.bound), holds);
    }
    this.operators += 1;
    return this.compared(`size(${this.path(term.field)})`, atom.is, this.value({ N: String(atom.bound) }), holds);
  }

  private compared(left: string, is: Relation, right: string, holds = true): Clause {
    return this.one(`${left} ${SIGNS[is]} ${right}`, holds);
  }

  private isBoolean(index: FieldIndex, values: readonly number[], holds = true): Clause {
    const each = values.map((value) => this.compared(this.path(index), 'eq', this.value({ BOOL: value === 1 }), holds));
    return holds ? this.any(each) : this.all(each);
  }

  private isOneOf(path: string, values: readonly AttributeValue[], holds = true): Clause {
    const parts: Clause[] = [];
    for (let at = 0; at < values.length; at += MOST_OPERANDS) {
      const some = values.slice(at, at + MOST_OPERANDS).map((value) => this.value(value));
      parts.push(this.one(`${path} IN (${some.join(', ')})`, holds));
    }
    return holds ? this.any(parts) : this.all(parts);
  }

  private isNull(index: FieldIndex, holds: boolean): Clause {
    return this.one(`attribute_type(${this.path(index)}, ${this.value({ S: 'NULL' })})`, holds);
  }

  /** Given, and not null; or the opposite. */
  private present(index: FieldIndex, holds: boolean): Clause {
    const exists = this.one(`attribute_${holds ? '' : 'not_'}exists(${this.path(index)})`);
    return holds ? this.all([exists, this.isNull(index, false)]) : this.any([exists, this.isNull(index, true)]);
  }

  /** Whether an attribute has a value of its field's domain. */
  domain(index: FieldIndex): Clause {
    const field = this.field(index);
    const { type, minimum, maximum, optional } = field;
    const path = this.path(index);
    const test = (): Clause => {
      switch (type.kind) {
        case 'enum':
          return this.isOneOf(
            path,
            type.values.slice(minimum, maximum + 1).map((word) => ({ S: word })),
          );
        case 'boolean':
          return this.isBoolean(index, [0, 1].slice(minimum, maximum + 1));
        case 'set': {
          this.operators += 1;
          return this.all([
            this.one(`attribute_type(${path}, ${this.value({ S: 'L' })})`),
            this.compared(`size(${path})`, 'le', this.value({ N: String(type.maximumSize) })),
          ]);
        }
        default: {
          const [low, high] = [this.bound(field, minimum), this.bound(field, maximum)];
          const between = this.one(`${this.operand(index)} BETWEEN ${low} AND ${high}`);
          if (type.kind !== 'money') return between;
          const currency = this.compared(this.path(index, 'currency'), 'eq', this.value({ S: type.currency }));
          return this.all([currency, between]);
        }
      }
    };
    return optional ? this.any([this.present(index, false), test()]) : test();
  }

  says(atom: Atom): boolean {
    if (atom.kind === 'opaque') return false;
    return atom.kind !== 'linear' || atom.terms.length === 1 || pairOf(atom, this.set.fields) !== undefined;
  }
}
