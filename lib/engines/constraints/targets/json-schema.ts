import { dateOfDay } from '../../../core/calendar/local-day.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { ConstraintSet, Field, FieldIndex } from '../model.ts';
import { wordsOf } from '../written-values.ts';
import { Approximation, permittedTrees, type Tree, tooLarge, type Writer, write } from './approximate.ts';
import { isWellFormed, refused, type Target, unsafeTexts, written } from './output.ts';
import { type Atom, permissionOf } from './permission.ts';
import { comparedRanges, type Range } from './ranges.ts';
import { CALENDAR_DATE, datePattern, decimalPattern } from './text-patterns.ts';

const MEDIA_TYPE = 'application/schema+json';

/** JSON Schema looks at each value by itself: it compares no two of them, and computes nothing. */
function isSaid(atom: Atom): boolean {
  if (atom.kind === 'opaque') return false;
  return atom.kind !== 'linear' || atom.terms.length === 1;
}

/** Values of a numeric field within a range, in the exact form. */
function rangeSchema({ type }: Field, [low, high]: Range): JsonObject {
  switch (type.kind) {
    case 'decimal':
      return { pattern: decimalPattern(low, high, type.scale) };
    case 'date':
      return { pattern: datePattern(dateOfDay(low), dateOfDay(high)) };
    case 'money':
      return { properties: { minorUnits: { minimum: low, maximum: high } } };
    default:
      return { minimum: low, maximum: high };
  }
}

function anyOf(schemas: readonly Json[]): Json {
  const [only] = schemas;
  if (only === undefined) return false;
  return schemas.length === 1 ? only : { anyOf: schemas };
}

/** A field's values in the exact form, without null. */
function valueSchema(field: Field): JsonObject {
  const { type, minimum, maximum } = field;
  switch (type.kind) {
    case 'decimal':
      return { type: 'string', ...rangeSchema(field, [minimum, maximum]) };
    case 'date':
      return { type: 'string', allOf: [{ pattern: CALENDAR_DATE }, rangeSchema(field, [minimum, maximum])] };
    case 'money':
      return {
        type: 'object',
        properties: { currency: { const: type.currency }, minorUnits: { type: 'integer', minimum, maximum } },
        required: ['currency', 'minorUnits'],
        additionalProperties: false,
      };
    case 'enum':
      return { enum: type.values.slice(minimum, maximum + 1) };
    case 'boolean':
      return { enum: [false, true].slice(minimum, maximum + 1) };
    case 'set': {
      // Where some of an input is settled already, a set may have just one value left, and that may be the empty one.
      const isSettled = minimum === maximum;
      const words = isSettled ? wordsOf(type.values, minimum) : type.values;
      return {
        type: 'array',
        items: words.length === 0 ? false : { enum: words },
        uniqueItems: true,
        minItems: isSettled ? words.length : 0,
        maxItems: isSettled ? words.length : type.maximumSize,
      };
    }
    default:
      return { type: 'integer', minimum, maximum };
  }
}

/** An object of the input: fields and further objects by name. */
interface Level {
  readonly [name: string]: FieldIndex | Level;
}

function levelsOf(fields: readonly Field[]): Level {
  const place = (level: Level, [name = '', ...rest]: readonly string[], index: FieldIndex): Level => {
    const inner = level[name];
    const placed = rest.length === 0 ? index : place(typeof inner === 'object' ? inner : {}, rest, index);
    return { ...level, [name]: placed };
  };
  return fields.reduce((level, { path }, index) => place(level, path.split('.'), index), {} as Level);
}

class SchemaWriter implements Writer<Json> {
  private readonly set: ConstraintSet;

  constructor(set: ConstraintSet) {
    this.set = set;
  }

  private field(index: FieldIndex): Field {
    const field = this.set.fields[index];
    if (field === undefined) throw new RangeError(`There is no field ${index}.`);
    return field;
  }

  /** The schema of a field's value where it stands; an input without the field meets it. */
  private at(index: FieldIndex, schema: Json): Json {
    return this.field(index)
      .path.split('.')
      .reduceRight<Json>((inner, name) => ({ properties: { [name]: inner } }), schema);
  }

  constant(value: boolean): Json {
    return value;
  }

  all(parts: readonly Json[]): Json {
    return { allOf: parts };
  }

  any(parts: readonly Json[]): Json {
    return { anyOf: parts };
  }

  named(rule: number, holds: boolean): Json {
    return { $ref: `#/$defs/${definitionName(rule, holds)}` };
  }

  atom(atom: Atom, holds: boolean): Json {
    if (atom.kind === 'present') {
      const present = this.field(atom.field)
        .path.split('.')
        .reduceRight<Json>((inner, name) => ({ type: 'object', required: [name], properties: { [name]: inner } }), {
          not: { type: 'null' },
        });
      return holds ? present : { not: present };
    }
    const [field, schema] = this.value(atom);
    return this.at(field, holds ? schema : { not: schema });
  }

  private value(atom: Exclude<Atom, { readonly kind: 'present' }>): readonly [FieldIndex, Json] {
    switch (atom.kind) {
      case 'member': {
        const { type } = this.field(atom.field);
        const values = atom.values.map((value) => (type.kind === 'enum' ? (type.values[value] ?? '') : value === 1));
        return [atom.field, values.length === 0 ? false : { enum: values }];
      }
      case 'contains': {
        const { type } = this.field(atom.field);
        const words = type.kind === 'set' ? wordsOf(type.values, atom.mask) : [];
        const schema =
          atom.which === 'any'
            ? { contains: { enum: words } }
            : { allOf: words.map((word) => ({ contains: { const: word } })) };
        return [atom.field, schema];
      }
      case 'linear': {
        const [term] = atom.terms;
        if (term === undefined || atom.terms.length > 1) break;
        const field = this.field(term.field);
        const ranges = comparedRanges(field, term, atom);
        const schemas = ranges.map(
          (range): Json =>
            term.of === 'size' ? { minItems: range[0], maxItems: range[1] } : rangeSchema(field, range),
        );
        return [term.field, anyOf(schemas)];
      }
    }
    throw new TypeError('JSON Schema compares a value with constants only.');
  }

  private present(index: FieldIndex): Json {
    const field = this.field(index);
    const schema = valueSchema(field);
    return field.optional ? { anyOf: [{ type: 'null' }, schema] } : schema;
  }

  /** The form of an object of the input: the top one, and those within that have required fields, cannot be left out. */
  level(level: Level): { readonly schema: JsonObject; readonly isRequired: boolean } {
    const inner = Object.entries(level).map(([name, is]) => {
      if (typeof is === 'number') {
        return { name, schema: this.present(is), isRequired: !this.field(is).optional };
      }
      const { schema, isRequired } = this.level(is);
      return { name, schema: isRequired ? schema : { anyOf: [{ type: 'null' }, schema] }, isRequired };
    });
    const required = inner.filter(({ isRequired }) => isRequired).map(({ name }) => name);
    const schema = {
      type: 'object',
      properties: Object.fromEntries(inner.map(({ name, schema: of }) => [name, of])),
      required,
      ...(this.set.additionalFields === 'ignore' ? {} : { additionalProperties: false }),
    };
    return { schema, isRequired: required.length > 0 };
  }
}

function definitionName(rule: number, holds: boolean): string {
  return `${holds ? 'applies' : 'spared'}-${rule}`;
}

/** The conditions that trees name, and those that these name. */
function definitionsOf(trees: readonly Tree[], approximation: Approximation): ReadonlyMap<string, Tree> {
  const found = new Map<string, Tree>();
  const visit = (tree: Tree): void => {
    if (tree.kind === 'all' || tree.kind === 'any') tree.parts.forEach(visit);
    if (tree.kind !== 'named' || found.has(definitionName(tree.rule, tree.holds))) return;
    const { tree: named } = approximation.applies(tree.rule, tree.holds);
    found.set(definitionName(tree.rule, tree.holds), named);
    visit(named);
  };
  trees.forEach(visit);
  return found;
}

/**
 * A JSON Schema (2020-12) of the inputs in their exact form that are permitted. Sums of several fields and what is beyond
 * linear arithmetic cannot be said in it, so that it is weaker where rules have them.
 */
export const jsonSchema: Target = (set, { day }) => {
  const unsafe = unsafeTexts(set, isWellFormed);
  if (unsafe.length > 0) return refused('json-schema', MEDIA_TYPE, unsafe);
  const permission = permissionOf(set, day);
  const approximation = new Approximation(permission, isSaid, true);
  const { kept, weaker } = permittedTrees(permission, approximation, 'JSON Schema');
  const definitions = definitionsOf([...kept.values()], approximation);
  const large = tooLarge([...kept.values(), ...definitions.values()]);
  if (large.length > 0) return refused('json-schema', MEDIA_TYPE, large);
  const writer = new SchemaWriter(set);
  const rules = [...kept].flatMap(([index, tree]): Json[] => {
    const { id = '', message = '' } = set.rules[index] ?? {};
    const schema = write(tree, writer);
    return schema === true ? [] : [{ title: id, description: message, allOf: [schema] }];
  });
  const schema: JsonObject = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `${set.name} ${set.version}`,
    ...writer.level(levelsOf(set.fields)).schema,
    ...(rules.length === 0 ? {} : { allOf: rules }),
    ...(definitions.size === 0
      ? {}
      : { $defs: Object.fromEntries([...definitions].map(([name, tree]) => [name, write(tree, writer)])) }),
  };
  return written('json-schema', MEDIA_TYPE, `${JSON.stringify(schema, undefined, 2)}\n`, weaker);
};
