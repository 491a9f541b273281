import type { Json } from '../../../../lib/core/json.ts';

/** A source of choices that gives the same ones for the same seed (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, but not including, a bound. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

type Keywords = { [key: string]: unknown };
export type Schema = boolean | Keywords;

const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];
export const KEYS = ['id', 'name', 'due', 'x_note', 'x_tag', 'lines'];
/** Patterns of the declared subset, with texts that match some of them. */
export const PATTERNS = ['^[a-z]+$', '^x_', '^[a-z]{2,4}$', '\\d', '^(?:open|done)$', '^[A-Z]{3}-\\d+$', 'e$', '^a|b$'];
export const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'abc',
  'open',
  'done',
  'ABC-1',
  'x_',
  'x_1',
  'true',
  'lone',
  '7',
  'abcde',
  'é',
  '😀',
];
const VALUES: readonly Json[] = [null, true, false, 0, 1, 2, 1.5, -1, 'a', 'open', 'done', '', [], [1], {}, { id: 1 }];

function numberKeywords(dice: Dice): Keywords {
  const schema: Keywords = {};
  if (dice.chance(45)) schema[dice.pick(['minimum', 'exclusiveMinimum'])] = dice.below(7) - 2;
  if (dice.chance(45)) schema[dice.pick(['maximum', 'exclusiveMaximum'])] = dice.below(9);
  if (dice.chance(25)) schema.multipleOf = dice.pick([1, 2, 3, 4, 6, 0.5, 0.25]);
  return schema;
}

function stringKeywords(dice: Dice): Keywords {
  const schema: Keywords = {};
  if (dice.chance(35)) schema.minLength = dice.below(4);
  if (dice.chance(35)) schema.maxLength = 1 + dice.below(5);
  if (dice.chance(40)) schema.pattern = dice.pick(PATTERNS);
  return schema;
}

function arrayKeywords(dice: Dice, depth: number): Keywords {
  const schema: Keywords = {};
  if (dice.chance(30))
    schema.prefixItems = Array.from({ length: 1 + dice.below(2) }, () => randomSchema(dice, depth - 1));
  if (dice.chance(55)) schema.items = randomSchema(dice, depth - 1);
  if (dice.chance(30)) schema.minItems = dice.below(3);
  if (dice.chance(30)) schema.maxItems = dice.below(4);
  if (dice.chance(20)) schema.uniqueItems = true;
  if (dice.chance(20)) {
    schema.contains = randomSchema(dice, depth - 1);
    if (dice.chance(40)) schema.minContains = dice.below(3);
    if (dice.chance(40)) schema.maxContains = 1 + dice.below(2);
  }
  return schema;
}

function objectKeywords(dice: Dice, depth: number): Keywords {
  const schema: Keywords = {};
  const keys = KEYS.filter(() => dice.chance(45));
  if (keys.length > 0) schema.properties = Object.fromEntries(keys.map((key) => [key, randomSchema(dice, depth - 1)]));
  if (dice.chance(50)) schema.required = KEYS.filter(() => dice.chance(25));
  if (dice.chance(35)) schema.additionalProperties = dice.chance(50) ? false : randomSchema(dice, depth - 1);
  if (dice.chance(15)) schema.patternProperties = { [dice.pick(['^x_', 'e$'])]: randomSchema(dice, depth - 1) };
  if (dice.chance(10)) schema.propertyNames = { type: 'string', ...stringKeywords(dice) };
  if (dice.chance(12)) schema.minProperties = dice.below(3);
  if (dice.chance(12)) schema.maxProperties = 1 + dice.below(3);
  if (dice.chance(10)) schema.dependentRequired = { [dice.pick(KEYS)]: [dice.pick(KEYS)] };
  if (dice.chance(6)) schema.dependentSchemas = { [dice.pick(KEYS)]: randomSchema(dice, depth - 1) };
  return schema;
}

function combination(dice: Dice, depth: number): Schema {
  const some = () => Array.from({ length: 2 + dice.below(2) }, () => randomSchema(dice, depth - 1));
  switch (dice.below(6)) {
    case 0:
      return { anyOf: some() };
    case 1:
      return { oneOf: some() };
    case 2:
      return { allOf: some() };
    case 3:
      return { ...(randomSchema(dice, 0) as Keywords), not: randomSchema(dice, depth - 1) };
    case 4:
      return {
        if: randomSchema(dice, depth - 1),
        // biome-ignore lint/suspicious/noThenProperty: it is the keyword.
        then: randomSchema(dice, depth - 1),
        else: randomSchema(dice, depth - 1),
      };
    default:
      return { $ref: dice.chance(50) ? '#/$defs/node' : '#/$defs/code' };
  }
}

/** A random schema of the declared subset. Its references name `#/$defs/node` (recursive) and `#/$defs/code`. */
export function randomSchema(dice: Dice, depth: number): Schema {
  if (depth <= 0 && dice.chance(8)) return dice.chance(70);
  if (depth > 0 && dice.chance(22)) return combination(dice, depth);
  if (dice.chance(10))
    return { enum: [...new Set(Array.from({ length: 1 + dice.below(4) }, () => dice.pick(VALUES)))] };
  if (dice.chance(5)) return { const: dice.pick(VALUES) };
  const type = dice.pick(depth > 0 ? [...TYPES, 'object', 'object', 'array'] : TYPES.slice(0, 5));
  const keywords =
    type === 'integer' || type === 'number'
      ? numberKeywords(dice)
      : type === 'string'
        ? stringKeywords(dice)
        : type === 'array'
          ? arrayKeywords(dice, depth)
          : type === 'object'
            ? objectKeywords(dice, depth)
            : {};
  if (dice.chance(12)) return keywords;
  return { type: dice.chance(12) ? [...new Set([type, dice.pick(TYPES)])] : type, ...keywords };
}

/** A whole document: a schema with the definitions that it may refer to. */
export function randomDocument(dice: Dice): Schema {
  const schema = randomSchema(dice, 2 + dice.below(2));
  if (typeof schema === 'boolean') return schema;
  const node = {
    type: 'object',
    properties: { value: randomSchema(dice, 0), next: { $ref: '#/$defs/node' } },
    ...(dice.chance(50) ? { required: ['value'] } : {}),
    ...(dice.chance(40) ? { additionalProperties: false } : {}),
  };
  return { ...schema, $defs: { node, code: randomSchema(dice, 0) } } as Schema;
}

type Place = { readonly holder: Keywords; readonly key: string } | { readonly holder: unknown[]; readonly key: number };

const ONE = ['items', 'contains', 'not', 'if', 'then', 'else', 'additionalProperties', 'propertyNames'];
const MANY = ['prefixItems', 'anyOf', 'allOf', 'oneOf'];
const NAMED = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];

/** The places of all schemas within a schema. */
function placesIn(schema: unknown): Place[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const holder = schema as Keywords;
  const places: Place[] = [];
  for (const key of ONE) if (holder[key] !== undefined) places.push({ holder, key }, ...placesIn(holder[key]));
  for (const keyword of MANY)
    for (const [key, inner] of ((holder[keyword] as unknown[] | undefined) ?? []).entries())
      places.push({ holder: holder[keyword] as unknown[], key }, ...placesIn(inner));
  for (const keyword of NAMED)
    for (const [key, inner] of Object.entries(holder[keyword] ?? {}))
      places.push({ holder: holder[keyword] as Keywords, key }, ...placesIn(inner));
  return places;
}

const NUMERIC = ['minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum'];
const COUNTS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'minContains'];

/** The same schema with something changed: sometimes its meaning, sometimes only the way it is written. */
function changed(given: Schema, dice: Dice): Schema {
  if (typeof given === 'boolean') return dice.chance(50) ? !given : randomSchema(dice, 0);
  const schema: Keywords = { ...given };
  const keys = Object.keys(schema).filter((key) => key !== '$defs');
  switch (dice.below(12)) {
    case 0: {
      if (keys.length > 0) delete schema[dice.pick(keys)];
      return schema;
    }
    case 1:
    case 2: {
      for (const key of keys) {
        const value = schema[key];
        if (typeof value !== 'number') continue;
        if (NUMERIC.includes(key)) schema[key] = value + dice.pick([-1, 1, 0.5]);
        if (COUNTS.includes(key)) schema[key] = Math.max(0, value + dice.pick([-1, 1]));
        if (key === 'multipleOf') schema[key] = value * dice.pick([2, 3, 0.5]);
      }
      return schema;
    }
    case 3:
      if (Array.isArray(schema.enum))
        schema.enum =
          schema.enum.length > 1 && dice.chance(50) ? schema.enum.slice(1) : [...schema.enum, `n${dice.below(9)}`];
      else
        schema.required = [...new Set([...((schema.required as string[]) ?? []), dice.pick(KEYS)])].slice(
          dice.below(2),
        );
      return schema;
    case 4:
      if (schema.type === 'integer') schema.type = 'number';
      else if (schema.type === 'number') schema.type = 'integer';
      else if (typeof schema.type === 'string') schema.type = [...new Set([schema.type, dice.pick(TYPES)])];
      return schema;
    case 5: {
      const { $defs, ...rest } = schema;
      return { allOf: [rest], ...($defs === undefined ? {} : { $defs }) };
    }
    case 6: {
      const { $defs, ...rest } = schema;
      return { not: { not: rest }, ...($defs === undefined ? {} : { $defs }) };
    }
    case 7: {
      const { $defs, ...rest } = schema;
      return { anyOf: [rest, randomSchema(dice, 0)], ...($defs === undefined ? {} : { $defs }) };
    }
    case 8:
      if (schema.anyOf !== undefined) {
        const { anyOf, ...rest } = schema;
        return { ...rest, oneOf: anyOf };
      }
      if (schema.enum !== undefined) {
        const { enum: values, ...rest } = schema;
        return { ...rest, anyOf: (values as Json[]).map((value) => ({ const: value })) };
      }
      return { ...schema, title: 'renamed' };
    case 9:
      schema.properties = { ...((schema.properties as object) ?? {}), [dice.pick(KEYS)]: randomSchema(dice, 0) };
      return schema;
    case 10:
      if (schema.type === 'integer') return { ...schema, type: 'number', allOf: [{ multipleOf: 1 }] };
      return Object.fromEntries(Object.entries(schema).reverse());
    default:
      schema.additionalProperties = schema.additionalProperties === false;
      return schema;
  }
}

/** A copy with one to three of its schemas changed. */
export function mutation(document: Schema, dice: Dice): Schema {
  let copy = structuredClone(document);
  for (let count = 1 + dice.below(2); count > 0; count--) {
    const places = placesIn(copy);
    if (places.length === 0 || dice.chance(35)) copy = changed(copy, dice);
    else {
      const { holder, key } = dice.pick(places) as { holder: Record<string | number, unknown>; key: string };
      holder[key] = changed(holder[key] as Schema, dice);
    }
  }
  return copy;
}
