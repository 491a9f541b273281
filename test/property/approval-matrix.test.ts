import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ComparisonTrace } from '../../lib/engines/approval-routing/comparison.ts';
import { decide } from '../../lib/engines/approval-routing/decide.ts';
import { explainRules } from '../../lib/engines/approval-routing/explain-rules.ts';
import { type Facts, readFacts } from '../../lib/engines/approval-routing/fields.ts';
import { loadPolicy } from '../../lib/engines/approval-routing/policy.ts';
import type { ApprovalRequest } from '../../lib/engines/approval-routing/request.ts';
import { kindNames } from '../../lib/engines/approval-routing/request.ts';
import { level, referencePolicyDocument, rule, smallPolicyDocument } from '../unit/approval-routing/support.ts';

const words = ['data-residency', 'source-code-escrow', 'unlimited-liability', 'something-else'];
const currencies = ['EUR', 'USD', 'INR', 'GBP'];

/** Requests around the thresholds of the policies below, in currencies with and without a conversion. */
const facts = fc
  .record({
    kind: fc.constantFrom(...(Object.keys(kindNames) as (keyof typeof kindNames)[])),
    currency: fc.constantFrom(...currencies),
    minorUnits: fc.oneof(
      fc.integer({ min: 0, max: 30_000_000 }),
      // 1,000 EUR and 500 EUR are between two cents of the other currencies.
      fc.constantFrom(
        49_999,
        50_000,
        50_001,
        54_347,
        54_348,
        54_349,
        108_695,
        108_696,
        9_090_909,
        4_545_454,
        4_545_455,
      ),
    ),
    discountBasisPoints: fc.constantFrom(0, 999, 1_000, 1_001, 2_000, 2_001, 3_001, 6_000, 6_001),
    marginBasisPoints: fc.constantFrom(-500, 1_499, 1_500, 2_000, 3_999, 4_000),
    termMonths: fc.constantFrom(12, 36, 37),
    paymentDays: fc.constantFrom(30, 31, 60, 61),
    clauses: fc.subarray(words),
    region: fc.constantFrom('emea', 'apac', 'elsewhere'),
  })
  .map(({ kind, currency, minorUnits, clauses, region, ...rest }): Facts => {
    const amount = { currency, minorUnits };
    const request: ApprovalRequest = {
      kind,
      account: {
        id: 'acc',
        name: 'A',
        segment: 'enterprise',
        region,
        annualRecurringRevenue: amount,
        churnRiskBasisPoints: 0,
      },
      recordOwner: 'owner',
      amount,
      lineItems: [],
      nonStandardClauses: clauses,
      justification: 'x',
      ...rest,
    };
    return readFacts(request);
  });

/** What the comparisons of a rule come to one by one, each with exact arithmetic: the definition that the engine must meet. */
function byHand(all: readonly ComparisonTrace[], any: readonly ComparisonTrace[]): 'fired' | 'not-fired' | 'undecided' {
  const truth = ({ met, unverifiable }: ComparisonTrace) => (unverifiable === true ? undefined : met);
  const [must, may] = [all.map(truth), any.map(truth)];
  const oneOf = may.length === 0 || may.includes(true);
  if (must.includes(false) || !(oneOf || may.includes(undefined))) return 'not-fired';
  return must.includes(undefined) || !oneOf ? 'undecided' : 'fired';
}

const operators = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const;
const comparison = fc.oneof(
  fc.record({
    field: fc.constant('amount'),
    is: fc.constantFrom(...operators),
    value: fc.constantFrom('500 EUR', '1000 EUR', '500 USD'),
  }),
  fc.record({
    field: fc.constant('discount'),
    is: fc.constantFrom(...operators),
    value: fc.constantFrom('10 %', '20 %'),
  }),
  fc.record({ field: fc.constant('termMonths'), is: fc.constantFrom(...operators), value: fc.constantFrom(12, 36) }),
  fc.record({
    field: fc.constant('kind'),
    is: fc.constantFrom('eq', 'ne'),
    value: fc.constantFrom('discount', 'credit-or-refund'),
  }),
  fc.record({
    field: fc.constant('account.region'),
    is: fc.constantFrom('in', 'notIn'),
    value: fc.subarray(['emea', 'apac'], { minLength: 1 }),
  }),
  fc.record({
    field: fc.constant('clauses'),
    is: fc.constantFrom('in', 'notIn'),
    value: fc.subarray(words.slice(0, 3), { minLength: 1 }),
  }),
  fc.record({ field: fc.constant('clauses.count'), is: fc.constantFrom(...operators), value: fc.constantFrom(0, 1) }),
);
const conditions = fc.record({
  all: fc.array(comparison, { minLength: 1, maxLength: 3 }),
  any: fc.option(fc.array(comparison, { minLength: 1, maxLength: 3 }), { nil: undefined }),
});

describe('rules that are lowered to a constraint set', () => {
  const reference = loadPolicy(referencePolicyDocument());

  test('fire exactly where their comparisons say so, one by one', () => {
    fc.assert(
      fc.property(facts, (each) => {
        for (const { all, any, fired, undecided } of explainRules(each, reference, 0))
          expect(fired ? 'fired' : undecided ? 'undecided' : 'not-fired').toBe(byHand(all, any));
      }),
      { numRuns: 2_000 },
    );
  });

  test('do so for any rules, with amounts between two cents and without conversions', () => {
    let undecidedOnes = 0;
    fc.assert(
      fc.property(fc.array(conditions, { minLength: 1, maxLength: 4 }), facts, (whens, each) => {
        const rules = whens.map(({ all, any }, index) =>
          rule(`r${index}`, { all, ...(any === undefined ? {} : { any }) }, { require: ['review'] }),
        );
        const conversions = [
          { from: 'USD', to: 'EUR', numerator: 92, denominator: 100 },
          { from: 'INR', to: 'EUR', numerator: 11, denominator: 1000 },
        ];
        let policy: ReturnType<typeof loadPolicy>;
        try {
          policy = loadPolicy(smallPolicyDocument({ rules, conversions, levels: [level('review', {})] }));
        } catch {
          // Rules that contradict themselves are refused; which ones is for the linter's tests to say.
          return;
        }
        const traces = explainRules(each, policy, 0);
        const verdicts = traces.map(({ all, any }) => byHand(all, any));
        undecidedOnes += verdicts.filter((verdict) => verdict === 'undecided').length;
        expect(traces.map(({ fired, undecided }) => (fired ? 'fired' : undecided ? 'undecided' : 'not-fired'))).toEqual(
          verdicts,
        );
        const { required, undecided } = decide(each, policy, { units: 0 }, 0);
        expect(required.get('review') ?? []).toEqual(traces.filter(({ fired }) => fired).map(({ ruleId }) => ruleId));
        expect(undecided).toEqual(traces.filter((trace) => trace.undecided).map(({ ruleId }) => ruleId));
      }),
      { numRuns: 1_500 },
    );
    expect(undecidedOnes).toBeGreaterThan(20);
  });
});
