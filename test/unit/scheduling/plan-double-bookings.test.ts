import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCertificate } from '../../../lib/engines/scheduling/plan/check.ts';
import { compile } from '../../../lib/engines/scheduling/plan/compile.ts';
import { evaluatePlan } from '../../../lib/engines/scheduling/plan/evaluate.ts';
import { makePlan } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import type { Plan, ScheduledTouch } from '../../../lib/engines/scheduling/plan/plan.ts';
import { type PlanRequest, parsePlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { type InHalfDay, sequence } from '../../../lib/engines/scheduling/plan/sequence.ts';
import { sequenceAround } from '../../../lib/engines/scheduling/plan/sequence-around.ts';
import { solveModel } from '../../../lib/engines/scheduling/plan/solve.ts';
import { timetableOf } from '../../../lib/engines/scheduling/plan/timetable.ts';
import { randomFrom } from '../../../lib/engines/scheduling/random.ts';
import { anAccount, aRep, aRequest, aTouch } from '../../support/plan-requests.ts';
import { randomRequest } from '../../support/random-plan-requests.ts';

const deep = process.env.COUNTERSIGN_DEEP !== undefined;

function made(request: PlanRequest) {
  const result = makePlan(request, undefined);
  if (result.standing === 'refused') throw new Error('refused');
  return result;
}

const slotsOf = (plan: Plan): ScheduledTouch[] => plan.touches.filter((each) => each.status === 'scheduled');
const slotOf = (plan: Plan, id: string): ScheduledTouch => {
  const found = slotsOf(plan).find(({ touch }) => touch === id);
  if (found === undefined) throw new Error(`${id} is not scheduled`);
  return found;
};
const overlap = (a: ScheduledTouch, b: ScheduledTouch): boolean =>
  a.start < b.reservedUntil && b.start < a.reservedUntil;

/** One morning from nine to twelve, two people. */
const morning = { calendar: { hours: ['09:00-12:00'] } };
const oneDay = { horizon: { start: '2026-11-23', days: 1 } };
const anna = (more = {}) => aRep('anna', { ...morning, ...more });
const ben = (more = {}) => aRep('ben', { ...morning, ...more });
const pinned = (id: string, rep: string, more: Parameters<typeof aTouch>[1] = {}) =>
  aTouch(id, { pin: { rep, start: '2026-11-23T08:30:00Z' }, ...more });
const minutes = (p80: number) => ({ p50: p80, p80, p95: p80 });

describe('two people and one account in the same half-day', () => {
  it('come one after the other where there is time', () => {
    const request = aRequest({
      ...oneDay,
      reps: [anna(), ben()],
      touches: [pinned('a', 'anna', { minutes: minutes(60) }), pinned('b', 'ben', { minutes: minutes(60) })],
    });
    const { plan, certificate } = made(request);
    expect([slotOf(plan, 'a').rep, slotOf(plan, 'b').rep]).toEqual(['anna', 'ben']);
    expect(overlap(slotOf(plan, 'a'), slotOf(plan, 'b'))).toBe(false);
    expect(checkCertificate(request, plan, certificate)).toEqual([]);
  });

  it('change the order in which one of them does the half-day, and lose nothing by it', () => {
    const accounts = [anAccount('acme'), anAccount('other')];
    const touches = [
      pinned('a', 'anna', { minutes: minutes(90) }),
      // Ben's half-day is full: only the order is left to choose.
      pinned('b', 'ben', { minutes: minutes(90), kind: 'rescue' }),
      pinned('c', 'ben', { minutes: minutes(90), account: 'other', kind: 'check-in' }),
    ];
    const { plan } = made(aRequest({ ...oneDay, accounts, touches, reps: [anna(), ben()] }));
    expect(slotsOf(plan)).toHaveLength(3);
    expect(overlap(slotOf(plan, 'a'), slotOf(plan, 'b'))).toBe(false);
    expect(plan.standing).toBe('optimal');
  });

  it('change both half-days where one alone does not do', () => {
    const accounts = [anAccount('acme'), anAccount('first'), anAccount('second')];
    const early = { from: '2026-11-23T00:00:00Z', to: '2026-11-23T10:00:00Z' };
    const touches = [
      // Anna is with acme in the first half of the morning or in the second one; Ben in the first hour or, which is usual, in the second.
      // Only one of the four pairs does not overlap: she comes late, and he comes early.
      pinned('a', 'anna', { minutes: minutes(90), kind: 'rescue' }),
      pinned('a-other', 'anna', { minutes: minutes(90), account: 'first', kind: 'check-in' }),
      pinned('b', 'ben', { minutes: minutes(60), window: early }),
      pinned('a-first', 'ben', { minutes: minutes(60), account: 'second', window: early }),
    ];
    const request = aRequest({ ...oneDay, accounts, touches, reps: [anna(), ben()] });
    const { plan } = made(request);
    expect([slotOf(plan, 'a').start, slotOf(plan, 'b').start]).toEqual([
      '2026-11-23T09:30:00.000Z',
      '2026-11-23T08:00:00.000Z',
    ]);
    expect(evaluatePlan(request, plan).violations).toEqual([]);
    expect(plan.standing).toBe('optimal');
  });

  it('do not count internal work, which is with nobody', () => {
    const touches = [
      pinned('a', 'anna', { minutes: minutes(180), channel: 'internal' }),
      pinned('b', 'ben', { minutes: minutes(180) }),
    ];
    const { plan } = made(aRequest({ ...oneDay, touches, reps: [anna(), ben()] }));
    expect(overlap(slotOf(plan, 'a'), slotOf(plan, 'b'))).toBe(true);
  });

  it('let the less valuable touch go elsewhere when no order keeps them apart', () => {
    const touches = [
      aTouch('large', { minutes: minutes(180), pin: { rep: 'anna' }, kind: 'rescue' }),
      aTouch('small', { minutes: minutes(180), pin: { rep: 'ben' }, kind: 'check-in' }),
    ];
    const request = aRequest({ horizon: { start: '2026-11-23', days: 2 }, touches, reps: [anna(), ben()] });
    const solution = solveModel(compile(request), undefined);
    expect(timetableOf(compile(request), solution.choice).clashes).toHaveLength(1);
    const { plan, certificate } = made(request);
    expect([slotOf(plan, 'large').halfDay.date, slotOf(plan, 'small').halfDay.date]).toEqual([
      '2026-11-23',
      '2026-11-24',
    ]);
    expect(checkCertificate(request, plan, certificate)).toEqual([]);
    expect(plan.objective).toBeGreaterThan(solution.objective);
    expect(certificate?.bound).toBeLessThanOrEqual(plan.objective);
  });

  it('let it wait where there is no other half-day, with what comes after it, and say why', () => {
    const touches = [
      aTouch('large', { minutes: minutes(180), pin: { rep: 'anna' }, kind: 'rescue' }),
      aTouch('small', { minutes: minutes(180), pin: { rep: 'ben' }, kind: 'check-in' }),
      aTouch('after', { minutes: minutes(30), channel: 'internal', after: 'small', kind: 'check-in' }),
    ];
    const afternoons = { calendar: { hours: ['09:00-12:00', '13:00-14:00'] } };
    const request = aRequest({ ...oneDay, touches, reps: [anna(), ben(afternoons)] });
    const { plan, explanation, certificate } = made(request);
    const of = (id: string) => plan.touches.find(({ touch }) => touch === id);
    expect(of('large')).toMatchObject({ status: 'scheduled' });
    expect(of('small')).toMatchObject({ status: 'deferred', reason: { code: 'account-taken' } });
    expect(of('after')).toMatchObject({ status: 'deferred' });
    expect(explanation.touches.find(({ touch }) => touch === 'small')?.better?.limits).toEqual([
      'acme with two people at once',
    ]);
    expect(checkCertificate(request, plan, certificate)).toEqual([]);
  });

  it('refuse the second of two pins that no order keeps apart, before anything is solved', () => {
    const touches = [pinned('a', 'anna', { minutes: minutes(180) }), pinned('b', 'ben', { minutes: minutes(180) })];
    const { plan } = made(aRequest({ ...oneDay, touches, reps: [anna(), ben()] }));
    expect(plan.touches).toMatchObject([
      { touch: 'a', status: 'scheduled' },
      { touch: 'b', status: 'infeasible', reason: { code: 'fixed-slots-conflict' } },
    ]);
    expect(plan.touches[1]).toMatchObject({ reason: { message: expect.stringContaining('"acme"') } });
  });

  it('let something else leave the half-day where both of them are fixed', () => {
    const hour = { from: '2026-11-23T00:00:00Z', to: '2026-11-23T09:00:00Z' };
    const touches = [
      pinned('a', 'anna', { minutes: minutes(90) }),
      pinned('b', 'ben', { minutes: minutes(90) }),
      // Each of them takes the first hour, and what is left of the two mornings is too little for both visits.
      aTouch('c', { account: 'first', kind: 'rescue', pin: { rep: 'anna' }, minutes: minutes(60), window: hour }),
      aTouch('d', { account: 'second', kind: 'check-in', pin: { rep: 'ben' }, minutes: minutes(60), window: hour }),
    ];
    const accounts = [anAccount('acme'), anAccount('first'), anAccount('second')];
    const request = aRequest({ ...oneDay, touches, accounts, reps: [anna(), ben()] });
    const { plan, certificate } = made(request);
    expect(overlap(slotOf(plan, 'a'), slotOf(plan, 'b'))).toBe(false);
    expect(plan.touches.map(({ touch, status }) => [touch, status])).toEqual([
      ['a', 'scheduled'],
      ['b', 'scheduled'],
      ['c', 'scheduled'],
      ['d', 'deferred'],
    ]);
    expect(checkCertificate(request, plan, certificate)).toEqual([]);
  });
});

describe('the independent check', () => {
  const request = aRequest({
    ...oneDay,
    reps: [anna(), ben()],
    touches: [pinned('a', 'anna', { minutes: minutes(60) }), pinned('b', 'ben', { minutes: minutes(60) })],
  });
  const { plan, certificate } = made(request);
  const moved = (to: { start: string; end: string; reservedUntil: string }): Plan => ({
    ...plan,
    touches: plan.touches.map((each) => (each.touch === 'b' ? { ...each, ...to } : each)) as Plan['touches'],
  });
  const { start, end, reservedUntil } = slotOf(plan, 'a');

  it('finds an account that is booked twice, and nothing else about it', () => {
    const problems = checkCertificate(request, moved({ start, end, reservedUntil }), certificate);
    expect(problems).toEqual([
      expect.objectContaining({
        code: 'rule-broken',
        message: '"acme" is booked twice at the same time: "a" and "b".',
      }),
    ]);
  });

  it('is not deceived by an instant that is written in another way', () => {
    const offset = (instant: string): string => `${instant.slice(0, 19)}+00:00`;
    const written = moved({ start: offset(start), end: offset(end), reservedUntil: offset(reservedUntil) });
    expect(evaluatePlan(request, written).violations).toEqual([
      '"acme" is booked twice at the same time: "a" and "b".',
    ]);
  });

  it('lets appointments follow each other without a pause', () => {
    const later = (minutesLater: number): string =>
      new Date(Date.parse(reservedUntil) + minutesLater * 60_000).toISOString();
    const next = moved({ start: later(0), end: later(60), reservedUntil: later(60) });
    expect(evaluatePlan(request, next).violations).toEqual([]);
  });
});

describe('times around what is closed', () => {
  /** Every order, each touch as early as it can be. */
  function worksOut(touches: readonly InHalfDay[], closed: (id: string) => readonly { from: number; to: number }[]) {
    const descend = (left: readonly InHalfDay[], free: number): boolean =>
      left.length === 0 ||
      left.some((touch) => {
        let begin = Math.max(free, touch.from);
        while (closed(touch.id).some(({ from, to }) => from < begin + touch.p80 && begin < to)) begin += 1;
        return (
          begin + touch.p80 <= touch.to &&
          descend(
            left.filter((each) => each !== touch),
            begin + touch.p80,
          )
        );
      });
    return descend(touches, 0);
  }

  it('are found whenever there are some, and keep windows, order and closed times', () => {
    let found = 0;
    let none = 0;
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const random = randomFrom(seed);
        const touches = Array.from({ length: 1 + random.below(5) }, (_, index): InHalfDay => {
          const from = random.below(3) * 30;
          const p80 = 10 + random.below(50);
          return {
            id: `t${index}`,
            from,
            to: Math.min(180, from + p80 + random.below(120)),
            p50: p80,
            p80,
            loss: random.below(9),
          };
        });
        const shut = new Map(
          touches.map(({ id }) => {
            const from = random.below(150);
            return [id, random.below(2) === 0 ? [] : [{ from, to: from + 10 + random.below(60) }]] as const;
          }),
        );
        const closed = (id: string) => shut.get(id) ?? [];
        const times = sequenceAround(touches, { start: 0, end: 180, closed });
        expect(times !== undefined).toBe(worksOut(touches, closed));
        if (times === undefined) {
          none += 1;
          return;
        }
        found += 1;
        expect(times).toHaveLength(touches.length);
        for (const [at, { id, start, reservedUntil }] of times.entries()) {
          const touch = touches.find((each) => each.id === id)!;
          expect(start >= touch.from && reservedUntil <= touch.to && reservedUntil - start === touch.p80).toBe(true);
          expect(start).toBeGreaterThanOrEqual(times[at - 1]?.reservedUntil ?? 0);
          expect(closed(id).some(({ from, to }) => from < reservedUntil && start < to)).toBe(false);
        }
      }),
      { numRuns: deep ? 20_000 : 1_000 },
    );
    expect(Math.min(found, none)).toBeGreaterThan(50);
  });

  it('are the usual ones where nothing is closed', () => {
    const touch = (id: string, loss: number): InHalfDay => ({ id, from: 0, to: 240, p50: 20, p80: 30, loss });
    const touches = [touch('a', 1), touch('b', 3), touch('c', 2)];
    expect(sequenceAround(touches, { start: 0, end: 240, closed: () => [] })).toEqual(sequence(touches, 0, 240));
  });
});

describe('plans of requests in which few accounts ask for much on one day', () => {
  it('send no two people to one account at the same time, keep every other rule, and are what they say', () => {
    let clashed = 0;
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const odd = randomRequest(seed, { touches: 12, reps: 5, days: 1 });
        const [one, two] = odd.accounts;
        const touches = odd.touches.map((touch, place) => ({
          ...touch,
          account: (place % 3 === 0 ? two : one)!.id,
          window: { from: '2026-11-22T00:00:00Z', to: '2026-11-25T00:00:00Z' },
          channel: place % 4 === 0 ? ('internal' as const) : ('call' as const),
        }));
        const accounts = [one!, two!].map(({ contactCaps: _, ...account }) => account);
        const request = parsePlanRequest({ ...odd, accounts, touches: touches.map(({ after: _, ...rest }) => rest) });
        const model = compile(request);
        if (timetableOf(model, solveModel(model, undefined).choice).clashes.length > 0) clashed += 1;
        const { plan, certificate } = made(request);
        expect(checkCertificate(request, plan, certificate)).toEqual([]);
        expect(plan.objective).toBeGreaterThanOrEqual(certificate!.bound);
        expect(plan.baseline.saves).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: deep ? 2_000 : 60 },
    );
    // Otherwise nothing had to be mended, and nothing was tried.
    expect(clashed).toBeGreaterThan(3);
  });
});
