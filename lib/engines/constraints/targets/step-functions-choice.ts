import type { Json, JsonObject } from '../../../core/json.ts';
import { exactValue, writeInput } from '../evaluate/write-input.ts';
import type { ConstraintSet, Field, FieldIndex, FieldKind, Values } from '../model.ts';
import type { Relation } from '../normalise.ts';
import { writeDecimal } from '../written-values.ts';
import { Approximation, allOf, anyOf, permittedTrees, sizeOf, tooLarge, type Tree, type Writer, write } from './approximate.ts';
import { isWellFormed, refused, type Target, unsafeTexts, written } from './output.ts';
import { pairOf } from './pairs.ts';
import { type Atom, permissionOf } from './permission.ts';
import { bitsOf } from './texts.ts';

const MEDIA_TYPE = 'application/json';
/** The limit of a definition, less what the rest of a machine may need. */
const MOST_BYTES = 900_000;
/** Integers up to here have at most fifteen digits, which floating-point numbers keep apart also as decimals. */
const MOST_DECIMAL = 999_999_999_999_999;

const ORDERS = { lt: 'LessThan', le: 'LessThanEquals', eq: 'Equals', ge: 'GreaterThanEquals', gt: 'GreaterThan' } as const;

/** Dates are compared as texts, which sort as the days do. */
function typeName({ kind }: FieldKind): 'String' | 'Numeric' {
  return kind === 'date' ? 'String' : 'Numeric';
}

/** A value as this target's inputs hold it: the exact form, but decimals are numbers. */
function valueOf(type: FieldKind, value: number): Json {
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

class ChoiceWriter implements Writer<Json> {
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
          value: type.kind === 'money' ? atom.bound : valueOf(type, atom.bound),
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
    return 'path' in operand ? { Variable, [`${operator}Path`]: operand.path } : { Variable, [operator]: operand.value };
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
            ...['IsNull', 'IsString', 'IsNumeric', 'IsBoolean'].map((test): Json => ({ Not: { Variable, [test]: true } })),
            this.any([
              { Not: { Variable: this.path(index, 0), IsPresent: true } },
              { Variable: this.path(index, 0), IsString: true },
            ]),
            { Not: { Variable: this.path(index, type.maximumSize), IsPresent: true } },
          ];
        default: {
          const at = this.operand(index);
          const of = (value: number): { readonly value: Json } => ({
            value: type.kind === 'money' ? value : valueOf(type, value),
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

/**
 * A Choice state (Amazon States Language, JSONPath) with one branch per outcome: `Invalid`, `Denied`, `Routed`, and `Allowed`
 * as the default. Sums and what is beyond linear arithmetic cannot be said in it: then fewer inputs are denied, and an input
 * goes to `Routed` wherever a rule may put labels on its route.
 */
export const stepFunctionsChoice: Target = (set, { day }) => {
  const unsafe = unsafeTexts(set, isWellFormed);
  if (unsafe.length > 0) return refused('step-functions-choice', MEDIA_TYPE, unsafe);
  const writer = new ChoiceWriter(set);
  const permission = permissionOf(set, day);
  const approximation = new Approximation(permission, (atom) => writer.says(atom));
  const { kept, weaker } = permittedTrees(permission, approximation, 'A choice');
  const doubtful: string[] = [];
  const routing = [...permission.applies].flatMap(([index, condition]): Tree[] => {
    const rule = set.rules[index];
    if (rule?.effect.kind !== 'route' || rule.effect.to.length === 0) return [];
    const { tree, lost } = approximation.atLeast(condition);
    if (lost.length > 0) doubtful.push(`Rule ${rule.id}: inputs go to Routed wherever it may apply.`);
    return [tree];
  });
  const permitted = allOf([...kept.values()]);
  const routed = anyOf(routing);
  const large = tooLarge([permitted, routed]);
  if (large.length > 0) return refused('step-functions-choice', MEDIA_TYPE, large);
  const domains = set.fields.map((_, index) => writer.domain(index));
  const branch = (condition: Json, Next: string): JsonObject => ({ ...(condition as JsonObject), Next });
  const isNever = (tree: Tree) => sizeOf(tree) === 1 && tree.kind === 'constant' && !tree.value;
  const isAlways = (tree: Tree) => tree.kind === 'constant' && tree.value;
  const state: JsonObject = {
    Type: 'Choice',
    Choices: [
      branch({ Not: domains.length === 0 ? writer.constant(true) : writer.all(domains) }, 'Invalid'),
      ...(isAlways(permitted) ? [] : [branch({ Not: write(permitted, writer) }, 'Denied')]),
      ...(isNever(routed) ? [] : [branch(write(routed, writer), 'Routed')]),
    ],
    Default: 'Allowed',
  };
  const text = `${JSON.stringify(state, undefined, 2)}\n`;
  const bytes = new TextEncoder().encode(JSON.stringify(state)).length;
  if (bytes > MOST_BYTES) {
    const because = `The state takes ${bytes} bytes; a definition may take 1 MiB, and at most ${MOST_BYTES} are written.`;
    return refused('step-functions-choice', MEDIA_TYPE, [because]);
  }
  return written('step-functions-choice', MEDIA_TYPE, text, [...weaker, ...doubtful]);
};

/** An input in the form that the state looks at: the exact form, but decimals are numbers. Absent fields are left out. */
export function stepFunctionsInput(set: ConstraintSet, values: Values): Json {
  const fields = set.fields.map((field): Field => {
    const { type } = field;
    // Written as integers of the last digit first, and then as numbers.
    return type.kind === 'decimal' ? { ...field, type: { kind: 'integer' } } : field;
  });
  const scales = new Map(set.fields.flatMap(({ path, type }) => (type.kind === 'decimal' ? [[path, type] as const] : [])));
  const convert = (json: Json, path: string): Json => {
    const type = scales.get(path);
    if (type !== undefined && typeof json === 'number') return valueOf(type, json);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
    return Object.fromEntries(
      Object.entries(json).map(([name, inner]) => [name, convert(inner, path === '' ? name : `${path}.${name}`)]),
    );
  };
  return convert(writeInput({ ...set, fields }, values), '');
}
