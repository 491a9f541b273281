import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { compareSchemas, type Verdict } from '../../../lib/engines/handoff/compatibility/compare-schemas.ts';

/** Wraps a value so many times. */
function nested(times: number, value: unknown, wrap: (inner: unknown) => unknown): unknown {
  let result = value;
  for (let count = 0; count < times; count++) result = wrap(result);
  return result;
}

const inProperty = (inner: unknown) => ({ type: 'object', properties: { a: inner }, required: ['a'] });
const named = <T>(count: number, name: string, value: (index: number) => T) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, value(index)]));

function wide(count: number, value: unknown) {
  const properties = named(count, 'p', () => value);
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const cyclic: Record<string, unknown> = { type: 'object' };
cyclic.properties = { self: cyclic };

const choices = (shift: number) => ({
  allOf: Array.from({ length: 14 }, (_, at) => ({
    anyOf: Array.from({ length: 6 }, (_, value) => ({
      properties: { [`k${at + shift}`]: { const: value } },
      required: [`k${at}`],
    })),
  })),
});

/** What may be answered besides: nothing of it may be called compatible. */
const HOSTILE: readonly (readonly [string, unknown, unknown, readonly Verdict[]])[] = [
  [
    '60 levels of properties',
    nested(60, { type: 'string' }, inProperty),
    nested(60, { type: 'null' }, inProperty),
    ['breaking', 'unknown'],
  ],
  ['100,000 levels', nested(100_000, {}, inProperty), {}, ['unknown']],
  ['190 negations', nested(190, { type: 'string' }, (not) => ({ not })), { type: 'integer' }, ['breaking', 'unknown']],
  ['a value that holds itself', cyclic, { type: 'object' }, ['unknown']],
  [
    '400 properties, all narrower',
    wide(400, { type: 'number' }),
    wide(400, { type: 'integer' }),
    ['breaking', 'unknown'],
  ],
  ['a text of a megabyte', { const: 'x'.repeat(1_000_001) }, { const: 'y' }, ['unknown']],
  [
    'an enum of half a megabyte',
    { enum: Array.from({ length: 19_000 }, (_, at) => `value-${'x'.repeat(20)}-${at}`) },
    { type: 'integer' },
    ['breaking'],
  ],
  ['6 to the 14th branches', choices(0), choices(1), ['breaking', 'unknown']],
  [
    '200 overlapping alternatives',
    { oneOf: Array.from({ length: 200 }, (_, at) => ({ multipleOf: at + 2 })) },
    { oneOf: Array.from({ length: 200 }, (_, at) => ({ multipleOf: at + 3 })) },
    ['breaking', 'unknown'],
  ],
  [
    'a pattern that backtracks for ever',
    { type: 'string', pattern: '^(a+)+$', minLength: 40 },
    { type: 'string', pattern: '^(b|a+a+)+c$' },
    ['breaking', 'unknown'],
  ],
  [
    'such a pattern with look-ahead',
    { type: 'string', pattern: '^(?=a)(a+)+b$' },
    { type: 'string', pattern: '^(?!a)(a+)+c$' },
    ['unknown'],
  ],
  [
    'a thousand to the third repetitions',
    { pattern: '^(?:(?:a{1000}){1000}){1000}$' },
    { pattern: '^a{3000}$' },
    ['unknown'],
  ],
  ['repetitions of nothing', { pattern: '^((){999999}){999999}$' }, { pattern: '^a$' }, ['unknown']],
  [
    'an automaton of a million states',
    { type: 'string', pattern: '(a|b)*a(a|b){20}$' },
    { type: 'string', pattern: '(a|b)*b(a|b){20}$' },
    ['breaking', 'unknown'],
  ],
  ['a number that is none', JSON.parse('{"minimum":1e400}'), { minimum: 1 }, ['unknown']],
  [
    'numbers at both ends of doubles',
    { type: 'number', minimum: 1e308, multipleOf: 7 },
    { type: 'number', multipleOf: 5e-324 },
    ['breaking', 'unknown'],
  ],
  ['a thousand million items', { type: 'array', minItems: 1e9 }, { type: 'array', minItems: 1e10 }, ['unknown']],
  [
    'a thousand million characters',
    { type: 'string', minLength: 1e9 },
    { type: 'string', minLength: 1e10 },
    ['unknown'],
  ],
  [
    'a thousand million properties',
    { type: 'object', minProperties: 1e9 },
    { type: 'object', minProperties: 1e10 },
    ['unknown'],
  ],
  [
    'a thousand million contained',
    { type: 'array', contains: {}, minContains: 1e9 },
    { type: 'array', contains: {}, minContains: 1e10 },
    ['unknown'],
  ],
  ['__proto__ as a property', JSON.parse('{"properties":{"__proto__":{"type":"string"}}}'), {}, ['unknown']],
  [
    'references in a circle',
    { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
    {},
    ['unknown'],
  ],
  [
    'the identity of a meta-schema',
    { $id: 'https://json-schema.org/draft/2020-12/schema', type: 'string' },
    { type: 'integer' },
    ['unknown'],
  ],
  [
    'references that double 24 times',
    {
      $ref: '#/$defs/d0',
      $defs: named(25, 'd', (at) =>
        at === 24
          ? { type: 'string' }
          : { type: 'object', properties: { a: { $ref: `#/$defs/d${at + 1}` }, b: { $ref: `#/$defs/d${at + 1}` } } },
      ),
    },
    {
      $ref: '#/$defs/d0',
      $defs: named(25, 'd', (at) =>
        at === 24
          ? { type: 'integer' }
          : { type: 'object', properties: { a: { $ref: `#/$defs/d${at + 1}` }, b: { $ref: `#/$defs/d${at + 1}` } } },
      ),
    },
    ['breaking', 'unknown'],
  ],
];

describe('hostile schemas are answered within bounds', () => {
  test.each(HOSTILE)('%s', { timeout: 30_000 }, (_, old, next, verdicts) => {
    expect(verdicts).toContain(compareSchemas(old, next, 'backward').verdict);
  });

  test('after one that takes the name of a meta-schema others are still read', () => {
    const id = 'https://json-schema.org/draft/2020-12/schema';
    compareSchemas({ $id: id, type: 'string' }, { $id: id, type: 'integer' }, 'full');
    expect(compareSchemas({ $schema: id, type: 'string' }, { $schema: id }, 'backward').verdict).toBe('compatible');
    expect(() => compareSchemas({ $schema: id, type: 'strng' }, {}, 'backward')).toThrow(InvalidInput);
  });

  test('a chain of 3,000 references is followed', () => {
    const $defs = named(3000, 'd', (at) => (at === 2999 ? { type: 'string' } : { $ref: `#/$defs/d${at + 1}` }));
    expect(compareSchemas({ $ref: '#/$defs/d0', $defs }, { type: 'string' }, 'full').verdict).toBe('compatible');
  });

  test('1,000 equal properties are no work', () => {
    const [old, next] = [wide(1000, { type: 'integer' }), wide(1000, { type: 'integer' })];
    expect(compareSchemas(old, next, 'full').verdict).toBe('compatible');
  });
});
