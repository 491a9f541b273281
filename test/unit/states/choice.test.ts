import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { holds, parseCondition } from '../../../lib/local/states/choice-rule.ts';
import { select } from '../../../lib/local/states/json-path.ts';

/** Whether a rule holds for some data. */
function matches(rule: Json, data: Json): boolean {
  const condition = parseCondition(
    rule,
    '',
    (at, message) => {
      throw new Error(`${at}: ${message}`);
    },
    true,
  );
  if (condition === undefined) throw new Error('no condition');
  return holds(condition, (path) => select(data, path.steps));
}

const early = '2026-11-20T09:00:00Z';
const late = '2026-11-20T10:00:00.5+01:00';

describe('comparisons', () => {
  it.each<[string, Json, Json, boolean]>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringLessThan', 'a', 'b', true],
    ['StringLessThan', 'b', 'b', false],
    ['StringGreaterThan', 'b', 'a', true],
    ['StringLessThanEquals', 'b', 'b', true],
    ['StringGreaterThanEquals', 'a', 'b', false],
    ['NumericEquals', 1, 1, true],
    ['NumericLessThan', 1, 2, true],
    ['NumericGreaterThan', 1, 2, false],
    ['NumericLessThanEquals', 2, 2, true],
    ['NumericGreaterThanEquals', 2, 2, true],
    ['BooleanEquals', true, true, true],
    ['BooleanEquals', false, true, false],
    ['TimestampEquals', '2026-11-20T10:00:00+01:00', early, true],
    ['TimestampLessThan', early, late, true],
    ['TimestampGreaterThan', early, late, false],
    ['TimestampLessThanEquals', early, early, true],
    ['TimestampGreaterThanEquals', early, late, false],
  ])('%s(%j, %j) is %s, with a value and with a path', (operator, value, operand, expected) => {
    expect(matches({ Variable: '$.v', [operator]: operand, Next: 'N' }, { v: value })).toBe(expected);
    expect(matches({ Variable: '$.v', [`${operator}Path`]: '$.o', Next: 'N' }, { v: value, o: operand })).toBe(
      expected,
    );
  });

  it.each<[string, Json, Json]>([
    ['StringEquals', '1', 1],
    ['NumericEquals', 1, '1'],
    ['BooleanEquals', true, 'true'],
    ['BooleanEquals', true, 1],
    ['TimestampEquals', early, 'tomorrow'],
    ['TimestampEquals', early, null],
    ['StringMatches', '*', 5],
  ])('%s never matches a value of another type (%j against %j)', (operator, operand, value) => {
    expect(matches({ Variable: '$.v', [operator]: operand, Next: 'N' }, { v: value })).toBe(false);
  });

  it('fails where the path that is compared with selects a value of another type', () => {
    const rule = { Variable: '$.v', NumericEqualsPath: '$.o', Next: 'N' };
    expect(() => matches(rule, { v: 1, o: '1' })).toThrow('States.Runtime');
    expect(matches(rule, { v: '1', o: 1 })).toBe(false);
  });

  it('compares timestamps to the nanosecond', () => {
    const rule = { Variable: '$', TimestampLessThan: '2026-11-20T09:00:00.000000002Z', Next: 'N' };
    expect(matches(rule, '2026-11-20T09:00:00.000000001Z')).toBe(true);
    expect(matches(rule, '2026-11-20T09:00:00.000000002Z')).toBe(false);
  });

  it.each<[string, string, boolean]>([
    ['log-*.txt', 'log-1.txt', true],
    ['log-*.txt', 'log-1.txt.bak', false],
    ['*', '', true],
    ['a*a', 'a', false],
    ['a*b*c', 'axxbxxc', true],
    ['a*b*c', 'acb', false],
    ['foo\\*', 'foo*', true],
    ['foo\\*', 'fooo', false],
    ['back\\\\*', 'back\\slash', true],
    ['exact', 'exact', true],
    ['exact', 'exactly', false],
  ])('StringMatches(%j, %j) is %s', (pattern, value, expected) => {
    expect(matches({ Variable: '$', StringMatches: pattern, Next: 'N' }, value)).toBe(expected);
  });

  it('matches hostile patterns in linear time', () => {
    const rule = { Variable: '$', StringMatches: `${'a*'.repeat(2000)}b`, Next: 'N' };
    expect(matches(rule, 'a'.repeat(100_000))).toBe(false);
  });
});

describe('type tests', () => {
  it.each<[string, Json, boolean]>([
    ['IsNull', null, true],
    ['IsNull', 0, false],
    ['IsString', 'x', true],
    ['IsString', 1, false],
    ['IsNumeric', 1.5, true],
    ['IsNumeric', '1', false],
    ['IsBoolean', false, true],
    ['IsBoolean', null, false],
    ['IsTimestamp', early, true],
    ['IsTimestamp', '2026-11-20', false],
    ['IsPresent', null, true],
  ])('%s of %j is %s, and the other way round when false is expected', (test, value, expected) => {
    expect(matches({ Variable: '$.v', [test]: true, Next: 'N' }, { v: value })).toBe(expected);
    expect(matches({ Variable: '$.v', [test]: false, Next: 'N' }, { v: value })).toBe(!expected);
  });

  it('IsPresent is false of what is missing; every other test fails there', () => {
    expect(matches({ Variable: '$.v', IsPresent: true, Next: 'N' }, {})).toBe(false);
    expect(matches({ Variable: '$.v', IsPresent: false, Next: 'N' }, {})).toBe(true);
    for (const rule of [{ IsNull: true }, { StringEquals: 'a' }, { IsString: true }]) {
      expect(() => matches({ Variable: '$.v', ...rule, Next: 'N' }, {})).toThrow('States.Runtime');
    }
    expect(() => matches({ Variable: '$.v', StringEqualsPath: '$.o', Next: 'N' }, { v: 'a' })).toThrow(
      'States.Runtime',
    );
  });
});

describe('And, Or, Not', () => {
  const present = { Variable: '$.v', IsPresent: true };
  const isA = { Variable: '$.v', StringEquals: 'a' };

  it('combine, and stop where the answer is known, so IsPresent guards', () => {
    expect(matches({ And: [present, isA], Next: 'N' }, {})).toBe(false);
    expect(matches({ And: [present, isA], Next: 'N' }, { v: 'a' })).toBe(true);
    expect(matches({ Or: [{ Not: present }, isA], Next: 'N' }, {})).toBe(true);
    expect(matches({ Or: [{ Not: present }, isA], Next: 'N' }, { v: 'b' })).toBe(false);
    expect(matches({ Not: { And: [present, { Or: [isA] }] }, Next: 'N' }, { v: 'a' })).toBe(false);
  });
});
