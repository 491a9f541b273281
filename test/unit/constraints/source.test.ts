import { describe, expect, it } from 'vitest';
import { InvalidInput, type Problem } from '../../../lib/core/errors.ts';
import type { Formula } from '../../../lib/engines/constraints/model.ts';
import { checkSource, compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { FIELDS, forbidding, HEAD } from './sources.ts';

function whenOf(condition: string): Formula | undefined {
  return compileSource(forbidding(condition), 'policy.yaml').rules[0]?.when;
}

function problemsOf(text: string): readonly Problem[] {
  try {
    compileSource(text, 'policy.yaml');
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
  return [];
}

function problemOf(condition: string): string {
  return problemsOf(forbidding(condition))
    .map(({ code, message, mend }) => `${code} ${message} ${mend}`)
    .join('\n');
}

describe('lowering', () => {
  it('turns units into exact integers and sums into their canonical form', () => {
    expect(whenOf('request.amount * 10 > money("50000 EUR")')).toEqual({
      kind: 'linear',
      terms: [{ of: 'value', field: 2, coefficient: 1 }],
      is: 'gt',
      bound: 500_000,
    });
    expect(whenOf('money("50000 EUR") < 10 * request.amount')).toEqual(
      whenOf('request.amount * 10 > money("50000 EUR")'),
    );
    expect(whenOf('request.start + duration("P30D") < date("2026-06-30")')).toMatchObject({ is: 'lt', bound: 20_604 });
    expect(whenOf('3 * request.paymentDays <= 10')).toMatchObject({ is: 'le', bound: 3 });
    const tenth = 'has(request.margin) && 3 * request.margin';
    expect(whenOf(`${tenth} <= percent("-10")`)).toMatchObject({ parts: [{}, { is: 'le', bound: -334 }] });
    expect(whenOf(`${tenth} > percent("-10")`)).toMatchObject({ parts: [{}, { is: 'ge', bound: -333 }] });
    expect(whenOf('3 * request.paymentDays == 10')).toEqual({ kind: 'constant', value: false });
  });

  it('keeps presence before use, whatever the order in the source', () => {
    const margin = { kind: 'linear', terms: [{ of: 'value', field: 1, coefficient: 1 }], is: 'lt', bound: 300 };
    expect(whenOf('!has(request.margin) || request.margin < percent("3")')).toEqual({
      kind: 'or',
      parts: [{ kind: 'not', part: { kind: 'present', field: 1 } }, margin],
    });
    expect(whenOf('!(!has(request.margin) || request.margin >= percent("3"))')).toEqual({
      kind: 'and',
      parts: [{ kind: 'present', field: 1 }, margin],
    });
  });

  it('makes one statement of several about one field of words', () => {
    expect(whenOf('request.kind == "discount" || request.kind == "terms"')).toEqual({
      kind: 'member',
      field: 4,
      values: [0, 3],
    });
    expect(whenOf('!request.clauses.all(c, c == "exit")')).toMatchObject({ kind: 'contains', which: 'any', mask: 11 });
    expect(whenOf('["exit", "audit"].all(c, c in request.clauses)')).toMatchObject({ which: 'all', mask: 12 });
  });

  it('compiles what is beyond linear as opaque', () => {
    expect(whenOf('request.amount * request.paymentDays > money("1000 EUR")')).toMatchObject({ kind: 'opaque' });
  });

  it('distributes over choices', () => {
    expect(whenOf('(has(request.margin) ? request.margin : percent("0")) < percent("3")')).toEqual(
      whenOf('!has(request.margin) || request.margin < percent("3")'),
    );
  });
});

describe('the type checker', () => {
  it.each([
    ['request.amount > 5', 'unit-mismatch policy.yaml:25:27: an amount in EUR does not go with a whole number.'],
    [
      'request.amount > money("5 USD")',
      'unit-mismatch policy.yaml:25:27: an amount in EUR does not go with an amount in USD.',
    ],
    ['request.termMonths > request.paymentDays', 'unit-mismatch policy.yaml:25:31: a number of months'],
    [
      'request.kind == "discont"',
      'undeclared-value policy.yaml:25:25: "discont" is not among the declared values. Did you mean "discount"?',
    ],
    ['request.clauses.exists(c, c == "exits")', '"exits" is not among the declared values. Did you mean "exit"?'],
    [
      'request.margin < percent("3")',
      'unguarded-optional policy.yaml:25:12: The optional field margin may be absent here.',
    ],
    ['has(request.margin) || request.margin < percent("3")', 'unguarded-optional policy.yaml:25:35:'],
    ['(has(request.margin) ? true : request.margin < percent("3"))', 'unguarded-optional policy.yaml:25:42:'],
    [
      'request.discount > percent("80")',
      'outside-domain policy.yaml:25:29: The value is outside of the domain of discount',
    ],
    ['request.amount / request.paymentDays > money("5 EUR")', 'division-by-zero policy.yaml:25:27:'],
    ['request.amount * 30000000 > money("5 EUR")', 'overflow policy.yaml:25:27:'],
    [
      'request.amnt > money("5 EUR")',
      'unknown-field policy.yaml:25:12: "amnt" is not a declared field. Did you mean request.amount?',
    ],
    ['amount > money("5 EUR")', 'unknown-name policy.yaml:25:12: "amount" is not a name here. Write request.amount.'],
    ['procent("5") > request.discount', 'Did you mean percent()?'],
    ['1.5 > request.paymentDays', 'Floating-point numbers are not exact.'],
    ['request.clauses == ["exit"]', 'Sets have no order'],
    ['request.discount', 'wrong-type policy.yaml:25:12: Here stands a percentage, not true or false.'],
    ['request.discount > percent("12.345")', 'finer than can be told apart'],
    ['request.discount >', 'invalid-expression policy.yaml:25:30: The expression ends too early.'],
    ['request.paymentDays.foo(3)', 'unsupported-expression policy.yaml:25:'],
    ['request.clauses[0] == "exit"', 'Elements of a list have no place'],
  ])('refuses %s', (condition, expected) => {
    expect(problemOf(condition)).toContain(expected);
  });

  it('says every problem once, each at its own place', () => {
    const problems = problemsOf(
      forbidding('request.amount > 5 && request.clauses.exists(c, c == "x") && request.kind == 3'),
    );
    expect(problems.map(({ code }) => code)).toEqual(['unit-mismatch', 'undeclared-value', 'wrong-type']);
  });

  it('finds the place within block and quoted scalars', () => {
    const block = `${HEAD}${FIELDS}rules:\n  - id: a\n    owner: o\n    modality: forbid\n    when: >-\n      request.account.strategic &&\n        request.amount > 5\n`;
    expect(problemsOf(block)[0]?.message).toContain('policy.yaml:27:24:');
    const single = `${HEAD}${FIELDS}rules:\n  - { id: a, owner: o, modality: forbid, when: 'request.kind == ''x''' }\n`;
    expect(problemsOf(single)[0]?.message).toContain('policy.yaml:22:62:');
  });

  it('warns of comparisons that never vary within the domains', () => {
    const { warnings } = checkSource(
      forbidding('request.discount >= percent("0") && has(request.kind)'),
      'policy.yaml',
    );
    expect(warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'never-varies policy.yaml:25:29: The comparison comes out the same for every input.',
      'never-varies policy.yaml:25:50: The field kind is not optional: it is always there.',
    ]);
  });
});

describe('rules', () => {
  const rule = (rest: string, id = 'a') => `  - { id: ${id}, owner: o, ${rest} }\n`;
  const withRules = (...rules: string[]) => `${HEAD}${FIELDS}rules:\n${rules.join('')}`;

  it('infers who chooses a field where the source is silent', () => {
    const text = withRules(
      rule(`modality: require, when: request.account.strategic, condition: request.discount < percent("3")`),
    );
    const { fields } = compileSource(text, 'policy.yaml');
    expect(fields.filter(({ role }) => role === 'term').map(({ path }) => path)).toEqual(['discount']);
  });

  it('lets the condition rely on what the when makes certain', () => {
    const text = withRules(
      rule(`modality: require, when: has(request.margin), condition: request.margin > percent("3")`),
    );
    expect(compileSource(text, 'policy.yaml').rules[0]?.effect).toMatchObject({ kind: 'require', forbids: false });
  });

  it('names the cycle of overrides', () => {
    const text = withRules(
      rule('modality: route, to: [x], overrides: [b]', 'a'),
      rule('modality: route, to: [x], overrides: [c]', 'b'),
      rule('modality: route, to: [x], overrides: [a]', 'c'),
    );
    const [problem] = problemsOf(text);
    expect(problem?.code).toBe('cyclic-overrides');
    expect(problem?.message).toMatch(
      /(a overrides b overrides c overrides a|b overrides c overrides a overrides b|c overrides a overrides b overrides c)/,
    );
  });

  it('collects what is wrong with several rules', () => {
    const text = withRules(
      rule('modality: require, to: [x]', 'a'),
      rule('modality: default, set: { discount: 3 % }', 'b'),
      rule('modality: route, to: [x], overrides: [zz], effective: { from: 2026-02-30, until: 2026-01-01 }', 'b'),
    );
    expect(problemsOf(text).map(({ code, pointer }) => `${pointer} ${code}`)).toEqual([
      '/rules/2/id duplicate-id',
      '/rules/0/to misplaced-key',
      '/rules/0 missing-key',
      '/rules/1/set/discount wrong-default',
      '/rules/2/effective/from invalid-value',
    ]);
  });

  it('says where a document does not fit its schema', () => {
    const text = withRules(rule('modality: demand, wen: "true"'));
    expect(problemsOf(text).map(({ pointer, message }) => `${pointer} ${message.slice(0, 18)}`)).toEqual([
      '/rules/0/modality policy.yaml:22:34:',
      '/rules/0/wen policy.yaml:22:42:',
    ]);
  });
});

describe('fields', () => {
  it('are refused with every reason', () => {
    const text = `${HEAD}fields:
  a: { type: money, minimum: 0, maximum: 5 EUR }
  b: { type: ratio, minimum: 10 %, maximum: 5 % }
  b.c: { type: boolean }
  in: { type: boolean }
  d: { type: enum, values: [x, x] }
`;
    expect(problemsOf(text).map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/fields/a/minimum invalid-value',
      '/fields/b nested-field',
      '/fields/b/maximum empty-domain',
      '/fields/in invalid-path',
      '/fields/d/values/1 duplicate-value',
    ]);
  });
});
