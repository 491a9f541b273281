import { type Json, pointer } from '../../../core/json.ts';
import { ANNOTATIONS, type Dialect, IN_PLACE, KEYWORDS } from './dialect.ts';
import type { Formula, Formulas, Test } from './formula.ts';
import { readArrayKeywords } from './read-array.ts';
import { readObjectKeywords } from './read-object.ts';
import { References } from './references.ts';
import type { Doubt, Part, SchemaNode } from './schema-node.ts';
import { isArray, isRecord, JSON_TYPES, type JsonType, textOf } from './values.ts';

export type Keywords = Readonly<Record<string, unknown>>;

const DEEPEST_CHAIN = 250;
const NUMBER_BOUNDS = {
  minimum: 'at-least',
  exclusiveMinimum: 'above',
  maximum: 'at-most',
  exclusiveMaximum: 'below',
} as const;

/** Reads one document into formulas, each schema in it once. */
export class SchemaReader {
  readonly formulas: Formulas;
  readonly dialect: Dialect;
  readonly doubts: Doubt[] = [];
  readonly #document: string;
  readonly #references: References;
  readonly #nodes = new Map<string, SchemaNode>();
  readonly #reading = new Set<string>();
  /** Places that are read for the very value that the current one is read for. */
  #inPlace: readonly string[] = [];
  #depth = 0;

  /** @param document a name that tells this document's definitions from those of the other */
  constructor(root: unknown, dialect: Dialect, formulas: Formulas, document: string) {
    this.formulas = formulas;
    this.dialect = dialect;
    this.#document = document;
    this.#references = new References(root);
  }

  doubt(at: string, rule: string, message: string, mend: string): void {
    if (this.doubts.length < 50) this.doubts.push({ pointer: at, rule, message, mend });
  }

  /** Reads the schema at a place for another value than the one around it. */
  child(schema: unknown, at: string): SchemaNode {
    const before = this.#inPlace;
    this.#inPlace = [];
    const node = this.read(schema, at);
    this.#inPlace = before;
    return node;
  }

  read(schema: unknown, at: string): SchemaNode {
    const known = this.#nodes.get(at);
    if (known !== undefined) return known;
    const before = this.#inPlace;
    this.#inPlace = [...before, at];
    this.#reading.add(at);
    this.#depth += 1;
    const parts = this.#partsOf(schema, at);
    this.#depth -= 1;
    this.#reading.delete(at);
    this.#inPlace = before;
    const node = { pointer: at, parts, formula: this.formulas.and(...parts.map(({ formula }) => formula)) };
    this.#nodes.set(at, node);
    return node;
  }

  #partsOf(schema: unknown, at: string): Part[] {
    if (schema === true) return [];
    if (schema === false) return [{ keyword: 'false', pointer: at, formula: this.formulas.never }];
    if (!isRecord(schema)) {
      this.doubt(at, 'no-schema', 'There is no schema here.', 'Write an object, true or false.');
      return [];
    }
    this.#lookForUnknown(schema, at);
    return [
      ...this.#values(schema, at),
      ...this.#numbers(schema, at),
      ...this.#strings(schema, at),
      ...readArrayKeywords(this, schema, at),
      ...readObjectKeywords(this, schema, at),
      ...this.#combinations(schema, at),
      ...this.#reference(schema, at),
    ];
  }

  #lookForUnknown(schema: Keywords, at: string): void {
    for (const key of Object.keys(schema))
      if (!KEYWORDS[this.dialect].has(key) && !ANNOTATIONS.has(key))
        this.doubt(
          pointer(at, key),
          'unknown-keyword',
          `"${key}" is no keyword of JSON Schema ${this.dialect} that is decided here.`,
          'Take it out, or say the same with keywords of docs/handoff-compatibility.md.',
        );
    if (at !== '' && typeof schema.$id === 'string' && !schema.$id.startsWith('#'))
      this.doubt(
        pointer(at, '$id'),
        'nested-id',
        'A schema within the schema has a base of its own.',
        'Give only the root an $id.',
      );
    if (at !== '' && Object.hasOwn(schema, '$schema'))
      this.doubt(pointer(at, '$schema'), 'nested-dialect', 'A dialect within.', 'Give only the root a $schema.');
  }

  part(keyword: string, at: string, formula: Formula): Part {
    return { keyword, pointer: at, formula };
  }

  #values(schema: Keywords, at: string): Part[] {
    const { formulas } = this;
    const parts: Part[] = [];
    if (schema.type !== undefined) parts.push(this.part('type', pointer(at, 'type'), this.#typeFormula(schema.type)));
    if (isArray(schema.enum))
      parts.push(this.part('enum', pointer(at, 'enum'), formulas.values(schema.enum as readonly Json[])));
    if (Object.hasOwn(schema, 'const'))
      parts.push(this.part('const', pointer(at, 'const'), formulas.values([schema.const as Json])));
    return parts;
  }

  #typeFormula(type: unknown): Formula {
    const names = new Set(isArray(type) ? type : [type]);
    const types = this.formulas.types(
      JSON_TYPES.filter((name: JsonType) => names.has(name) || (name === 'number' && names.has('integer'))),
    );
    const isWhole = names.has('integer') && !names.has('number');
    return isWhole ? this.formulas.and(types, this.formulas.test('number', { kind: 'multiple', of: 1 })) : types;
  }

  #numbers(schema: Keywords, at: string): Part[] {
    const parts: Part[] = [];
    for (const [keyword, kind] of Object.entries(NUMBER_BOUNDS)) {
      const bound = schema[keyword];
      if (typeof bound === 'number')
        parts.push(this.part(keyword, pointer(at, keyword), this.formulas.test('number', { kind, bound })));
    }
    if (typeof schema.multipleOf === 'number') {
      const test: Test = { kind: 'multiple', of: schema.multipleOf };
      parts.push(this.part('multipleOf', pointer(at, 'multipleOf'), this.formulas.test('number', test)));
    }
    return parts;
  }

  /** Something about strings that is asserted by some validators only, or not decided: equal to itself. */
  #opaque(keyword: string, at: string, value: unknown): Part {
    const test: Test = { kind: 'opaque', name: `${keyword} ${textOf(value)}`, negated: false };
    return this.part(keyword, pointer(at, keyword), this.formulas.test('string', test));
  }

  #strings(schema: Keywords, at: string): Part[] {
    const parts: Part[] = [];
    const { minLength, maxLength, pattern } = schema;
    const add = (keyword: string, test: Test) =>
      parts.push(this.part(keyword, pointer(at, keyword), this.formulas.test('string', test)));
    if (typeof minLength === 'number' && minLength > 0) add('minLength', { kind: 'shortest', length: minLength });
    if (typeof maxLength === 'number') add('maxLength', { kind: 'longest', length: maxLength });
    if (typeof pattern === 'string')
      parts.push(this.part('pattern', pointer(at, 'pattern'), this.patternFormula(pattern, pointer(at, 'pattern'))));
    if (this.dialect === 'draft-07' && schema.format !== undefined)
      parts.push(this.#opaque('format', at, schema.format));
    for (const keyword of ['contentEncoding', 'contentMediaType', 'contentSchema'])
      if (schema[keyword] !== undefined) parts.push(this.#opaque(keyword, at, schema[keyword]));
    return parts;
  }

  /** The strings that a pattern matches. */
  patternFormula(source: string, at: string): Formula {
    try {
      new RegExp(source, 'u');
    } catch {
      this.doubt(
        at,
        'invalid-pattern',
        'It is no regular expression of ECMA-262 in Unicode mode.',
        'Correct the pattern.',
      );
    }
    return this.formulas.test('string', { kind: 'pattern', source, negated: false });
  }

  #combinations(schema: Keywords, at: string): Part[] {
    const { formulas } = this;
    const parts: Part[] = [];
    const read = (keyword: string) =>
      isArray(schema[keyword])
        ? schema[keyword].map((one, index) => this.read(one, pointer(at, keyword, index)))
        : undefined;
    for (const node of read('allOf') ?? [])
      parts.push({
        ...this.part('allOf', node.pointer, node.formula),
        inner: { node, wrap: (violation) => violation },
      });
    const any = read('anyOf')?.map(({ formula }) => formula);
    if (any !== undefined) parts.push(this.part('anyOf', pointer(at, 'anyOf'), formulas.or(...any)));
    const one = read('oneOf')?.map(({ formula }) => formula);
    if (one !== undefined) parts.push(this.part('oneOf', pointer(at, 'oneOf'), this.#exactlyOne(one)));
    if (schema.not !== undefined)
      parts.push(this.part('not', pointer(at, 'not'), formulas.not(this.read(schema.not, pointer(at, 'not')).formula)));
    if (schema.if !== undefined) parts.push(this.#condition(schema, at));
    return parts;
  }

  /** At least one, and no two of them. */
  #exactlyOne(given: readonly Formula[]): Formula {
    const { formulas } = this;
    const pairs = given.flatMap((a, index) =>
      given.slice(index + 1).map((b) => formulas.or(formulas.not(a), formulas.not(b))),
    );
    return formulas.and(formulas.or(...given), ...pairs);
  }

  #condition(schema: Keywords, at: string): Part {
    const { formulas } = this;
    const branch = (keyword: 'then' | 'else') =>
      schema[keyword] === undefined ? formulas.always : this.read(schema[keyword], pointer(at, keyword)).formula;
    const condition = this.read(schema.if, pointer(at, 'if')).formula;
    const formula = formulas.and(
      formulas.or(formulas.not(condition), branch('then')),
      formulas.or(condition, branch('else')),
    );
    return this.part('if', pointer(at, 'if'), formula);
  }

  #reference(schema: Keywords, at: string): Part[] {
    const reference = schema.$ref;
    if (typeof reference !== 'string') return [];
    const place = pointer(at, '$ref');
    const target = this.#references.find(reference);
    if (target === undefined) {
      this.doubt(
        place,
        'unresolved-reference',
        `"${reference}" names nothing in this document.`,
        'Put it under $defs.',
      );
      return [];
    }
    const siblings = Object.keys(schema).filter((key) => key !== '$ref' && key !== '$id' && !ANNOTATIONS.has(key));
    if (this.dialect === 'draft-07' && siblings.length > 0)
      this.doubt(
        place,
        'reference-siblings',
        `In draft 7 what stands beside $ref is ignored, and some validators do not ignore it: ${siblings.join(', ')}.`,
        'Put $ref and the rest into an allOf.',
      );
    if (this.#inPlace.includes(target.pointer))
      this.doubt(place, 'endless-reference', `"${reference}" leads back to here.`, 'Break the circle.');
    if (this.#reading.has(target.pointer) || this.#depth > DEEPEST_CHAIN) {
      const name = `${this.#document}${target.pointer}`;
      this.formulas.define(name, () => this.child(target.schema, target.pointer).formula);
      return [this.part('$ref', place, this.formulas.ref(name))];
    }
    const node = this.read(target.schema, target.pointer);
    return [{ ...this.part('$ref', place, node.formula), inner: { node, wrap: (violation) => violation } }];
  }

  /** Whether a schema has nothing beside that could evaluate properties or items for `unevaluated…`. */
  standsAlone(schema: Keywords): boolean {
    return !IN_PLACE.some((keyword) => Object.hasOwn(schema, keyword));
  }
}
