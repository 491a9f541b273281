import { describe, expect, it } from 'vitest';
import { InvalidInput, type Problem } from '../../../lib/core/errors.ts';
import { loadPolicy } from '../../../lib/engines/approval-routing/policy.ts';
import {
  level,
  referenceDirectory,
  referencePolicyDocument,
  rule,
  smallDirectory,
  smallPolicyDocument,
} from './support.ts';

type Parts = Parameters<typeof smallPolicyDocument>[0];

const on = (field: string, is: string, value: unknown) => ({ all: [{ field, is, value }] });
const ask = { require: ['review'] };

/** The problems with which something is refused. */
function problemsOf(attempt: () => unknown): readonly Problem[] {
  try {
    attempt();
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
  return [];
}

/** `code pointer` of every error that keeps a policy from loading; of every warning when it loads. */
function findings(parts: Parts, directory?: ReturnType<typeof smallDirectory>, at?: string): string[] {
  const load = () => loadPolicy(smallPolicyDocument(parts), directory, at);
  const problems = problemsOf(load);
  if (problems.length > 0) return problems.map(({ code, pointer }) => `${code} ${pointer}`);
  return load().warnings.map(({ severity, code, pointer }) => `${severity}: ${code} ${pointer}`);
}

describe('the policy document', () => {
  it('reads ratios, amounts, counts and words as people write them', () => {
    const { rules } = loadPolicy(
      smallPolicyDocument({
        rules: [
          rule(
            'r',
            {
              all: [
                { field: 'discount', is: 'gt', value: '12.5 %' },
                { field: 'amount', is: 'gt', value: '50000.05 EUR' },
                { field: 'amount', is: 'lt', value: '7000000 JPY' },
                { field: 'termMonths', is: 'gte', value: 12 },
                { field: 'account.region', is: 'in', value: ['emea', 'apac', 'emea'] },
              ],
            },
            ask,
          ),
        ],
      }),
    );
    expect(rules[0]?.all.map(({ expected }) => expected)).toEqual([
      1_250,
      { currency: 'EUR', minorUnits: 5_000_005 },
      { currency: 'JPY', minorUnits: 7_000_000 },
      12,
      ['apac', 'emea'],
    ]);
  });

  it.each([
    ['a ratio without %', on('discount', 'gt', 12), 'value-unfit'],
    ['a ratio finer than a basis point', on('discount', 'gt', '1.234 %'), 'value-unfit'],
    ['an amount without currency', on('amount', 'gt', '500'), 'value-unfit'],
    ['an amount finer than its currency', on('amount', 'gt', '5.001 EUR'), 'value-unfit'],
    ['a count as text', on('termMonths', 'gt', '12'), 'value-unfit'],
    ['a word that the field never takes', on('kind', 'eq', 'gift'), 'value-unfit'],
    ['one word where a list belongs', on('account.region', 'in', 'emea'), 'value-unfit'],
    ['an operator that does not suit', on('account.region', 'gt', 'emea'), 'operator-unfit'],
    ['an order over a set', on('clauses', 'eq', 'a'), 'operator-unfit'],
  ])('refuses %s', (_, when, code) => {
    expect(findings({ rules: [rule('r', when, ask)] })).toEqual([`${code} /rules/0/when/all/0`]);
  });

  it('refuses unknown fields anywhere, and unknown names of fields', () => {
    expect(findings({ extra: 1 })).toEqual(['unknown-field /extra']);
    expect(findings({ levels: [level('review', { colour: 'red' })] })).toEqual(['unknown-field /levels/0/colour']);
    expect(findings({ rules: [rule('r', on('shoeSize', 'gt', 1), ask)] })[0]).toMatch(
      /\/rules\/0\/when\/all\/0\/field$/,
    );
    expect(findings({ rules: [rule('r', undefined, { approve: 'always' })] })[0]).toMatch(/\/rules\/0\/then/);
  });
});

describe('the linter', () => {
  it('finds nothing in the policy that the skill ships with', () => {
    const policy = loadPolicy(referencePolicyDocument(), referenceDirectory(), '2026-11-21T00:00:00.000Z');
    expect(policy.warnings).toEqual([]);
    expect(policy.rules.length).toBeGreaterThanOrEqual(12);
    expect(policy.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it.each([
    [
      'a level that is not declared',
      { rules: [rule('r', undefined, { require: ['other', 'review'] })] },
      'unknown-level /rules/0/then/require/0',
    ],
    ['an unknown fallback level', { fallbackLevel: 'other' }, 'unknown-level /fallbackLevel'],
    ['ids that stand twice', { levels: [level('review', {}), level('review', {})] }, 'duplicate-id /levels/1/id'],
    [
      'reminders after the deadline',
      { levels: [level('review', { remindAfterBusinessHours: [4, 8] })] },
      'reminder-out-of-order /levels/0/remindAfterBusinessHours',
    ],
    [
      'a conversion into itself',
      { conversions: [{ from: 'EUR', to: 'EUR', numerator: 1, denominator: 1 }] },
      'conversion-unfit /conversions/0',
    ],
    [
      'conditions that contradict each other',
      {
        rules: [
          rule(
            'r',
            {
              all: [
                { field: 'discount', is: 'gt', value: '20 %' },
                { field: 'discount', is: 'lte', value: '20 %' },
              ],
            },
            ask,
          ),
          rule('all', undefined, ask),
        ],
      },
      'unreachable-rule /rules/0',
    ],
    [
      'rules with the same conditions and different effects',
      {
        rules: [
          rule('a', on('discount', 'gt', '20 %'), ask),
          // The same region in other words.
          rule('b', on('discount', 'gte', '20.01 %'), { approve: 'automatically' }),
        ],
      },
      'conflicting-rules /rules/1',
    ],
  ])('refuses %s', (_, parts, expected) => {
    expect(findings(parts as Parts)).toContain(expected);
  });

  it.each([
    [
      'an automatic approval that never comes about',
      [
        rule('a', on('discount', 'gte', '0 %'), ask),
        rule('b', on('discount', 'lte', '5 %'), { approve: 'automatically' }),
      ],
      'warning: unreachable-rule /rules/1',
    ],
    [
      'a rule within a denial',
      [
        rule('a', on('discount', 'gt', '50 %'), { deny: 'No.' }),
        rule('b', on('discount', 'gt', '60 %'), ask),
        rule('c', on('discount', 'lte', '50 %'), ask),
      ],
      'warning: unreachable-rule /rules/1',
    ],
    [
      'a rule that adds nothing',
      [rule('a', undefined, ask), rule('b', on('discount', 'gt', '60 %'), ask)],
      'warning: subsumed-rule /rules/1',
    ],
    [
      'one rule written twice',
      [rule('a', on('discount', 'gte', '0 %'), ask), rule('b', undefined, ask)],
      'warning: same-conditions /rules/1',
    ],
    [
      'an alternative that can never hold',
      [
        rule('a', undefined, ask),
        rule(
          'b',
          {
            all: [{ field: 'discount', is: 'gt', value: '20 %' }],
            any: [
              { field: 'discount', is: 'lt', value: '10 %' },
              { field: 'termMonths', is: 'gt', value: 3 },
            ],
          },
          { deny: 'No.' },
        ),
      ],
      'warning: dead-condition /rules/1/when/any',
    ],
  ])('warns of %s', (_, rules, expected) => {
    expect(findings({ rules })).toContain(expected);
  });

  it('names a request that no rule covers, and none when all are covered', () => {
    const parts = (last: string) => ({
      rules: [
        rule(
          'a',
          {
            all: [{ field: 'kind', is: 'eq', value: 'discount' }],
            any: [
              { field: 'discount', is: 'gt', value: '20 %' },
              { field: 'amount', is: 'gt', value: '1000 EUR' },
            ],
          },
          ask,
        ),
        rule(
          'b',
          {
            all: [
              { field: 'kind', is: 'eq', value: 'discount' },
              { field: 'discount', is: 'lte', value: '20 %' },
              { field: 'amount', is: 'lte', value: last },
            ],
          },
          ask,
        ),
        rule('c', on('kind', 'ne', 'discount'), ask),
      ],
    });
    expect(loadPolicy(smallPolicyDocument(parts('1000 EUR'))).warnings).toEqual([]);
    const [gap, ...more] = loadPolicy(smallPolicyDocument(parts('999.99 EUR'))).warnings;
    expect(more).toEqual([]);
    expect(gap).toMatchObject({ code: 'gap', severity: 'warning' });
    expect(gap?.message).toContain('Kind Discount');
    expect(gap?.message).toContain('Amount 1,000.00 EUR');
  });

  it('warns of a level that no rule requires', () => {
    expect(findings({ levels: [level('review', {}), level('idle', {})] })).toEqual(['warning: unused-level /levels/1']);
  });

  it.each([
    ['an unknown role', { approvers: [{ role: 'nobodies' }] }, 'unknown-role /levels/0/approvers/0'],
    ['an unknown person', { approvers: [{ person: 'stranger' }] }, 'unknown-person /levels/0/approvers/0'],
    ['a quorum that its people cannot reach', { quorum: { atLeast: 4 } }, 'quorum-unreachable /levels/0/quorum'],
    [
      'escalation to an unknown role',
      { escalation: [{ to: { role: 'nobodies' }, serviceLevelBusinessHours: 8 }] },
      'unknown-role /levels/0/escalation/0/to',
    ],
    [
      'limits that nobody holds',
      { minimumLimit: 'amount', limitFallback: 'refuse' },
      'nobody-holds-a-limit /levels/0/minimumLimit',
    ],
  ])('refuses %s, looked up in the directory', (_, over, expected) => {
    expect(findings({ levels: [level('review', over)] }, smallDirectory())).toContain(expected);
  });

  it('finds a role in which nobody is left; a role that nobody has is refused by the directory, by name', () => {
    const gone = ['x', 'y', 'z'].map((id) => ({ id, employedUntil: '2026-06-30' }));
    const directory = smallDirectory({ people: gone });
    expect(findings({}, directory)).toEqual(['warning: leavers-only /levels/0/approvers/0']);
    expect(findings({}, directory, '2026-07-02T00:00:00.000Z')).toEqual(['leavers-only /levels/0/approvers/0']);
    expect(problemsOf(() => smallDirectory({ roles: ['empty'] })).map(({ message }) => message)).toEqual([
      expect.stringContaining('"empty"'),
    ]);
  });

  it('finds leavers: for certain at an instant, otherwise as a warning', () => {
    const directory = smallDirectory({ people: [{ id: 'x', employedUntil: '2026-06-30' }] });
    const parts = { levels: [level('review', { approvers: [{ person: 'x' }] })] };
    expect(findings(parts, directory)).toEqual(['warning: leaver /levels/0/approvers/0']);
    expect(findings(parts, directory, '2026-06-01T00:00:00.000Z')).toEqual([]);
    expect(findings(parts, directory, '2026-07-02T00:00:00.000Z')).toEqual(['leaver /levels/0/approvers/0']);
  });
});
