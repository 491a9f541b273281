import { pointer } from '../../../core/json.ts';
import type { Test } from './formula.ts';
import type { Keywords, SchemaReader } from './read-schema.ts';
import type { Part, SchemaNode } from './schema-node.ts';
import { isArray } from './values.ts';

function itemPart(reader: SchemaReader, keyword: string, schema: unknown, at: string, index: number): Part {
  const { formulas } = reader;
  const node = reader.child(schema, at);
  const item = (value: SchemaNode['formula'], loose: boolean) =>
    formulas.test('array', { kind: 'item', index, value }, loose);
  const there = formulas.test('array', { kind: 'fewest', count: index + 1 }, false);
  return {
    ...reader.part(keyword, at, item(node.formula, true)),
    inner: { node, wrap: (violation) => formulas.and(there, item(violation, false)) },
  };
}

function restPart(reader: SchemaReader, keyword: string, schema: unknown, at: string, from: number): Part {
  const { formulas } = reader;
  const node = reader.child(schema, at);
  return {
    ...reader.part(keyword, at, formulas.test('array', { kind: 'every-item', from, value: node.formula })),
    inner: {
      node,
      wrap: (violation) => formulas.test('array', { kind: 'some-item', from, value: violation }, false),
    },
  };
}

function containsPart(reader: SchemaReader, schema: Keywords, at: string): Part[] {
  if (schema.contains === undefined) return [];
  const is2020 = reader.dialect === '2020-12';
  const fewest = is2020 && typeof schema.minContains === 'number' ? schema.minContains : 1;
  const most = is2020 && typeof schema.maxContains === 'number' ? schema.maxContains : Number.POSITIVE_INFINITY;
  const value = reader.child(schema.contains, pointer(at, 'contains')).formula;
  if (fewest === 0 && most === Number.POSITIVE_INFINITY) return [];
  const test: Test = { kind: 'count', value, fewest, most };
  return [reader.part('contains', pointer(at, 'contains'), reader.formulas.test('array', test))];
}

/**
 * An assertion that ajv 8 skips where an array ends before the first item that a tuple asserts something of, unless it collects
 * all errors. Which of the two a validator does is left open, so that neither is relied on.
 */
function unlessSkipped(reader: SchemaReader, part: Part, heads: readonly Part[]): Part {
  const { formulas } = reader;
  const first = heads.findIndex(({ inner }) => inner?.node.formula !== formulas.always);
  if (first < 0) return part;
  const name = `skipped ${part.formula.id}`;
  const skipped = formulas.and(
    formulas.test('array', { kind: 'most', count: first }),
    formulas.test('array', { kind: 'opaque', name, negated: false }),
  );
  return { ...part, formula: formulas.or(part.formula, skipped) };
}

function unevaluatedPart(reader: SchemaReader, schema: Keywords, at: string, from: number): Part[] {
  if (schema.unevaluatedItems === undefined || reader.dialect !== '2020-12' || schema.items !== undefined) return [];
  const place = pointer(at, 'unevaluatedItems');
  if (reader.standsAlone(schema) && schema.contains === undefined)
    return [restPart(reader, 'unevaluatedItems', schema.unevaluatedItems, place, from)];
  reader.doubt(
    place,
    'undecided-keyword',
    'unevaluatedItems is decided only where nothing beside it evaluates items.',
    'Say it with items.',
  );
  return [];
}

/** Reads what a schema asserts about arrays. */
export function readArrayKeywords(reader: SchemaReader, schema: Keywords, at: string): Part[] {
  const parts: Part[] = [];
  const tuple = reader.dialect === '2020-12' ? 'prefixItems' : 'items';
  const rest = reader.dialect === '2020-12' || !isArray(schema.items) ? 'items' : 'additionalItems';
  const heads = isArray(schema[tuple]) ? schema[tuple] : [];
  const tupleParts = heads.map((head, index) => itemPart(reader, tuple, head, pointer(at, tuple, index), index));
  const unless = (part: Part) => unlessSkipped(reader, part, tupleParts);
  parts.push(...tupleParts);
  if (schema[rest] !== undefined)
    parts.push(
      restPart(reader, rest, schema[rest], pointer(at, rest), rest === 'items' && tuple === 'items' ? 0 : heads.length),
    );
  parts.push(...containsPart(reader, schema, at).map(unless), ...unevaluatedPart(reader, schema, at, heads.length));
  const count = (keyword: string, kind: 'fewest' | 'most') => {
    const value = schema[keyword];
    if (typeof value === 'number' && !(kind === 'fewest' && value === 0))
      parts.push(reader.part(keyword, pointer(at, keyword), reader.formulas.test('array', { kind, count: value })));
  };
  count('minItems', 'fewest');
  count('maxItems', 'most');
  if (schema.uniqueItems === true)
    parts.push(
      unless(
        reader.part(
          'uniqueItems',
          pointer(at, 'uniqueItems'),
          reader.formulas.test('array', { kind: 'unique', negated: false }),
        ),
      ),
    );
  return parts;
}
