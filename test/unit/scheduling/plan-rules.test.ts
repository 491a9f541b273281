import { describe, expect, it } from 'vitest';
import { makePlan, preflight } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import type { Plan, ScheduledTouch } from '../../../lib/engines/scheduling/plan/plan.ts';
import type { PlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { anAccount, aRep, aRequest, aTouch } from '../../support/plan-requests.ts';

function planOf(request: PlanRequest): Plan {
  const result = makePlan(request, undefined);
  if (result.standing === 'refused') throw new Error('refused');
  return result.plan;
}

function slotOf(plan: Plan, id: string): ScheduledTouch {
  const found = plan.touches.find(({ touch }) => touch === id);
  if (found?.status !== 'scheduled') throw new Error(`${id} is ${found?.status}`);
  return found;
}

function statusOf(plan: Plan, id: string): string | undefined {
  return plan.touches.find(({ touch }) => touch === id)?.status;
}

describe('windows, time zones and quiet hours', () => {
  it('starts the first half-day at nine by the wall clock of the rep', () => {
    const slot = slotOf(planOf(aRequest()), 'review');
    expect(slot.start).toBe('2026-11-23T08:00:00.000Z');
    expect([slot.end, slot.reservedUntil]).toEqual(['2026-11-23T08:30:00.000Z', '2026-11-23T08:45:00.000Z']);
    expect(slot.halfDay).toMatchObject({ date: '2026-11-23', clock: '09:00' });
  });

  it('keeps nine o clock when the clocks change', () => {
    const plan = planOf(
      aRequest({
        horizon: { start: '2026-10-23', days: 4 },
        reps: [aRep('anna', { calendar: { workdays: ['monday'] } })],
        touches: [aTouch('review', { window: { from: '2026-10-23T00:00:00Z', to: '2026-10-28T00:00:00Z' } })],
      }),
    );
    expect(slotOf(plan, 'review').start).toBe('2026-10-26T08:00:00.000Z');
  });

  it('waits until an account in New York may be called', () => {
    const plan = planOf(aRequest({ accounts: [anAccount('acme', { timeZone: 'America/New_York' })] }));
    // Eight o'clock there is two in the afternoon in Berlin, after half past one when the half-day begins.
    expect(slotOf(plan, 'review').start).toBe('2026-11-23T13:00:00.000Z');
  });

  it('calls nobody in quiet hours, and says why it cannot', () => {
    const accounts = [anAccount('acme', { timeZone: 'Pacific/Auckland' })];
    const { infeasible } = preflight(aRequest({ accounts }));
    expect(infeasible).toEqual([{ touch: 'review', reason: expect.objectContaining({ code: 'quiet-hours' }) }]);
    const internal = aRequest({ accounts, touches: [aTouch('review', { channel: 'internal' })] });
    expect(preflight(internal).infeasible).toEqual([]);
  });

  it('uses hours after work only where the rep may', () => {
    const accounts = [anAccount('acme', { timeZone: 'America/Los_Angeles' })];
    const rep = (afterHoursPerWeek: number) =>
      aRep('anna', { calendar: { afterHours: ['18:00-20:00'] }, limits: { afterHoursPerWeek } });
    const closed = preflight(aRequest({ accounts, reps: [rep(0)] }));
    expect(closed.infeasible[0]?.reason.code).toBe('quiet-hours');
    const plan = planOf(aRequest({ accounts, reps: [rep(1)], touches: [aTouch('a'), aTouch('b')] }));
    const used = plan.touches.filter((each) => each.status === 'scheduled' && each.halfDay.afterHours);
    expect(used).toHaveLength(1);
    expect(plan.touches.filter(({ status }) => status === 'deferred')).toHaveLength(1);
  });

  it('keeps a window narrower than a half-day', () => {
    const narrow = aTouch('narrow', { window: { from: '2026-11-23T09:30:00Z', to: '2026-11-23T10:30:00Z' } });
    const others = ['a', 'b'].map((id) =>
      aTouch(id, { window: { from: '2026-11-23T00:00:00Z', to: '2026-11-23T11:30:00Z' } }),
    );
    const slot = slotOf(planOf(aRequest({ touches: [narrow, ...others] })), 'narrow');
    expect(slot.start >= '2026-11-23T09:30:00.000Z' && slot.reservedUntil <= '2026-11-23T10:30:00.000Z').toBe(true);
  });
});

describe('why not', () => {
  const reasons: [string, string, Parameters<typeof aRequest>[0]][] = [
    ['too-long', 'longer than a half-day', { touches: [aTouch('t', { minutes: { p50: 60, p80: 300, p95: 400 } })] }],
    [
      'outside-window',
      'the weekend',
      {
        touches: [aTouch('t', { window: { from: '2026-11-28T00:00:00Z', to: '2026-11-29T00:00:00Z' } })],
        horizon: { start: '2026-11-23', days: 7 },
      },
    ],
    ['no-minutes-left', 'a full week', { reps: [aRep('anna', { loadMinutes: 2_380 })], touches: [aTouch('t')] }],
    [
      'rescue-limit',
      'no rescue calls',
      { reps: [aRep('anna', { limits: { rescueCallsPerDay: 0 } })], touches: [aTouch('t', { kind: 'rescue' })] },
    ],
    [
      'pinned-rep',
      'a pin to somebody without the skill',
      { reps: [aRep('anna'), aRep('ben', { skills: ['renewals'] })], touches: [aTouch('t', { pin: { rep: 'ben' } })] },
    ],
    ['pinned-start', 'a pin at night', { touches: [aTouch('t', { pin: { start: '2026-11-23T02:00:00Z' } })] }],
    [
      'limit-used-up',
      'a contact cap of none',
      { accounts: [anAccount('acme', { contactCaps: { days: 7, count: 0 } })], touches: [aTouch('t')] },
    ],
    [
      'no-skill',
      'a rep who is away',
      {
        reps: [
          aRep('anna', {
            calendar: { daysOff: ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'] },
          }),
        ],
        touches: [aTouch('t')],
      },
    ],
  ];
  it.each(reasons)('says %s for %s', (code, _, more) => {
    const request = aRequest(more);
    expect(preflight(request).infeasible).toEqual([{ touch: 't', reason: expect.objectContaining({ code }) }]);
    expect(planOf(request).touches).toEqual([expect.objectContaining({ touch: 't', status: 'infeasible' })]);
  });

  it('drops what follows a touch that cannot be', () => {
    const touches = [
      aTouch('a', { minutes: { p50: 60, p80: 300, p95: 400 } }),
      aTouch('b', { after: 'a' }),
      aTouch('c', { after: 'b' }),
    ];
    const found = preflight(aRequest({ touches })).infeasible.map(({ touch, reason }) => [touch, reason.code]);
    expect(found).toEqual([
      ['a', 'too-long'],
      ['b', 'predecessor-infeasible'],
      ['c', 'predecessor-infeasible'],
    ]);
  });

  it('says of two pins that exclude each other which limit they break', () => {
    const pin = { rep: 'anna', start: '2026-11-23T08:30:00Z' };
    const long = { p50: 110, p80: 120, p95: 130 };
    const plan = planOf(
      aRequest({ touches: [aTouch('a', { pin, minutes: long }), aTouch('b', { pin, minutes: long })] }),
    );
    expect(statusOf(plan, 'a')).toBe('scheduled');
    expect(plan.touches[1]).toMatchObject({ status: 'infeasible', reason: { code: 'fixed-slots-conflict' } });
  });
});

describe('limits', () => {
  const sevenTouches = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => aTouch(id, { kind: 'rescue' }));

  it('gives nobody more rescue calls a day than the limit', () => {
    const plan = planOf(
      aRequest({ touches: sevenTouches, reps: [aRep('anna', { limits: { rescueCallsPerDay: 1 } })] }),
    );
    const dates = plan.touches.flatMap((each) => (each.status === 'scheduled' ? [each.halfDay.date] : []));
    expect(dates).toHaveLength(5);
    expect(new Set(dates).size).toBe(5);
  });

  it('contacts an account no more often than its cap in any days in a row, counting what has happened', () => {
    const accounts = [anAccount('acme', { contactCaps: { days: 3, count: 1 } })];
    const actuals = [{ touch: 'a', status: 'no-show' as const, at: '2026-11-22T10:00:00Z' }];
    const plan = planOf(aRequest({ touches: sevenTouches, accounts, actuals }));
    const dates = plan.touches.flatMap((each) => (each.status === 'scheduled' ? [each.halfDay.date] : []));
    expect(dates).toEqual(['2026-11-25']);
  });

  it('keeps a playbook in order', () => {
    const touches = [aTouch('a', { after: 'b' }), aTouch('b', { after: 'c' }), aTouch('c')];
    const plan = planOf(aRequest({ touches }));
    const [a, b, c] = ['a', 'b', 'c'].map((id) => slotOf(plan, id).halfDay);
    expect(c!.end <= b!.start && b!.end <= a!.start).toBe(true);
  });

  it('does not fill more than the contract leaves', () => {
    const plan = planOf(
      aRequest({
        touches: sevenTouches,
        reps: [aRep('anna', { loadMinutes: 2_300, limits: { rescueCallsPerDay: 9 } })],
      }),
    );
    expect(plan.reps[0]).toMatchObject({ minutes: 90, freeMinutes: 100, touches: 2 });
  });

  it('lets no segment starve below its floor', () => {
    const small = ['s1', 's2', 's3', 's4'].map((id) => aTouch(id, { account: 'small', kind: 'check-in' }));
    const large = ['l1', 'l2', 'l3', 'l4'].map((id) => aTouch(id, { kind: 'rescue' }));
    const accounts = [anAccount('acme', { segment: 'enterprise' }), anAccount('small', { segment: 'small-business' })];
    const reps = [aRep('anna', { loadMinutes: 2_400 - 180, limits: { rescueCallsPerDay: 9 } })];
    const without = planOf(aRequest({ touches: [...small, ...large], accounts, reps }));
    expect(without.touches.filter(({ account, status }) => account === 'small' && status === 'scheduled')).toHaveLength(
      0,
    );
    const floors = [{ segment: 'small-business' as const, servedBasisPoints: 5_000 }];
    const plan = planOf(aRequest({ touches: [...small, ...large], accounts, reps, floors }));
    expect(plan.floors).toEqual([{ segment: 'small-business', feasible: 4, required: 2, served: 2, missing: 0 }]);
    const result = makePlan(aRequest({ touches: [...small, ...large], accounts, reps, floors }), undefined);
    if (result.standing === 'refused') throw new Error('refused');
    expect(result.explanation.prices.find(({ kind }) => kind === 'floor')?.price).toBeGreaterThan(0);
  });

  it('shares work by contract when that costs nothing else', () => {
    const touches = sevenTouches.slice(0, 6).map((touch) => ({ ...touch, kind: 'check-in' as const }));
    const reps = [aRep('anna'), aRep('half', { weeklyMinutes: 1_200 })];
    const plan = planOf(aRequest({ touches, reps, weights: { fairnessPerMinute: 500 } }));
    expect(plan.reps.map(({ touches: count }) => count)).toEqual([4, 2]);
    expect(plan.totals.fairness).toBe(0);
  });

  it('prefers the preferred rep', () => {
    const accounts = [anAccount('acme', { preferredRep: 'zoe' })];
    const plan = planOf(aRequest({ reps: [aRep('anna'), aRep('zoe')], accounts }));
    expect(slotOf(plan, 'review')).toMatchObject({ rep: 'zoe', handover: false });
  });
});

describe('planning again', () => {
  const touches = ['a', 'b', 'c'].map((id) => aTouch(id));
  const slots = [
    { touch: 'a', rep: 'ben', start: '2026-11-23T13:00:00Z', promised: true },
    { touch: 'b', rep: 'ben', start: '2026-11-26T08:30:00Z', promised: true },
  ];
  const previous = { frozenUntil: '2026-11-25T00:00:00Z', slots };
  const reps = [aRep('anna'), aRep('ben')];

  it('leaves the frozen slots, puts nothing else there, and pays for moves', () => {
    const plan = planOf(aRequest({ touches, reps, previous, weights: { move: 100_000_000 } }));
    expect(slotOf(plan, 'a')).toMatchObject({ rep: 'ben', fixed: true, moved: false });
    expect(slotOf(plan, 'a').halfDay.start).toBe('2026-11-23T12:30:00.000Z');
    expect(slotOf(plan, 'b')).toMatchObject({ rep: 'ben', moved: false });
    expect(slotOf(plan, 'c').halfDay.start >= '2026-11-25').toBe(true);
  });

  it('keeps the clock times of what stays in its half-day, promises before all others', () => {
    const early = '2026-11-23T09:15:00.000Z';
    const kept = {
      ...previous,
      slots: [
        { ...slots[0]!, start: '2026-11-23T13:15:00Z' },
        { ...slots[1]!, start: early },
      ],
    };
    const frozen = { ...kept, frozenUntil: '2026-11-24T00:00:00Z' };
    const plan = planOf(aRequest({ touches, reps, previous: frozen }));
    expect([slotOf(plan, 'a').start, slotOf(plan, 'b').start]).toEqual(['2026-11-23T13:15:00.000Z', early]);
    // Both at the same time cannot be: the promise has it, though the other one is worth more.
    const both = [
      { touch: 'a', rep: 'ben', start: early, promised: false },
      { touch: 'b', rep: 'ben', start: early, promised: true },
    ];
    const worth = [aTouch('a', { kind: 'rescue' }), aTouch('b', { kind: 'check-in' })];
    const second = planOf(aRequest({ touches: worth, reps, previous: { ...frozen, slots: both } }));
    expect(slotOf(second, 'b').start).toBe(early);
    expect(slotOf(second, 'a').start).toBe('2026-11-23T08:00:00.000Z');
  });

  it('moves what is not frozen when that is worth it, and says which promise breaks', () => {
    const plan = planOf(aRequest({ touches, reps, previous, weights: { move: 0, brokenPromise: 0 } }));
    expect(slotOf(plan, 'b')).toMatchObject({ moved: true, brokenPromise: true });
  });

  it('frees a frozen slot whose rep has left, with a notice', () => {
    const plan = planOf(aRequest({ touches, reps: [aRep('anna')], previous }));
    expect(plan.notices).toContainEqual(expect.objectContaining({ code: 'frozen-slot-lost', touch: 'a' }));
    expect(slotOf(plan, 'a')).toMatchObject({ rep: 'anna', moved: true, brokenPromise: true });
  });

  it('does not plan what is done, and lets its followers go on', () => {
    const chain = [aTouch('a'), aTouch('b', { after: 'a' })];
    const actuals = [{ touch: 'a', status: 'done' as const, at: '2026-11-20T10:00:00Z' }];
    const plan = planOf(aRequest({ touches: chain, actuals }));
    expect(plan.touches.map(({ status }) => status)).toEqual(['done', 'scheduled']);
  });
});
