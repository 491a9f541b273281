import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import type { JsonObject } from '../../../lib/core/json.ts';
import { linearPattern } from '../../../lib/engines/handoff/compatibility/linear-pattern.ts';
import { NotRegular } from '../../../lib/engines/handoff/compatibility/pattern-syntax.ts';
import { loadContract } from '../../../lib/engines/handoff/contract.ts';
import { supportContract } from './support/contracts.ts';

/** Patterns on which an engine that tries one way after the other takes minutes, with the text that does it. */
const hostile: readonly (readonly [string, string])[] = [
  ['^(a+)+$', 'a'],
  ['^(a*)*$', 'a'],
  ['^(a|a)*$', 'a'],
  ['^(a|aa)+$', 'a'],
  ['^(.*a){12}$', 'a'],
  ['^([a-z]+)*[0-9]$', 'a'],
  ['^(x|(a+)+$)?y', 'a'],
  ['a*b', 'a'],
  ['^a*a*a*c$', 'a'],
];

describe('patterns of payload schemas', () => {
  test.each(hostile)('%s is told of 200,000 characters at once', (source, letter) => {
    const pattern = linearPattern(source);
    expect(pattern).not.toBeInstanceOf(RegExp);
    // Were it tried one way after the other, this would outlast the test's time by far.
    expect(pattern.test(`${letter.repeat(200_000)}!`)).toBe(false);
  });

  test.each([
    '^INC-[0-9]{6}$',
    '^[0-9]{4}[.][0-9]{1,2}[.][0-9]{1,3}$',
    '^c-[0-9]{1,8}$',
    '^[a-z]{2,12}[.][a-z]{2,12}$',
    'ab*c',
  ])('%s leaves no choice, so that the engine of the language may match it', (source) => {
    expect(linearPattern(source)).toBeInstanceOf(RegExp);
  });

  test('match what the engine of the language matches', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '[^a]', '.', 'c', '\\d', '(a|b)', '(ab|a)', '(a|)', '(b*)', '(a+)');
    const part = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '*?'))
      .map((both) => both.join(''));
    const source = fc
      .tuple(fc.constantFrom('', '^'), fc.array(part, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '$'))
      .map(([start, parts, end]) => `${start}${parts.join('')}${end}`);
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '😀'), maxLength: 8 });
    fc.assert(
      fc.property(source, fc.array(text, { minLength: 5, maxLength: 20 }), (pattern, texts) => {
        const ours = linearPattern(pattern);
        const theirs = new RegExp(pattern, 'u');
        expect(texts.map((each) => ours.test(each))).toEqual(texts.map((each) => theirs.test(each)));
      }),
      { numRuns: 400 },
    );
  });

  test.each(['^(?=a)b', '(a)\\1', '^(a|b)*a(a|b){20}$'])('%s is refused', (source) => {
    expect(() => linearPattern(source)).toThrow(NotRegular);
  });
});

describe('a contract', () => {
  const withSchema = (properties: JsonObject) =>
    supportContract({ payload: { schema: { type: 'object', properties, patternProperties: { '^x-': {} } } } });

  test('with a pattern that cannot be matched in bounded time is refused, at its place', () => {
    const load = () =>
      loadContract(withSchema({ note: { type: 'array', items: { type: 'string', pattern: '^(?!secret).*$' } } }));
    expect(load).toThrow(InvalidInput);
    try {
      load();
    } catch (error) {
      expect((error as InvalidInput).problems).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            code: 'pattern-unbounded',
            pointer: '/payload/schema/properties/note/items/pattern',
          }),
        ]),
      );
    }
  });
});
