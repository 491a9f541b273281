import type { Json } from '../../../../lib/core/json.ts';
import { type Dice, KEYS, type Schema, TEXTS } from './random-schemas.ts';

type Keywords = Readonly<Record<string, unknown>>;

/** Values that schemas mention, and their neighbours: where sets begin and end. */
export interface Mentioned {
  readonly numbers: readonly number[];
  readonly values: readonly Json[];
  readonly keys: readonly string[];
}

export function mentionedIn(documents: readonly unknown[]): Mentioned {
  const numbers = new Set<number>([0, 1, -1, 2, 0.5, 7, 100]);
  const values: Json[] = [null, true, false];
  const keys = new Set<string>([...KEYS, 'value', 'next', 'zz']);
  const visit = (value: unknown): void => {
    if (typeof value === 'number')
      for (const near of [value, value - 1, value + 1, value + 0.5, value * 2, value * 3]) numbers.add(near);
    if (typeof value !== 'object' || value === null) return;
    const { enum: listed, const: only } = value as Keywords;
    if (Array.isArray(listed)) values.push(...listed);
    if (only !== undefined) values.push(only as Json);
    for (const inner of Object.values(value)) visit(inner);
  };
  for (const document of documents) visit(document);
  return { numbers: [...numbers], values, keys: [...keys] };
}

function anything(dice: Dice, mentioned: Mentioned, depth: number): Json {
  switch (dice.below(depth > 0 ? 7 : 5)) {
    case 0:
    case 1:
      return dice.pick(mentioned.values);
    case 2:
      return dice.pick(mentioned.numbers);
    case 3:
    case 4:
      return dice.pick(TEXTS);
    case 5:
      return Array.from({ length: dice.below(4) }, () => anything(dice, mentioned, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: dice.below(4) }, () => [dice.pick(mentioned.keys), anything(dice, mentioned, depth - 1)]),
      );
  }
}

/**
 * A value that tries to be valid: it follows the schema where that is easy, and takes values at the bounds of both schemas.
 * It shares nothing with the engine, and the caller checks validity.
 */
export function instanceFor(
  schema: Schema | undefined,
  root: Schema,
  dice: Dice,
  mentioned: Mentioned,
  depth = 5,
): Json {
  if (typeof schema !== 'object' || depth <= 0 || dice.chance(6)) return anything(dice, mentioned, 2);
  const follow = (one: unknown, less = 1) => instanceFor(one as Schema, root, dice, mentioned, depth - less);
  const keywords: Keywords = schema;
  const { $ref, enum: listed, type } = keywords;
  if (typeof $ref === 'string')
    return follow(((root as Keywords).$defs as Keywords | undefined)?.[$ref.split('/').at(-1) as string]);
  if (Array.isArray(listed)) return dice.pick(listed as Json[]);
  if (Object.hasOwn(keywords, 'const')) return keywords.const as Json;
  for (const keyword of ['anyOf', 'oneOf', 'allOf'])
    if (Array.isArray(keywords[keyword]) && dice.chance(80)) return follow(dice.pick(keywords[keyword] as Schema[]));
  if (keywords.if !== undefined && dice.chance(80))
    return follow(keywords[dice.pick(['if', 'then', 'else'])] as Schema | undefined);
  const guessed = ['properties', 'required', 'additionalProperties', 'propertyNames'].some((key) => key in keywords)
    ? 'object'
    : ['items', 'prefixItems', 'contains'].some((key) => key in keywords)
      ? 'array'
      : undefined;
  const chosen = dice.chance(92) ? (Array.isArray(type) ? dice.pick(type) : (type ?? guessed)) : undefined;
  switch (chosen) {
    case 'null':
      return null;
    case 'boolean':
      return dice.chance(50);
    case 'integer':
      return Math.round(dice.pick(mentioned.numbers));
    case 'number':
      return dice.pick(mentioned.numbers);
    case 'string':
      return dice.pick(TEXTS);
    case 'array': {
      const heads = (keywords.prefixItems ?? []) as Schema[];
      const least = Math.max(Number(keywords.minItems ?? 0), keywords.contains === undefined ? 0 : 1);
      return Array.from({ length: least + dice.below(3) }, (_, index) =>
        keywords.contains !== undefined && dice.chance(40)
          ? follow(keywords.contains)
          : follow(heads[index] ?? keywords.items),
      );
    }
    case 'object': {
      const properties = (keywords.properties ?? {}) as Readonly<Record<string, Schema>>;
      const wanted = new Set((keywords.required ?? []) as string[]);
      for (const key of Object.keys(properties)) if (dice.chance(45)) wanted.add(key);
      if (keywords.additionalProperties !== false && dice.chance(35)) wanted.add(dice.pick(mentioned.keys));
      return Object.fromEntries(
        [...wanted].map((key) => [
          key,
          follow(Object.hasOwn(properties, key) ? properties[key] : keywords.additionalProperties),
        ]),
      );
    }
    default:
      return anything(dice, mentioned, 2);
  }
}
