import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { compareSchemas } from '../../../lib/engines/handoff/compatibility/compare-schemas.ts';
import { PAIRS } from './support/schema-pairs.ts';

/** What an ajv of the test's own says: draft 7 where a schema names or needs it. */
function accepts(schema: unknown, value: unknown): boolean {
  const isDraft7 = JSON.stringify(schema).includes('draft-07') || JSON.stringify(schema).includes('"items":[');
  const options = {
    strict: false,
    validateFormats: false,
    allErrors: true,
    ownProperties: true,
    logger: false,
  } as const;
  const ajv = isDraft7 ? new Ajv(options) : new Ajv2020(options);
  return ajv.compile(schema as object)(value) === true;
}

const all = Object.values(PAIRS).flat();

test('there are enough pairs, and each verdict is among them', () => {
  expect(all.length).toBeGreaterThanOrEqual(150);
  expect(new Set(all.flatMap(([, , , backward, forward]) => [backward, forward]))).toEqual(
    new Set(['compatible', 'breaking', 'unknown']),
  );
  expect(new Set(all.map(([name]) => name)).size).toBe(all.length);
});

describe.each(Object.entries(PAIRS))('%s', (_, pairs) => {
  test.each(pairs)('%s', (_name, old, next, backward, forward) => {
    const answers = { backward: compareSchemas(old, next, 'backward'), forward: compareSchemas(old, next, 'forward') };
    expect({ backward: answers.backward.verdict, forward: answers.forward.verdict }).toEqual({ backward, forward });
    for (const [{ verdict, findings }, giver, taker] of [
      [answers.backward, old, next],
      [answers.forward, next, old],
    ] as const) {
      expect(findings.length === 0).toBe(verdict === 'compatible');
      const shown = findings.filter((finding) => Object.hasOwn(finding, 'counterexample'));
      expect(shown.length > 0).toBe(verdict === 'breaking');
      for (const { counterexample } of shown) {
        expect(accepts(giver, counterexample)).toBe(true);
        expect(accepts(taker, counterexample)).toBe(false);
      }
      for (const { message, mend, rule } of findings)
        for (const words of [message, mend, rule]) expect(words).not.toBe('');
    }
    const both = [backward, forward];
    expect(compareSchemas(old, next, 'full').verdict).toBe(
      both.includes('breaking') ? 'breaking' : both.includes('unknown') ? 'unknown' : 'compatible',
    );
  });
});

describe('a finding', () => {
  const old = { type: 'object', properties: { lines: { type: 'array', items: { type: 'object' } } } };
  const next = {
    type: 'object',
    properties: { lines: { type: 'array', items: { type: 'object', required: ['sku'] }, maxItems: 9 } },
    required: ['lines'],
  };

  test('names each place that refuses, with an instance for it', () => {
    const { findings } = compareSchemas(old, next, 'backward');
    expect(findings.map(({ document, pointer, rule }) => [document, pointer, rule])).toEqual([
      ['new', '/required/0', 'required'],
      ['new', '/properties/lines/items/required/0', 'required'],
      ['new', '/properties/lines/maxItems', 'maxItems'],
    ]);
    expect(findings.map(({ counterexample }) => counterexample)).toEqual([
      {},
      { lines: [{}] },
      { lines: Array.from({ length: 10 }, () => ({})) },
    ]);
  });

  test('leads into the old document when the direction is forward', () => {
    const [finding] = compareSchemas(next, old, 'forward').findings;
    expect(finding).toMatchObject({ document: 'old', pointer: '/required/0', rule: 'required', counterexample: {} });
  });

  test('is the same each time', () => {
    const once = JSON.stringify(compareSchemas(old, next, 'full'));
    expect(JSON.stringify(compareSchemas(structuredClone(old), structuredClone(next), 'full'))).toBe(once);
  });
});

describe('what is no schema', () => {
  test.each([
    ['a number', 7, {}],
    ['null', {}, null],
    ['an array', [], {}],
    ['an unknown type', { type: 'strng' }, {}],
    ['a bound of draft 4', {}, { exclusiveMinimum: true }],
    ['items of draft 7 in 2020-12', { $schema: 'https://json-schema.org/draft/2020-12/schema', items: [{}] }, {}],
    ['a negative length', { minLength: -1 }, {}],
  ])('%s is refused', (_, old, next) => {
    expect(() => compareSchemas(old, next, 'backward')).toThrow(InvalidInput);
  });
});
