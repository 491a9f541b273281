import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { parsePlanRequest, type WrittenPlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { anAccount, aRep, aTouch, written } from '../../support/plan-requests.ts';

function problemsOf(value: unknown): { pointer: string; code: string; message: string; mend: string }[] {
  try {
    parsePlanRequest(value);
  } catch (error) {
    if (error instanceof InvalidInput) return [...error.problems];
    throw error;
  }
  return [];
}

describe('a plan request', () => {
  it('fills in what may be left out', () => {
    const request = parsePlanRequest(written());
    expect(request.weights.lambdaBasisPoints).toBe(3_000);
    expect(request.reps[0]?.calendar.hours).toEqual(['09:00-12:30', '13:30-17:30']);
    expect(request.accounts[0]?.quietHours).toEqual({ from: '18:00', to: '08:00' });
  });

  it('is the same whatever the order of its sets', () => {
    const touches = [aTouch('b'), aTouch('a')];
    const reps = [aRep('zoe'), aRep('anna', { skills: ['success', 'renewals'] })];
    const one = parsePlanRequest(written({ touches, reps }));
    const two = parsePlanRequest(
      written({
        touches: touches.toReversed(),
        reps: [aRep('anna', { skills: ['renewals', 'success'] }), aRep('zoe')],
      }),
    );
    expect(two).toEqual(one);
  });

  const cases: [string, Partial<WrittenPlanRequest>, string, string][] = [
    [
      'a window shorter than the touch',
      { touches: [aTouch('t', { window: { from: '2026-11-23T09:00:00Z', to: '2026-11-23T09:10:00Z' } })] },
      '/touches/0/window',
      'impossible-window',
    ],
    [
      'a window that ends before it begins',
      { touches: [aTouch('t', { window: { from: '2026-11-24T09:00:00Z', to: '2026-11-23T09:10:00Z' } })] },
      '/touches/0/window',
      'impossible-window',
    ],
    ['an unknown skill', { touches: [aTouch('t', { skill: 'juggling' })] }, '/touches/0/skill', 'unknown-skill'],
    ['an unknown account', { touches: [aTouch('t', { account: 'nobody' })] }, '/touches/0/account', 'unknown-account'],
    [
      'an unknown rep in a pin',
      { touches: [aTouch('t', { pin: { rep: 'nobody' } })] },
      '/touches/0/pin/rep',
      'unknown-rep',
    ],
    [
      'an unknown preferred rep',
      { accounts: [anAccount('acme', { preferredRep: 'nobody' })] },
      '/accounts/0/preferredRep',
      'unknown-rep',
    ],
    ['an unknown predecessor', { touches: [aTouch('t', { after: 'nothing' })] }, '/touches/0/after', 'unknown-touch'],
    [
      'quantiles that fall',
      { touches: [aTouch('t', { minutes: { p50: 60, p80: 30, p95: 90 } })] },
      '/touches/0/minutes',
      'falling-quantiles',
    ],
    [
      'a second currency',
      { accounts: [anAccount('acme', { annualRecurringRevenue: { currency: 'USD', minorUnits: 1 } })] },
      '/accounts/0/annualRecurringRevenue/currency',
      'two-currencies',
    ],
    ['zero capacity', { reps: [aRep('anna', { loadMinutes: 2_400 })] }, '/reps', 'zero-capacity'],
    ['a touch that stands twice', { touches: [aTouch('t'), aTouch('t')] }, '/touches/1/id', 'duplicate'],
    [
      'an unknown time zone',
      { reps: [aRep('anna', { timeZone: 'Mars/Olympus' })] },
      '/reps/0/timeZone',
      'unknown-time-zone',
    ],
    [
      'hours that end before they begin',
      { reps: [aRep('anna', { calendar: { hours: ['12:00-09:00'] } })] },
      '/reps/0/calendar',
      'impossible-hours',
    ],
    [
      'hours that overlap',
      { reps: [aRep('anna', { calendar: { hours: ['09:00-12:00', '11:00-13:00'] } })] },
      '/reps/0/calendar',
      'overlapping-hours',
    ],
    [
      'a hazard that falls',
      {
        accounts: [
          anAccount('acme', {
            hazard: [
              { days: 0, basisPoints: 500 },
              { days: 5, basisPoints: 400 },
            ],
          }),
        ],
      },
      '/accounts/0/hazard/1',
      'falling-hazard',
    ],
    [
      'a playbook across accounts',
      {
        touches: [aTouch('a'), aTouch('b', { account: 'bolt', after: 'a' })],
        accounts: [anAccount('acme'), anAccount('bolt')],
      },
      '/touches/1/after',
      'foreign-playbook',
    ],
    [
      'an actual of an unknown touch',
      { actuals: [{ touch: 'gone', status: 'done', at: '2026-11-20T09:00:00Z' }] },
      '/actuals/0/touch',
      'unknown-touch',
    ],
  ];
  it.each(cases)('refuses %s with pointer and mend', (_, more, pointer, code) => {
    const found = problemsOf(written(more));
    expect(found).toContainEqual(expect.objectContaining({ pointer, code }));
    for (const problem of found) expect(problem.mend).not.toBe('');
  });

  it('names a circle in a playbook once, by its touches', () => {
    const touches = [
      aTouch('a', { after: 'c' }),
      aTouch('b', { after: 'a' }),
      aTouch('c', { after: 'b' }),
      aTouch('d', { after: 'a' }),
    ];
    const found = problemsOf(written({ touches })).filter(({ code }) => code === 'playbook-cycle');
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain('a after c after b after a');
  });

  it('refuses absurd sizes by the schema', () => {
    const touches = Array.from({ length: 5_001 }, (_, index) => aTouch(`t${index}`));
    expect(problemsOf(written({ touches }))).toContainEqual(
      expect.objectContaining({ pointer: '/touches', code: 'too-big' }),
    );
    expect(problemsOf(written({ horizon: { start: '2026-11-23', days: 400 } }))[0]?.pointer).toBe('/horizon/days');
  });

  it('puts the pointer under the place where the request stands', () => {
    expect(() => parsePlanRequest(written({ touches: [aTouch('t', { skill: 'x' })] }), '/input')).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ pointer: '/input/touches/0/skill' })] }),
    );
  });
});
