import { describe, expect, it } from 'vitest';
import { approvalPlan } from '../../../lib/core/approval/plan.ts';
import { terms } from '../../../lib/core/approval/terms.ts';
import { NotFound } from '../../../lib/core/errors.ts';
import { ask, level, rule, shortPlan, smallDirectory, smallPolicy, smallRequest } from './support.ts';

const always = (...levels: string[]) => [rule('always', undefined, { require: levels })];
const automatic = [rule('auto', undefined, { approve: 'automatically' })];

describe('levels', () => {
  it('opens levels of one order together and lower orders first', () => {
    const policy = smallPolicy({
      levels: [
        level('c', { order: 20, approvers: [{ person: 'z' }] }),
        level('b', { order: 10, approvers: [{ person: 'y' }] }),
        level('a', { order: 10, approvers: [{ person: 'x' }] }),
      ],
      rules: always('a', 'b', 'c'),
    });
    expect(shortPlan(ask({ policy }))).toEqual([['a 1/x', 'b 1/y'], ['c 1/z']]);
  });

  it.each([
    ['all', 'review 3/x,y,z'],
    ['any', 'review 1/x,y,z'],
    [{ atLeast: 2 }, 'review 2/x,y,z'],
  ])('takes the quorum %j', (quorum, expected) => {
    expect(shortPlan(ask({ policy: smallPolicy({ levels: [level('review', { quorum })] }) }))).toEqual([[expected]]);
  });

  it('finds managers of requester and of record owner, and stops at the top of the chain', () => {
    const policy = smallPolicy({
      levels: [
        level('a', { approvers: [{ managerOfRequester: 1 }] }),
        level('b', { approvers: [{ managerOfRecordOwner: 1 }] }),
        level('c', { approvers: [{ managerOfRequester: 9 }] }),
      ],
      rules: always('a', 'b', 'c'),
    });
    expect(shortPlan(ask({ policy }))).toEqual([['a 1/mid', 'b 1/head', 'c 1/top']]);
  });

  it("keeps durations in business minutes and escalates to the principal's manager", () => {
    const policy = smallPolicy({
      levels: [
        level('review', {
          approvers: [{ managerOfRequester: 1 }],
          remindAfterBusinessHours: [2, 4],
          escalation: [
            { to: { managerOfApprover: 1 }, serviceLevelBusinessHours: 4 },
            { to: { person: 'top' }, serviceLevelBusinessHours: 4 },
          ],
        }),
      ],
    });
    const planned = ask({ policy }).plan?.stages[0]?.levels[0];
    expect(planned).toMatchObject({ serviceLevelBusinessMinutes: 480, remindAfterBusinessMinutes: [120, 240] });
    // The second step would ask nobody new, so it is left out.
    expect(
      planned?.escalation.map(({ seats }) => seats.map(({ seatId, approver }) => `${seatId} ${approver}`)),
    ).toEqual([['review.2 top']]);
  });

  it('finds the manager of the owner that the directory knows, whoever the request names', () => {
    const policy = smallPolicy({ levels: [level('review', { approvers: [{ managerOfRecordOwner: 1 }] })] });
    expect(shortPlan(ask({ policy, request: smallRequest({ recordOwner: 'stranger' }) }))).toEqual([['review 1/head']]);
  });

  it('asks for a mail code above the threshold only, and whenever the amount cannot be compared with it', () => {
    const policy = smallPolicy({ levels: [level('review', { mailCodeAbove: '1000.00 EUR' })] });
    const assurance = (request: unknown) => ask({ policy, request }).plan?.stages[0]?.levels[0]?.assurance;
    expect(assurance(smallRequest({ pieces: 10 }))).toBe('link');
    expect(assurance(smallRequest({ pieces: 11 }))).toBe('mail-code');
    expect(assurance(smallRequest({ pieces: 10, currency: 'GBP' }))).toBe('mail-code');
  });
});

describe('separation of duties', () => {
  it('never seats requester or record owner; managers take their places under the quorum all', () => {
    const directory = smallDirectory({
      people: [
        { id: 'low', roles: ['reviewer'] },
        { id: 'owner', roles: ['reviewer'] },
      ],
    });
    const policy = smallPolicy({ levels: [level('review', { quorum: 'all' })] });
    expect(shortPlan(ask({ policy, directory }))).toEqual([['review 5/head,mid,x,y,z']]);
    const anyone = smallPolicy({});
    expect(shortPlan(ask({ policy: anyone, directory }))).toEqual([['review 1/x,y,z']]);
  });

  it('climbs past managers who may not decide either', () => {
    const directory = smallDirectory();
    const policy = smallPolicy({ levels: [level('review', { approvers: [{ managerOfRequester: 1 }] })] });
    const request = smallRequest({ quoteEditors: ['mid'] });
    const result = ask({ policy, directory, request });
    expect(shortPlan(result)).toEqual([['review 1/top']]);
    expect(result.levels[0]?.candidates).toEqual([
      expect.objectContaining({ principal: 'mid', result: 'replaced', approver: 'top', code: 'excluded' }),
    ]);
  });

  it('excludes delegates of requester and record owner, quote editors, and reports of the requester', () => {
    const directory = smallDirectory({
      delegations: [
        { from: 'mid', to: 'x' },
        { from: 'owner', to: 'y' },
      ],
    });
    const result = ask({ directory, requester: 'mid', request: smallRequest({ quoteEditors: ['z', 'z'] }) });
    expect(result.excluded).toEqual([
      { personId: 'low', reason: 'reports-to-requester' },
      { personId: 'mid', reason: 'requester' },
      { personId: 'owner', reason: 'record-owner' },
      { personId: 'peer', reason: 'reports-to-requester' },
      { personId: 'x', reason: 'delegate-of-requester' },
      { personId: 'y', reason: 'delegate-of-record-owner' },
      { personId: 'z', reason: 'quote-editor' },
    ]);
    expect(shortPlan(result)).toEqual([['review 1/top']]);
    expect(result.plan?.excluded).toEqual(result.excluded);
  });

  it('lets quote editors and reports decide where the policy allows it', () => {
    const policy = smallPolicy({ separationOfDuties: { quoteEditors: 'allow', reportsOfRequester: 'allow' } });
    const result = ask({ policy, requester: 'top', request: smallRequest({ quoteEditors: ['x'] }) });
    expect(shortPlan(result)).toEqual([['review 1/x,y,z']]);
  });

  it('keeps the chain of command out of a level that must be independent of it', () => {
    const levels = [
      level('review', { approvers: [{ person: 'mid' }, { person: 'x' }], independentOfReportingLine: true }),
    ];
    expect(shortPlan(ask({ policy: smallPolicy({ levels }) }))).toEqual([['review 1/x']]);
  });

  it('is unroutable, as a value, when nobody may decide', () => {
    const result = ask({ requester: 'top' });
    expect(result.disposition).toBe('unroutable');
    expect(result.plan).toBeUndefined();
    expect(result.problems).toEqual([
      expect.objectContaining({ code: 'no-eligible-approver', message: expect.stringContaining('"review" needs 1') }),
    ]);
  });

  it('is unroutable when a level names only people whom the directory does not know', () => {
    const policy = smallPolicy({ levels: [level('review', { approvers: [{ person: 'gone' }] })] });
    expect(ask({ policy }).problems[0]?.message).toContain('gone');
  });

  it("is unroutable when a level needs everybody and nobody may take somebody's place", () => {
    const policy = smallPolicy({
      levels: [level('review', { quorum: 'all', approvers: [{ person: 'top' }, { person: 'x' }] })],
    });
    const result = ask({ policy, request: smallRequest({ quoteEditors: ['top'] }) });
    expect(result.problems.map(({ code }) => code)).toEqual(['no-substitute']);
    const any = smallPolicy({ levels: [level('review', { approvers: [{ person: 'top' }, { person: 'x' }] })] });
    expect(shortPlan(ask({ policy: any, request: smallRequest({ quoteEditors: ['top'] }) }))).toEqual([['review 1/x']]);
  });

  it('excludes the owner that the directory knows, whoever the request names', () => {
    const directory = smallDirectory({ people: [{ id: 'owner', roles: ['reviewer'] }] });
    const result = ask({ directory, request: smallRequest({ recordOwner: 'peer' }) });
    expect(result.excluded).toEqual([
      { personId: 'low', reason: 'requester' },
      { personId: 'owner', reason: 'record-owner' },
      { personId: 'peer', reason: 'record-owner' },
    ]);
    expect(shortPlan(result)).toEqual([['review 1/x,y,z']]);
  });

  it('replaces people who have left, and no longer counts them among a role', () => {
    const directory = smallDirectory({ people: [{ id: 'x', employedUntil: '2026-11-24' }] });
    const named = smallPolicy({ levels: [level('review', { approvers: [{ person: 'x' }] })] });
    expect(shortPlan(ask({ policy: named, directory }))).toEqual([['review 1/top']]);
    const all = smallPolicy({ levels: [level('review', { quorum: 'all' })] });
    expect(shortPlan(ask({ policy: all, directory }))).toEqual([['review 2/y,z']]);
  });

  it('refuses a requester whom the directory does not know', () => {
    expect(() => ask({ requester: 'stranger' })).toThrow(NotFound);
  });
});

describe('delegation', () => {
  it("seats the delegate in the principal's place, with the principal's limit", () => {
    const directory = smallDirectory({ delegations: [{ from: 'mid', to: 'x' }] });
    const policy = smallPolicy({
      levels: [level('review', { approvers: [{ managerOfRequester: 1 }], minimumLimit: 'amount' })],
    });
    const seat = ask({ directory, policy }).plan?.stages[0]?.levels[0]?.seats[0];
    expect(seat).toEqual({ seatId: 'review.1', principal: 'mid', approver: 'x', delegations: ['d1'] });
  });

  it('gives delegate and principal one seat, and still reaches a number of people', () => {
    const directory = smallDirectory({ delegations: [{ from: 'x', to: 'y' }] });
    const all = smallPolicy({ levels: [level('review', { quorum: 'all' })] });
    const result = ask({ directory, policy: all });
    expect(shortPlan(result)).toEqual([['review 2/y,z']]);
    expect(result.levels[0]?.candidates.map(({ principal, result: r }) => [principal, r])).toEqual([
      ['x', 'merged'],
      ['y', 'seated'],
      ['z', 'seated'],
    ]);
    const three = smallPolicy({ levels: [level('review', { quorum: { atLeast: 3 } })] });
    expect(shortPlan(ask({ directory, policy: three }))).toEqual([['review 3/top,y,z']]);
  });

  it('ends with the delegation', () => {
    const directory = smallDirectory({ delegations: [{ from: 'x', to: 'peer', end: '2026-11-25T12:00:00Z' }] });
    const levels = [level('review', { approvers: [{ person: 'x' }] })];
    const policy = smallPolicy({ levels });
    expect(shortPlan(ask({ directory, policy, at: '2026-11-25T11:59:59.999Z' }))).toEqual([['review 1/peer']]);
    expect(shortPlan(ask({ directory, policy }))).toEqual([['review 1/x']]);
  });
});

describe('limits', () => {
  const limited = (over: object = {}) =>
    smallPolicy({
      levels: [level('review', { approvers: [{ managerOfRequester: 1 }], minimumLimit: 'amount', ...over })],
    });

  it('asks the nearest manager whose limit covers the amount', () => {
    expect(shortPlan(ask({ policy: limited(), request: smallRequest({ pieces: 500 }) }))).toEqual([['review 1/mid']]);
    expect(shortPlan(ask({ policy: limited(), request: smallRequest({ pieces: 501 }) }))).toEqual([['review 1/top']]);
  });

  it("counts limits in the request's own currency only", () => {
    const result = ask({ policy: limited(), request: smallRequest({ currency: 'USD' }) });
    expect(result.disposition).toBe('unroutable');
    expect(result.problems[0]?.message).toContain('no limit in USD');
  });

  it('gives the seat up where the policy refuses replacements', () => {
    const policy = limited({ limitFallback: 'refuse' });
    expect(ask({ policy, request: smallRequest({ pieces: 501 }) }).disposition).toBe('unroutable');
  });

  it('writes the limit into the plan, so that it is checked again when somebody decides', () => {
    expect(ask({ policy: limited() }).plan?.stages[0]?.levels[0]?.minimumLimit).toEqual({
      currency: 'EUR',
      minorUnits: 100_000,
    });
  });
});

describe('disposition', () => {
  it('approves automatically when a rule says so and every fact is verified', () => {
    const result = ask({ policy: smallPolicy({ rules: automatic }) });
    expect(result).toMatchObject({ disposition: 'auto-approve', confidenceBasisPoints: 10_000, unverifiedFacts: [] });
    expect(result.plan).toBeUndefined();
  });

  it.each([
    ['another segment', { account: { ...smallRequest().account, segment: 'enterprise' } }, '/account/segment'],
    ['another region', { account: { ...smallRequest().account, region: 'apac' } }, '/account/region'],
    [
      'another churn risk',
      { account: { ...smallRequest().account, churnRiskBasisPoints: 999 } },
      '/account/churnRiskBasisPoints',
    ],
    ['another record owner', { recordOwner: 'peer' }, '/recordOwner'],
    ['an unknown account', { account: { ...smallRequest().account, id: 'nobody' } }, '/account/id'],
    ['an unknown quote editor', { quoteEditors: ['stranger'] }, '/quoteEditors'],
  ])('never approves automatically with %s', (_, over, pointer) => {
    const result = ask({ policy: smallPolicy({ rules: automatic }), request: smallRequest(over as object) });
    expect(result.disposition).toBe('approve');
    expect(result.unverifiedFacts.map((fact) => fact.pointer)).toEqual([pointer]);
    expect(result.plan?.stages[0]?.levels[0]?.because).toEqual(['unverified-fact']);
    expect(result.confidenceBasisPoints).toBeLessThan(10_000);
    expect(result.terms.lines.filter(({ label }) => label === 'Not verified')).toHaveLength(1);
  });

  it('gives a gap to the fallback level', () => {
    const rules = [
      rule('big', { all: [{ field: 'amount', is: 'gt', value: '5000 EUR' }] }, { approve: 'automatically' }),
    ];
    const result = ask({ policy: smallPolicy({ rules }) });
    expect(result).toMatchObject({ disposition: 'approve', reasons: [{ code: 'no-rule-fired' }] });
    expect(shortPlan(result)).toEqual([['review 1/x,y,z']]);
  });

  it('gives an amount that cannot be compared to the fallback level, and converts where a ratio is declared', () => {
    const rules = [
      rule('small', { all: [{ field: 'amount', is: 'lte', value: '1000 EUR' }] }, { approve: 'automatically' }),
    ];
    const request = smallRequest({ currency: 'USD', pieces: 11 });
    const facts = smallDirectory();
    const undecided = ask({ policy: smallPolicy({ rules }), request, directory: facts });
    expect(undecided.rules[0]).toMatchObject({ fired: false, undecided: true, firstUnmet: { unverifiable: true } });
    expect(undecided.reasons.map(({ code }) => code)).toContain('undecided-rule');
    const conversions = [{ from: 'USD', to: 'EUR', numerator: 10, denominator: 11 }];
    const exact = ask({ policy: smallPolicy({ rules, conversions }), request, directory: facts });
    expect(exact.rules[0]).toMatchObject({ fired: true });
    const above = ask({
      policy: smallPolicy({
        rules,
        conversions: [{ from: 'USD', to: 'EUR', numerator: 1_000_000, denominator: 1_099_999 }],
      }),
      request,
      directory: facts,
    });
    expect(above.rules[0]).toMatchObject({ fired: false, firstUnmet: { met: false } });
  });

  it('lets a denial outweigh everything, and a level outweigh automatic approval', () => {
    const rules = [
      ...always('review'),
      ...automatic.map((each) => ({
        ...each,
        when: {
          all: [
            { field: 'discount', is: 'gte', value: '0 %' },
            { field: 'margin', is: 'gt', value: '1 %' },
          ],
        },
      })),
    ];
    expect(ask({ policy: smallPolicy({ rules }) }).disposition).toBe('approve');
    const denying = [
      ...rules,
      rule('never', { all: [{ field: 'kind', is: 'eq', value: 'discount' }] }, { deny: 'No.' }),
    ];
    const result = ask({ policy: smallPolicy({ rules: denying }) });
    expect(result).toMatchObject({ disposition: 'deny', reasons: [{ code: 'never', message: 'No.' }] });
    expect(result.plan).toBeUndefined();
  });
});

describe('explanation', () => {
  const policy = smallPolicy({
    rules: [
      rule(
        'deep',
        {
          all: [{ field: 'kind', is: 'eq', value: 'discount' }],
          any: [
            { field: 'discount', is: 'gt', value: '20 %' },
            { field: 'paymentDays', is: 'gt', value: 60 },
          ],
        },
        { require: ['review'] },
      ),
      rule('rest', { all: [{ field: 'discount', is: 'lte', value: '20 %' }] }, { approve: 'automatically' }),
    ],
    standardTerms: [{ field: 'discount', is: 'lte', value: '20 %' }],
    risk: [
      {
        code: 'deep',
        when: { field: 'discount', is: 'gt', value: '20 %' },
        points: 30,
        message: 'The discount is deep',
      },
    ],
  });

  it('tells for every rule the values compared and the first unmet condition', () => {
    const { rules } = ask({ policy, request: smallRequest({ discount: 1_000 }) });
    expect(rules.map(({ ruleId, fired }) => [ruleId, fired])).toEqual([
      ['deep', false],
      ['rest', true],
    ]);
    expect(rules[0]?.firstUnmet).toEqual({
      field: 'discount',
      pointer: '/discountBasisPoints',
      operator: 'gt',
      expected: 2_000,
      actual: 1_000,
      met: false,
      text: 'Discount 10 % is not more than 20 %',
    });
    expect(rules[0]?.all[0]).toMatchObject({ met: true, actual: 'discount' });
    expect(rules[0]?.any).toHaveLength(2);
    expect(rules[0]?.because).toBe('Not met: Discount 10 % is not more than 20 %.');
  });

  it('adds up the risk by the policy, and shows terms that go beyond the standard', () => {
    const result = ask({ policy, request: smallRequest({ discount: 2_500 }) });
    expect(result.risk).toMatchObject({
      score: 30,
      factors: [{ code: 'deep', points: 30, pointer: '/discountBasisPoints' }],
    });
    expect(result.terms.lines.find(({ label }) => label === 'Discount')).toEqual({
      label: 'Discount',
      value: '25 %',
      policy: 'at most 20 %',
      differs: true,
    });
    expect(terms.parse(result.terms)).toEqual(result.terms);
    expect(result.terms.summary).toBe('Discount for Acme, asked for by LOW.');
  });

  it('says what would change by routing it', () => {
    const far = ask({ policy, request: smallRequest({ discount: 2_500 }) }).whatWouldChange;
    const change = far.find(({ field }) => field === 'discount');
    expect(change).toMatchObject({ from: 2_500, to: 2_000, disposition: 'auto-approve', droppedLevels: ['review'] });
    // The claim holds: the request with that discount is in fact approved automatically.
    expect(ask({ policy, request: smallRequest({ discount: 2_000 }) }).disposition).toBe('auto-approve');
    const near = ask({ policy, request: smallRequest({ discount: 2_000 }) }).whatWouldChange;
    expect(near.map(({ field, to, addedLevels }) => [field, to, addedLevels])).toEqual([
      ['discount', 2_001, ['review']],
      ['paymentDays', 61, ['review']],
    ]);
  });

  it("tells when each seat would be due in the approver's working time", () => {
    const directory = smallDirectory({ people: [{ id: 'y', timeZone: 'America/New_York' }] });
    const [due] = ask({ directory, at: '2026-11-20T09:00:00.000Z' }).dueInstants;
    // Friday 10:00 in Berlin leaves seven hours of that day; in New York the whole Friday is still to come.
    expect(due?.seats.map(({ approver, due: at, local }) => [approver, at, local])).toEqual([
      ['x', '2026-11-23T09:00:00.000Z', 'Mon 23 Nov 2026, 10:00 CET'],
      ['y', '2026-11-20T22:00:00.000Z', 'Fri 20 Nov 2026, 17:00 EST'],
      ['z', '2026-11-23T09:00:00.000Z', 'Mon 23 Nov 2026, 10:00 CET'],
    ]);
    expect(due).toMatchObject({ earliest: '2026-11-20T22:00:00.000Z', latest: '2026-11-23T09:00:00.000Z' });
  });

  it('gives a plan that fits its contract', () => {
    const { plan } = ask({});
    expect(approvalPlan.parse(plan)).toEqual(plan);
  });
});
