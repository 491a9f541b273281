import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { endOfBusinessDay } from '../../../lib/core/calendar/business-days.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { loadPolicy } from '../../../lib/engines/approval-routing/policy.ts';
import {
  ask,
  level,
  referenceDirectory,
  referencePolicyDocument,
  rule,
  smallDirectory,
  smallPolicy,
  smallRequest,
} from './support.ts';

const CARRY = { carryOver: { withinBusinessDays: 10 } };
const over = (field: string, value: string | number) => ({ all: [{ field, is: 'gt', value }] });

/** Sales looks at the discount, finance at the payment term, legal at clauses; the desk is the fallback. */
const parts = {
  fallbackLevel: 'desk',
  levels: [
    level('sales', { approvers: [{ person: 'x' }], ...CARRY }),
    level('finance', { order: 20, approvers: [{ person: 'y' }], ...CARRY }),
    level('legal', { order: 30, approvers: [{ person: 'z' }], ...CARRY }),
    level('desk', { order: 40, approvers: [{ person: 'top' }], ...CARRY }),
  ],
  rules: [
    rule('discount', over('discount', '5 %'), { require: ['sales'] }),
    rule('late', over('paymentDays', 20), { require: ['finance'] }),
    rule('clauses', over('clauses.count', 0), { require: ['legal'] }),
    rule(
      'credit',
      { all: [{ field: 'kind', is: 'eq', value: 'credit-or-refund' }, ...over('margin', '1 %').all] },
      {
        require: ['legal'],
      },
    ),
  ],
};
const base = { discount: 2_000, nonStandardClauses: ['a'] };
type Change = Parameters<typeof smallRequest>[0];

function levelsOf(change: Change = {}, asked: Parameters<typeof ask>[0] = {}) {
  const result = ask({ policy: smallPolicy(parts), request: smallRequest({ ...base, ...change }), ...asked });
  return (result.plan?.stages ?? []).flatMap(({ levels }) => levels);
}

/** The basis of each level, by its id. */
function bases(change?: Change, asked?: Parameters<typeof ask>[0]): Record<string, string | undefined> {
  return Object.fromEntries(levelsOf(change, asked).map(({ levelId, carryOver }) => [levelId, carryOver?.basis]));
}

/** The levels whose basis is another than that of the request as it is. */
function voided(change?: Change, asked?: Parameters<typeof ask>[0]): string[] {
  const [before, after] = [bases(), bases(change, asked)];
  return Object.keys(before).filter((id) => after[id] !== before[id]);
}

const ALL = ['sales', 'finance', 'legal'];

describe('the basis of a level', () => {
  it('stands in the plan with what is left to others, for a level whose policy lets approvals be kept', () => {
    const [sales, finance] = levelsOf();
    expect(sales?.carryOver).toEqual({
      basis: expect.stringMatching(/^sha256:/),
      withinBusinessDays: 10,
      decidedElsewhere: ['Non-standard clauses', 'Number of non-standard clauses', 'Payment term'],
    });
    expect(finance?.carryOver?.decidedElsewhere).toContain('Discount');
    expect(new Set(Object.values(bases())).size).toBe(3);
  });

  it.each<[string, Change, string[]]>([
    ['nothing', {}, []],
    ['the payment term', { paymentDays: 60 }, ['finance']],
    ['the clauses', { nonStandardClauses: ['b'] }, ['legal']],
    ['the order of the clauses', { nonStandardClauses: ['a', 'a'] }, []],
    ['the discount, and with it amount and lines', { discount: 2_500 }, ALL],
    ['the amount: more pieces', { pieces: 11 }, ALL],
    ['the margin, which no rule for this kind looks at', { marginBasisPoints: 3_900 }, ALL],
    ['the term, which no rule looks at', { termMonths: 24 }, ALL],
    ['the justification', { justification: 'Because of something else.' }, ALL],
    ['who wrote the quote', { quoteEditors: ['peer'] }, ALL],
    ['the kind', { kind: 'renewal-concession' }, ALL],
  ])('after a change of %s differs where it is looked at', (_, change, expected) => {
    expect(voided(change)).toEqual(expected);
  });

  it('stays when a level that looked at something is no longer asked', () => {
    expect(voided({ paymentDays: 10 })).toEqual(['finance']);
    expect(bases({ paymentDays: 10 })).not.toHaveProperty('finance');
  });

  it.each<[string, Partial<Record<string, unknown>>]>([
    ['the version of the policy', { version: '1.0.1' }],
    ['the separation of duties', { separationOfDuties: { quoteEditors: 'allow' } }],
    ['a conversion', { conversions: [{ from: 'USD', to: 'EUR', numerator: 9, denominator: 10 }] }],
  ])('differs for everybody after a change of %s', (_, change) => {
    expect(voided({}, { policy: smallPolicy({ ...parts, ...change }) })).toEqual(ALL);
  });

  it('differs for the level whose definition or rules changed', () => {
    const levels = parts.levels.map((each, index) => (index === 0 ? { ...each, quorum: 'all' } : each));
    expect(voided({}, { policy: smallPolicy({ ...parts, levels }) })).toEqual(['sales']);
    const rules = [...parts.rules, rule('long', over('termMonths', 36), { require: ['legal'] })];
    // The term is now left to legal, so that the others no longer hold it.
    expect(voided({}, { policy: smallPolicy({ ...parts, rules }) })).toEqual(ALL);
  });

  it('differs for another requester, and not for another instant or another member of a role', () => {
    expect(voided({}, { requester: 'peer' })).toEqual(ALL);
    expect(voided({}, { at: '2026-12-01T12:00:00.000Z' })).toEqual([]);
    expect(voided({}, { directory: smallDirectory({ people: [{ id: 'new', roles: ['reviewer'] }] }) })).toEqual([]);
  });

  it('is not there without the policy’s leave, for the fallback, or where the fallback was brought in', () => {
    const levels = parts.levels.map((each) => ({ ...each, carryOver: undefined }));
    expect(levelsOf({}, { policy: smallPolicy({ ...parts, levels }) }).filter((each) => 'carryOver' in each)).toEqual(
      [],
    );
    const always = [...parts.rules, rule('always', undefined, { require: ['desk'] })];
    const withDesk = levelsOf({}, { policy: smallPolicy({ ...parts, rules: always }) });
    expect(withDesk.filter(({ carryOver }) => carryOver !== undefined).map(({ levelId }) => levelId)).toEqual(ALL);
    const doubtful = { ...smallRequest(base).account, segment: 'mid-market' as const, region: 'apac' };
    const unverified = levelsOf({ account: doubtful });
    expect(unverified.map(({ levelId }) => levelId)).toEqual([...ALL, 'desk']);
    expect(unverified.filter(({ carryOver }) => carryOver !== undefined)).toEqual([]);
  });

  it('covers what a level answers for besides itself, under the shorter of the bounds', () => {
    const same = (id: string, order: number, days?: number) =>
      level(id, {
        order,
        approvers: [{ person: 'x' }],
        ...(days === undefined ? {} : { carryOver: { withinBusinessDays: days } }),
      });
    const policyOf = (days?: number) =>
      smallPolicy({ ...parts, levels: [same('sales', 10, 10), same('finance', 20, days), ...parts.levels.slice(2)] });
    const one = (days: number | undefined, change: Change = {}) =>
      levelsOf(change, { policy: policyOf(days) })[0]?.carryOver;
    expect(one(3)).toMatchObject({ withinBusinessDays: 3 });
    expect(one(3)?.decidedElsewhere).not.toContain('Payment term');
    expect(one(3, { paymentDays: 60 })?.basis).not.toBe(one(3)?.basis);
    expect(one(undefined)).toBeUndefined();
  });

  it('is warned about where the fallback declares it, and refused when it is no bound', () => {
    expect(smallPolicy(parts).warnings.map(({ code }) => code)).toContain('carry-over-without-effect');
    const levels = [{ ...parts.levels[0], carryOver: { withinBusinessDays: 0 } }, ...parts.levels.slice(1)];
    expect(() => smallPolicy({ ...parts, levels })).toThrow(InvalidInput);
  });

  it('holds every term that it does not name as decided elsewhere, whatever changes', () => {
    const changes = fc.record({
      paymentDays: fc.integer({ min: 0, max: 90 }),
      termMonths: fc.integer({ min: 0, max: 60 }),
      marginBasisPoints: fc.integer({ min: 0, max: 6_000 }),
      nonStandardClauses: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
      pieces: fc.integer({ min: 1, max: 5 }),
      discount: fc.integer({ min: 0, max: 40 }).map((percent) => percent * 100),
    });
    const shown = (change: Change, hidden: readonly string[]) =>
      JSON.stringify(
        ask({ policy: smallPolicy(parts), request: smallRequest(change) }).terms.lines.filter(
          ({ label }) => !hidden.includes(label),
        ),
      );
    let kept = 0;
    fc.assert(
      fc.property(changes, changes, fc.subarray(['paymentDays', 'nonStandardClauses'] as const), (one, other, only) => {
        // Half of the pairs differ in some members only, so that bases agree often enough to tell anything.
        const next = {
          ...one,
          ...(only.length === 0 ? other : Object.fromEntries(only.map((key) => [key, other[key]]))),
        };
        for (const before of levelsOf(one)) {
          const after = levelsOf(next).find(({ levelId }) => levelId === before.levelId);
          if (before.carryOver === undefined || after?.carryOver?.basis !== before.carryOver.basis) continue;
          kept += 1;
          expect(after.carryOver).toEqual(before.carryOver);
          expect(shown(next, before.carryOver.decidedElsewhere)).toBe(shown(one, before.carryOver.decidedElsewhere));
        }
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 150) },
    );
    expect(kept).toBeGreaterThan(20);
  });

  it('is declared by the policy that the skill ships with for those who see a deal first, never for the last word', () => {
    const { levels, warnings } = loadPolicy(referencePolicyDocument(), referenceDirectory());
    const declaring = levels.filter(({ carryOver }) => carryOver !== undefined).map(({ id }) => id);
    expect(declaring).toEqual(['account-lead', 'onboarding-lead', 'sales-manager', 'legal-review', 'security-review']);
    expect(warnings.map(({ code }) => code)).not.toContain('carry-over-without-effect');
  });
});

describe('the end of a business day', () => {
  const directory = smallDirectory();
  const working = directory.workingTimeOf(directory.requirePerson('x'));

  test.each([
    ['2026-11-20T10:00:00.000Z', 1, '2026-11-23T16:00:00.000Z'],
    ['2026-11-20T23:30:00.000Z', 1, '2026-11-23T16:00:00.000Z'],
    ['2026-11-22T10:00:00.000Z', 1, '2026-11-23T16:00:00.000Z'],
    ['2026-11-19T03:00:00.000Z', 2, '2026-11-23T16:00:00.000Z'],
    ['2026-11-20T10:00:00.000Z', 10, '2026-12-04T16:00:00.000Z'],
    // Over the change to summer time.
    ['2027-03-26T10:00:00.000Z', 1, '2027-03-29T15:00:00.000Z'],
  ])('%s and %i days is %s', (from, days, expected) => {
    expect(endOfBusinessDay(from, days, working)).toBe(expected);
  });

  test('does not come where nobody ever works, and takes whole days only', () => {
    const closed = { ...working, calendar: { ...working.calendar, week: { ...working.calendar.week } } };
    for (const day of Object.keys(closed.calendar.week)) closed.calendar.week[day as 'monday'] = [];
    expect(endOfBusinessDay('2026-11-20T10:00:00.000Z', 1, closed)).toBeUndefined();
    expect(() => endOfBusinessDay('2026-11-20T10:00:00.000Z', 0, working)).toThrow(RangeError);
    expect(() => endOfBusinessDay('2026-11-20T10:00:00.000Z', 1.5, working)).toThrow(RangeError);
  });
});
