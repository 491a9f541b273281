import type { Json } from '../../../core/json.ts';
import { exactValue } from '../evaluate/write-input.ts';
import type { ConstraintSet, Field, FieldIndex, FieldKind } from '../model.ts';
import type { Relation } from '../relations.ts';
import { writeDecimal } from '../written-values.ts';
import type { Writer } from './approximate.ts';
import { pairOf } from './pairs.ts';
import type { Atom } from './permission.ts';
import { bitsOf } from './texts.ts';

/** Integers up to here have at most fifteen digits, which floating-point numbers keep apart also as decimals. */
const MOST_DECIMAL = 999_999_999_999_999;

const ORDERS = {
  lt: 'LessThan',
  le: 'LessThanEquals',
  eq: 'Equals',
  ge: 'GreaterThanEquals',
  gt: 'GreaterThan',
} as const;

/** Dates are compared as texts, which sort as the days do. */
function typeName({ kind }: FieldKind): 'String' | 'Numeric' {
  return kind === 'date' ? 'String' : 'Numeric';
}

/** A value as this target's inputs hold it: the exact form, but decimals are numbers. */
export function inputValue(type: FieldKind, value: number): Json {
  return type.kind === 'decimal' ? Number(writeDecimal(value, type.scale)) : exactValue(type, value);
}

/** JSONPath, with names in quotes where they are not plain. */
function pathText(names: readonly (string | number)[]): string {
  const steps = names.map((name) => {
    if (typeof name === 'number') return `[${name}]`;
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `.${name}` : `['${name.replace(/['\\]/g, '\\$&')}']`;
  });
  return `$${steps.join('')}`;
}

/** Writes conditions as choice rules (Amazon States Language, "Choice State", JSONPath). */
export class ChoiceWriter implements Writer<Json> {
  private readonly set: ConstraintSet;

  constructor(set: ConstraintSet) {
    this.set = set;
  }

  private field(index: FieldIndex): Field {
    const field = this.set.fields[index];
    if (field === undefined) throw new RangeError(`There is no field ${index}.`);
    return field;
  }

  private path(index: FieldIndex, ...more: readonly (string | number)[]): string {
    return pathText([...this.field(index).path.split('.'), ...more]);
  }

  /** Where the number or the text that comparisons look at stands. */
  private operand(index: FieldIndex): string {
    return this.field(index).type.kind === 'money' ? this.path(index, 'minorUnits') : this.path(index);
  }

  constant(value: boolean): Json {
    const always = { Variable: '$', IsPresent: true };
    return value ? always : { Not: always };
  }

  all(parts: readonly Json[]): Json {
    return { And: parts };
  }

  any(parts: readonly Json[]): Json {
    return { Or: parts };
  }

  atom(atom: Atom, holds: boolean): Json {
    const condition = this.positive(atom);
    return holds ? condition : { Not: condition };
  }

  private positive(atom: Atom): Json {
    switch (atom.kind) {
      case 'present':
        return this.present(atom.field);
      case 'member': {
        const { type } = this.field(atom.field);
        const words = atom.values.map((value) => this.equals(this.path(atom.field), exactValue(type, value)));
        return words.length === 0 ? this.constant(false) : this.any(words);
      }
      case 'contains': {
        const each = bitsOf(atom.mask).map((bit) => this.holdsWord(atom.field, bit));
        return atom.which === 'any' ? this.any(each) : this.all(each);
      }
      case 'linear': {
        const pair = pairOf(atom, this.set.fields);
        if (pair !== undefined)
          return this.compared(this.operand(pair.left), typeName(this.field(pair.left).type), pair.is, {
            path: this.operand(pair.right),
          });
        const [term] = atom.terms;
        if (term === undefined || atom.terms.length > 1) break;
        if (term.of === 'size') return this.size(term.field, atom.is, atom.bound);
        const { type } = this.field(term.field);
        return this.compared(this.operand(term.field), typeName(type), atom.is, {
          value: type.kind === 'money' ? atom.bound : inputValue(type, atom.bound),
        });
      }
    }
    throw new TypeError('A choice compares two values, and computes nothing.');
  }

  private present(index: FieldIndex): Json {
    const Variable = this.path(index);
    return this.all([{ Variable, IsPresent: true }, { Not: { Variable, IsNull: true } }]);
  }

  private equals(Variable: string, value: Json): Json {
    return typeof value === 'boolean' ? { Variable, BooleanEquals: value } : { Variable, StringEquals: value };
  }

  private compared(
    Variable: string,
    type: 'String' | 'Numeric',
    is: Relation,
    operand: { readonly path: string } | { readonly value: Json },
  ): Json {
    if (is === 'ne') return { Not: this.compared(Variable, type, 'eq', operand) };
    const operator = `${type}${ORDERS[is]}`;
    return 'path' in operand
      ? { Variable, [`${operator}Path`]: operand.path }
      : { Variable, [operator]: operand.value };
  }

  /** Whether some element of a list is a word: the list is no longer than the set may be. */
  private holdsWord(index: FieldIndex, bit: number): Json {
    const { type } = this.field(index);
    if (type.kind !== 'set') return this.constant(false);
    const word = type.values[bit] ?? '';
    return this.any(
      Array.from({ length: type.maximumSize }, (_, at) => {
        const Variable = this.path(index, at);
        return this.all([
          { Variable, IsPresent: true },
          { Variable, StringEquals: word },
        ]);
      }),
    );
  }

  /** A list has so many elements when the last of them is there. */
  private size(index: FieldIndex, is: Relation, bound: number): Json {
    const { type } = this.field(index);
    const most = type.kind === 'set' ? type.maximumSize : 0;
    const atLeast = (count: number): Json => {
      if (count <= 0 || count > most) return this.constant(count <= 0);
      return { Variable: this.path(index, count - 1), IsPresent: true };
    };
    switch (is) {
      case 'ge':
        return atLeast(bound);
      case 'gt':
        return atLeast(bound + 1);
      case 'lt':
        return { Not: atLeast(bound) };
      case 'le':
        return { Not: atLeast(bound + 1) };
      case 'eq':
        return this.all([atLeast(bound), { Not: atLeast(bound + 1) }]);
      case 'ne':
        return { Not: this.size(index, 'eq', bound) };
    }
  }

  /** Whether a field's value has its type and lies in its domain, as far as a choice can tell. */
  domain(index: FieldIndex): Json {
    const { type, minimum, maximum, optional } = this.field(index);
    const Variable = this.path(index);
    const there = { Variable, IsPresent: true };
    const tests = (): Json[] => {
      switch (type.kind) {
        case 'enum':
          return [this.any(type.values.slice(minimum, maximum + 1).map((word) => this.equals(Variable, word)))];
        case 'boolean':
          return [this.any([false, true].slice(minimum, maximum + 1).map((is) => this.equals(Variable, is)))];
        case 'set':
          // No test asks for a list, but all others can be excluded.
          return [
            ...['IsNull', 'IsString', 'IsNumeric', 'IsBoolean'].map(
              (test): Json => ({ Not: { Variable, [test]: true } }),
            ),
            this.any([
              { Not: { Variable: this.path(index, 0), IsPresent: true } },
              { Variable: this.path(index, 0), IsString: true },
            ]),
            { Not: { Variable: this.path(index, type.maximumSize), IsPresent: true } },
          ];
        default: {
          const at = this.operand(index);
          const of = (value: number): { readonly value: Json } => ({
            value: type.kind === 'money' ? value : inputValue(type, value),
          });
          const money: Json[] =
            type.kind !== 'money'
              ? []
              : [
                  { Variable: this.path(index, 'currency'), IsPresent: true },
                  { Variable: this.path(index, 'currency'), StringEquals: type.currency },
                  { Variable: at, IsPresent: true },
                ];
          return [
            ...money,
            this.compared(at, typeName(type), 'ge', of(minimum)),
            this.compared(at, typeName(type), 'le', of(maximum)),
          ];
        }
      }
    };
    const valid = this.all([there, ...tests()]);
    if (!optional) return valid;
    return this.any([{ Not: there }, { Variable, IsNull: true }, valid]);
  }

  says(atom: Atom): boolean {
    if (atom.kind === 'opaque') return false;
    if (atom.kind !== 'linear') return true;
    const isSafe = atom.terms.every(({ field }) => {
      const { type, minimum, maximum } = this.field(field);
      return type.kind !== 'decimal' || Math.max(-minimum, maximum, Math.abs(atom.bound)) <= MOST_DECIMAL;
    });
    return isSafe && (atom.terms.length === 1 || pairOf(atom, this.set.fields) !== undefined);
  }
}
