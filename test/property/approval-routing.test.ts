import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approvalPlan, type PlannedLevel } from '../../lib/core/approval/plan.ts';
import { terms } from '../../lib/core/approval/terms.ts';
import { canonicalJson } from '../../lib/core/digest.ts';
import { CountersignError } from '../../lib/core/errors.ts';
import { loadPolicy } from '../../lib/engines/approval-routing/policy.ts';
import { parseRequest, unorderedArrays } from '../../lib/engines/approval-routing/request.ts';
import { type RoutingResult, routeApproval } from '../../lib/engines/approval-routing/route.ts';
import {
  level,
  referenceDirectory,
  referencePolicyDocument,
  rule,
  smallDirectory,
  smallPolicyDocument,
  smallRequest,
} from '../unit/approval-routing/support.ts';

const numRuns = Number(process.env.PROPERTY_RUNS ?? 150);

const directory = referenceDirectory();
const referencePolicy = loadPolicy(referencePolicyDocument(), directory);
const people = directory.snapshot.people.map(({ id }) => id);
const accounts = directory.snapshot.accounts;

const instants = fc
  .integer({ min: Date.parse('2026-11-05T00:00:00Z'), max: Date.parse('2029-12-31T00:00:00Z') })
  .map((ms) => new Date(ms).toISOString());

/** Requests whose figures agree, most of them about a known account with its true facts. */
const requests = fc
  .record({
    account: fc.constantFrom(...accounts),
    truthful: fc.integer({ min: 0, max: 9 }),
    kind: fc.constantFrom(
      'discount',
      'non-standard-terms',
      'credit-or-refund',
      'renewal-concession',
      'onboarding-exception',
    ),
    lines: fc.array(
      fc.record({
        quantity: fc.integer({ min: 1, max: 400 }),
        list: fc.integer({ min: 0, max: 2_000 }).map((hundreds) => hundreds * 10_000),
        discount: fc.oneof(fc.integer({ min: 0, max: 1_500 }), fc.integer({ min: 0, max: 10_000 })),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    margin: fc.integer({ min: -2_000, max: 9_000 }),
    termMonths: fc.integer({ min: 0, max: 80 }),
    paymentDays: fc.integer({ min: 0, max: 120 }),
    editors: fc.option(fc.array(fc.constantFrom(...people, 'stranger'), { maxLength: 3 }), { nil: undefined }),
    clauses: fc.option(
      fc.array(fc.constantFrom('unlimited-liability', 'data-residency', 'liability-cap-doubled'), { maxLength: 3 }),
      { nil: undefined },
    ),
  })
  .map(({ account, truthful, lines, margin, editors, clauses, ...rest }) => {
    const { currency } = account.annualRecurringRevenue;
    const money = (minorUnits: number) => ({ currency, minorUnits });
    const lineItems = lines.map(({ quantity, list, discount }, index) => ({
      lineId: `L${index}`,
      product: `Product ${index % 3}`,
      quantity,
      listPrice: money(list),
      netPrice: money((list / 10_000) * (10_000 - discount)),
      discountBasisPoints: discount,
    }));
    const sum = (price: 'listPrice' | 'netPrice') =>
      lineItems.reduce((total, line) => total + line.quantity * line[price].minorUnits, 0);
    const [list, net] = [sum('listPrice'), sum('netPrice')];
    return {
      ...rest,
      account: {
        id: account.id,
        name: account.name,
        segment: truthful === 0 ? 'small-business' : account.segment,
        region: account.region,
        annualRecurringRevenue: account.annualRecurringRevenue,
        churnRiskBasisPoints: truthful === 1 ? 0 : account.churnRisk,
      },
      recordOwner: truthful === 2 ? 'helena.brandt' : account.recordOwner,
      amount: money(net),
      discountBasisPoints: list === 0 ? 0 : Math.floor(((list - net) * 10_000) / list),
      marginBasisPoints: margin,
      lineItems,
      ...(editors === undefined ? {} : { quoteEditors: editors }),
      ...(clauses === undefined ? {} : { nonStandardClauses: clauses }),
      justification: 'Because.',
    };
  });

const questions = fc.record({ request: requests, requester: fc.constantFrom(...people), instant: instants });

const small = smallDirectory({ delegations: [{ from: 'y', to: 'peer' }] });
const selectors = fc.oneof(
  fc.constantFrom('top', 'mid', 'low', 'peer', 'head', 'owner', 'x', 'y', 'z').map((person) => ({ person })),
  fc.constant({ role: 'reviewer' }),
  fc.integer({ min: 1, max: 3 }).map((managerOfRequester) => ({ managerOfRequester })),
  fc.integer({ min: 1, max: 3 }).map((managerOfRecordOwner) => ({ managerOfRecordOwner })),
);
const quorums = fc.oneof(
  fc.constantFrom('all', 'any'),
  fc.integer({ min: 1, max: 4 }).map((atLeast) => ({ atLeast })),
);
const levelParts = fc.record({
  order: fc.integer({ min: 0, max: 2 }),
  approvers: fc.array(selectors, { minLength: 1, maxLength: 3 }),
  quorum: quorums,
  minimumLimit: fc.constantFrom(undefined, undefined, 'amount'),
  limitFallback: fc.constantFrom('manager', 'refuse'),
  independentOfReportingLine: fc.boolean(),
  assurance: fc.constantFrom('link', 'mail-code'),
  escalation: fc.array(
    fc.record({
      to: fc.oneof(
        fc.integer({ min: 1, max: 3 }).map((managerOfApprover) => ({ managerOfApprover })),
        fc.constantFrom('top', 'x', 'low').map((person) => ({ person })),
        fc.constant({ role: 'reviewer' }),
      ),
      serviceLevelBusinessHours: fc.integer({ min: 1, max: 40 }),
    }),
    { maxLength: 3 },
  ),
});
const levelLists = fc
  .array(levelParts, { minLength: 1, maxLength: 4 })
  .map((list) => list.map((parts, index) => level('abcd'[index] ?? 'e', JSON.parse(JSON.stringify(parts)))));

const conditions = fc.oneof(
  fc.record({
    field: fc.constantFrom('discount', 'margin', 'lines.maxDiscount'),
    is: fc.constantFrom('lt', 'lte', 'gt', 'gte', 'eq', 'ne'),
    value: fc.integer({ min: 0, max: 100 }).map((n) => `${n} %`),
  }),
  fc.record({
    field: fc.constantFrom('amount', 'lines.concession'),
    is: fc.constantFrom('lt', 'lte', 'gt', 'gte'),
    value: fc.integer({ min: 0, max: 5_000 }).map((n) => `${n} ${n % 5 === 0 ? 'USD' : 'EUR'}`),
  }),
  fc.record({
    field: fc.constantFrom('termMonths', 'paymentDays', 'lines.count'),
    is: fc.constantFrom('lt', 'gte'),
    value: fc.integer({ min: 0, max: 60 }),
  }),
  fc.record({
    field: fc.constant('kind'),
    is: fc.constantFrom('in', 'notIn'),
    value: fc.constant(['discount', 'renewal-concession']),
  }),
);
const ruleLists = (levels: readonly object[]) =>
  fc.array(
    fc.record({
      all: fc.option(fc.array(conditions, { minLength: 1, maxLength: 3 }), { nil: undefined }),
      any: fc.option(fc.array(conditions, { minLength: 1, maxLength: 3 }), { nil: undefined }),
      effect: fc.oneof(
        fc
          .subarray(
            levels.map((each) => (each as { id: string }).id),
            { minLength: 1 },
          )
          .map((ids) => ({ require: ids })),
        fc.constant({ approve: 'automatically' }),
        fc.constant({ deny: 'No.' }),
      ),
    }),
    { minLength: 1, maxLength: 5 },
  );
const policyDocuments = levelLists.chain((levels) =>
  ruleLists(levels).map((rules) =>
    smallPolicyDocument({
      levels,
      rules: rules.map(({ all, any, effect }, index) =>
        rule(`r${index}`, JSON.parse(JSON.stringify({ all, any })), effect),
      ),
    }),
  ),
);

const levelsOf = ({ plan }: RoutingResult): PlannedLevel[] => plan?.stages.flatMap(({ levels }) => levels) ?? [];
const seatsOf = (each: PlannedLevel) => [...each.seats, ...each.escalation.flatMap(({ seats }) => seats)];

/** What must hold of every route. */
function expectSound(result: RoutingResult, forbidden: readonly string[]): void {
  expect(result.plan !== undefined).toBe(result.disposition === 'approve');
  expect(result.problems.length > 0).toBe(result.disposition === 'unroutable');
  expect(terms.parse(result.terms)).toEqual(result.terms);
  expect(JSON.parse(canonicalJson(result))).toEqual(result);
  if (result.disposition === 'auto-approve') expect(result.unverifiedFacts).toEqual([]);
  if (result.plan === undefined) return;
  expect(approvalPlan.parse(result.plan)).toEqual(result.plan);
  const levels = levelsOf(result);
  for (const each of levels) {
    expect(each.required).toBeLessThanOrEqual(each.seats.length);
    const seats = seatsOf(each);
    expect(new Set(seats.map(({ seatId }) => seatId)).size).toBe(seats.length);
    expect(new Set(seats.map(({ approver }) => approver)).size).toBe(seats.length);
    for (const { principal, approver } of seats) {
      expect(forbidden).not.toContain(principal);
      expect(forbidden).not.toContain(approver);
    }
  }
  const first = levels.flatMap(({ seats }) => seats.map(({ approver }) => approver));
  expect(new Set(first).size).toBe(first.length);
}

const choices = (each: PlannedLevel): string[][] => {
  const pick = (seats: string[], count: number): string[][] =>
    count === 0 ? [[]] : seats.flatMap((seat, i) => pick(seats.slice(i + 1), count - 1).map((rest) => [seat, ...rest]));
  return pick(
    each.seats.map(({ approver }) => approver),
    each.required,
  );
};

/** A value with the keys of its objects in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, reordered(part)]),
  );
}

describe('routing by the reference policy', () => {
  it('seats nobody who may not decide, and gives a sound plan or a typed reason', () => {
    fc.assert(
      fc.property(questions, ({ request, requester, instant }) => {
        const result = routeApproval({
          request: parseRequest(request),
          policy: referencePolicy,
          directory,
          requester,
          instant,
        });
        expectSound(result, [requester, request.recordOwner, ...(request.quoteEditors ?? [])]);
        expect(result.rules).toHaveLength(referencePolicy.rules.length);
        for (const each of result.rules) {
          const met = each.all.every((c) => c.met) && (each.any.length === 0 || each.any.some((c) => c.met));
          expect(each.fired).toBe(met);
          expect(each.firstUnmet === undefined).toBe(each.fired);
        }
      }),
      { numRuns },
    );
  });

  it('gives the same bytes for every order of keys and sets, and in every time zone', () => {
    const zones = ['UTC', 'America/St_Johns', 'Asia/Tokyo', 'Pacific/Kiritimati'];
    const before = process.env.TZ;
    fc.assert(
      fc.property(
        questions,
        fc.infiniteStream(fc.nat()),
        fc.constantFrom(...zones),
        ({ request, requester, instant }, random, zone) => {
          const bytes = (value: unknown) =>
            canonicalJson(
              routeApproval({ request: parseRequest(value), policy: referencePolicy, directory, requester, instant }),
            );
          const expected = bytes(request);
          const shuffled: Record<string, unknown> = { ...request };
          for (const name of unorderedArrays.map((pattern) => pattern.slice(1)))
            if (Array.isArray(shuffled[name]))
              shuffled[name] = (shuffled[name] as unknown[])
                .map((item) => [random.next().value, item] as const)
                .toSorted(([a], [b]) => Number(a) - Number(b))
                .map(([, item]) => item);
          try {
            process.env.TZ = zone;
            expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
            expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
            expect(bytes(reordered(shuffled))).toBe(expected);
          } finally {
            if (before === undefined) delete process.env.TZ;
            else process.env.TZ = before;
          }
        },
      ),
      { numRuns },
    );
  });

  it('tells the truth about what would change', () => {
    const direct = { margin: 'marginBasisPoints', termMonths: 'termMonths', paymentDays: 'paymentDays' } as const;
    fc.assert(
      fc.property(questions, ({ request, requester, instant }) => {
        const route = (value: unknown) =>
          routeApproval({ request: parseRequest(value), policy: referencePolicy, directory, requester, instant });
        const result = route(request);
        const ids = levelsOf(result).map(({ levelId }) => levelId);
        for (const change of result.whatWouldChange) {
          if (!(change.field in direct)) continue;
          const other = route({ ...request, [direct[change.field as keyof typeof direct]]: change.to });
          const otherIds = levelsOf(other).map(({ levelId }) => levelId);
          expect(other.disposition).toBe(change.disposition);
          expect(otherIds.filter((id) => !ids.includes(id)).sort()).toEqual(change.addedLevels);
          expect(ids.filter((id) => !otherIds.includes(id)).sort()).toEqual(change.droppedLevels);
        }
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    );
  });
});

describe('routing by any policy', () => {
  const asked = fc.record({
    document: policyDocuments,
    pieces: fc.integer({ min: 1, max: 1_000 }),
    discount: fc.integer({ min: 0, max: 10_000 }),
    requester: fc.constantFrom('top', 'mid', 'low', 'owner', 'x'),
    editors: fc.subarray(['mid', 'x', 'head']),
    currency: fc.constantFrom('EUR', 'EUR', 'USD'),
  });

  it('refuses the policy with a typed error, or gives a sound route', () => {
    let loaded = 0;
    fc.assert(
      fc.property(asked, ({ document, pieces, discount, requester, editors, currency }) => {
        let policy: ReturnType<typeof loadPolicy>;
        try {
          policy = loadPolicy(document, small);
        } catch (error) {
          expect(error).toBeInstanceOf(CountersignError);
          return;
        }
        loaded += 1;
        const request = parseRequest(smallRequest({ pieces, discount, currency, quoteEditors: editors }));
        const result = routeApproval({
          request,
          policy,
          directory: small,
          requester,
          instant: '2027-02-03T10:00:00.000Z',
        });
        expectSound(result, [requester, 'owner', ...editors]);
        if (result.rules.some(({ fired, effect }) => fired && effect.do === 'deny'))
          expect(result.disposition).toBe('deny');
        if (result.rules.every(({ fired }) => !fired)) expect(['approve', 'unroutable']).toContain(result.disposition);
      }),
      { numRuns },
    );
    expect(loaded).toBeGreaterThan(numRuns / 10);
  });

  it('never lets fewer people approve a level than it asks for, though each approves once', () => {
    fc.assert(
      fc.property(levelLists, fc.constantFrom('low', 'mid', 'x'), (levels, requester) => {
        const ids = levels.map((each) => (each as { id: string }).id);
        const routeFor = (required: string[]) => {
          const document = smallPolicyDocument({ levels, rules: [rule('always', undefined, { require: required })] });
          return routeApproval({
            request: parseRequest(smallRequest()),
            policy: loadPolicy(document),
            directory: small,
            requester,
            instant: '2027-02-03T10:00:00.000Z',
          });
        };
        const together = routeFor(ids);
        if (together.plan === undefined) return;
        const alone = ids.flatMap((id) => levelsOf(routeFor([id])));
        expect(alone).toHaveLength(ids.length);
        // Every way in which the plan's levels can each just be approved.
        const ways = levelsOf(together).reduce<string[][]>(
          (so, each) => so.flatMap((way) => choices(each).map((choice) => [...way, ...choice])),
          [[]],
        );
        for (const way of ways.slice(0, 500))
          for (const { levelId, required, seats } of alone) {
            const own = seats.filter(({ approver }) => way.includes(approver)).length;
            expect(own, `${levelId} by ${way.join(',')}`).toBeGreaterThanOrEqual(required);
          }
      }),
      { numRuns },
    );
  });

  it('adds levels and never removes any when the amount rises, if rules only ask for more above thresholds', () => {
    const thresholds = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(thresholds, fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), (limits, a, b) => {
        const levels = limits.map((_, index) =>
          level(`l${index}`, { order: index, approvers: [{ person: 'xyz'[index % 3] }] }),
        );
        const rules = [
          rule(
            'auto',
            { all: [{ field: 'amount', is: 'lte', value: `${Math.min(...limits)} EUR` }] },
            { approve: 'automatically' },
          ),
          ...limits.map((limit, index) =>
            rule(
              `r${index}`,
              { all: [{ field: 'amount', is: 'gt', value: `${limit} EUR` }] },
              { require: [`l${index}`] },
            ),
          ),
        ];
        const policy = loadPolicy(smallPolicyDocument({ levels, rules }));
        const asks = (pieces: number) =>
          routeApproval({
            request: parseRequest(smallRequest({ pieces })),
            policy,
            directory: small,
            requester: 'low',
            instant: '2027-02-03T10:00:00.000Z',
          }).levels.map(({ levelId }) => levelId);
        expect(asks(Math.max(a, b))).toEqual(expect.arrayContaining(asks(Math.min(a, b))));
      }),
      { numRuns },
    );
  });
});

describe('requests of any shape', () => {
  it('are refused with a typed error, or routed', () => {
    const junk = fc.oneof(
      fc.anything(),
      fc.constant(null),
      fc.constantFrom(-1, 1e308, Number.MAX_SAFE_INTEGER, '', '\u0000', []),
    );
    const keys = fc.constantFrom(
      'kind',
      'account',
      'amount',
      'lineItems',
      'recordOwner',
      'marginBasisPoints',
      'quoteEditors',
      'justification',
      '__proto__',
      'extra',
    );
    fc.assert(
      fc.property(requests, keys, junk, (request, key, value) => {
        let parsed: ReturnType<typeof parseRequest>;
        try {
          parsed = parseRequest(Object.defineProperty({ ...request }, key, { value, enumerable: true }));
        } catch (error) {
          expect(error).toBeInstanceOf(CountersignError);
          const { problems } = error as CountersignError;
          expect(problems.length).toBeGreaterThan(0);
          for (const { pointer } of problems) expect(pointer).toMatch(/^(\/|$)/);
          return;
        }
        const result = routeApproval({
          request: parsed,
          policy: referencePolicy,
          directory,
          requester: 'ana.ruiz',
          instant: '2027-02-03T10:00:00.000Z',
        });
        expectSound(result, ['ana.ruiz', parsed.recordOwner]);
      }),
      { numRuns: numRuns * 2 },
    );
  });
});
