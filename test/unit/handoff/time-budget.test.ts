import { describe, expect, it } from 'vitest';
import { approvalPlan } from '../../../lib/core/approval/plan.ts';
import { addBusinessMinutes } from '../../../lib/core/calendar/business-time.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { ALWAYS_OPEN, resolveCalendar } from '../../../lib/engines/handoff/calendars.ts';
import { loadContract } from '../../../lib/engines/handoff/contract.ts';
import { type Hop, headroomAt, proveTimeBudget } from '../../../lib/engines/handoff/time-budget.ts';
import { supportContract } from './support/contracts.ts';

const office = {
  timeZone: 'Europe/Berlin',
  shifts: {
    id: 'office',
    name: 'Office',
    shifts: [{ days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], from: '09:00', to: '17:00' }],
  },
};
/** A Monday, 00:00 in Berlin. */
const MONDAY = '2026-11-15T23:00:00.000Z';
const always = { calendar: ALWAYS_OPEN, timeZone: 'Europe/Berlin' };

function hop(times: object = {}, calendar: object = office): Hop {
  const base = supportContract();
  const contract = loadContract({ ...base, calendar, bounceBudget: 2, times: { ...(base.times as object), ...times } });
  return { contract: contract.document, working: resolveCalendar(contract.document.calendar, () => undefined) };
}

const short = {
  acknowledgement: { businessMinutes: 15 },
  acceptance: { businessMinutes: 30 },
  delivery: { businessMinutes: 60 },
};

describe('the time budget of a chain', () => {
  it('is worst where the weekend comes in between, and its arithmetic adds up', () => {
    // 105 office minutes that do not end on Friday take in the 64 hours from Friday 17:00 to Monday 09:00. The first whole minute
    // from which they do not is Friday 15:16.
    const minutes = 64 * 60 + 105;
    const fits = proveTimeBudget({
      hops: [hop(short)],
      promise: { within: { clockMinutes: minutes }, working: always },
      from: MONDAY,
    });
    expect(fits).toMatchObject({
      fits: true,
      start: '2026-11-20T14:16:00.000Z',
      end: '2026-11-23T08:01:00.000Z',
      slackMinutes: 0,
      problems: [],
    });
    const misses = proveTimeBudget({
      hops: [hop(short)],
      promise: { within: { clockMinutes: minutes - 1 }, working: always },
      from: MONDAY,
    });
    expect(misses).toMatchObject({ fits: false, slackMinutes: -1, returnsThatFit: -1 });
    expect(misses.problems).toMatchObject([{ pointer: '/0/contract/times/delivery', code: 'time-budget-exceeded' }]);
    expect(misses.arithmetic).toEqual([
      'Worst start: Fri 20 Nov 2026, 15:16 CET.',
      '+ 15 min  incident-to-tier-2: acknowledgement (15 business minutes), until Fri 20 Nov 2026, 15:31 CET',
      '+ 30 min  incident-to-tier-2: acceptance (30 business minutes), until Fri 20 Nov 2026, 16:01 CET',
      '+ 3900 min  incident-to-tier-2: delivery (60 business minutes), until Mon 23 Nov 2026, 09:01 CET',
      '= 3945 min from start to end, Mon 23 Nov 2026, 09:01 CET.',
      'Promise: 3944 clock minutes are 3944 min from that start, until Mon 23 Nov 2026, 09:00 CET.',
      'It does not fit: 1 min are missing.',
    ]);
    const sum = misses.lines.reduce((total, { minutes: each }) => total + each, 0);
    expect(sum).toBe(3_945);
  });

  it('finds the worst start that lies right after a whole minute', () => {
    // An hour from 16:00 ends at 17:00, when the next desk opens for the day: done at 17:10. From a millisecond later it ends on the
    // next morning, and the next desk is done at 17:10 then: 25 h 10 min, less the millisecond.
    const evening = {
      ...office,
      shifts: {
        ...office.shifts,
        id: 'evening',
        shifts: office.shifts.shifts.map((shift) => ({ ...shift, from: '17:00', to: '18:00' })),
      },
    };
    const one = { businessMinutes: 1 };
    const hops = [
      hop({ acknowledgement: { businessMinutes: 57 }, acceptance: one, delivery: one, verification: one }),
      hop({ acknowledgement: { businessMinutes: 8 }, acceptance: one, delivery: one }, evening),
    ];
    const proofOf = (within: number) =>
      proveTimeBudget({
        hops,
        promise: { within: { clockMinutes: within }, working: always },
        from: '2026-11-16T23:00:00.000Z',
        days: 1,
      });
    expect(proofOf(1_510)).toMatchObject({ fits: true, start: '2026-11-17T15:00:00.001Z', starts: 2_880 });
    expect(proofOf(1_509)).toMatchObject({ fits: false, slackMinutes: -1 });
  });

  it('agrees with the plain sum of addBusinessMinutes at every whole minute of two days', () => {
    const hops = [
      hop(short),
      hop({ ...short, delivery: { businessMinutes: 300 } }, supportContract().calendar as object),
    ];
    const proof = proveTimeBudget({
      hops,
      promise: { within: { clockMinutes: 5_000 }, working: always },
      from: MONDAY,
      days: 2,
    });
    let worst = Number.POSITIVE_INFINITY;
    for (let start = Date.parse(MONDAY); start < Date.parse(MONDAY) + 2 * 86_400_000; start += 60_000) {
      let at = new Date(start).toISOString();
      for (const [index, { contract, working }] of hops.entries()) {
        // The second hop begins when what the first one delivered has been looked at.
        const looked = index === 0 ? (['verification'] as const) : [];
        for (const name of ['acknowledgement', 'acceptance', 'delivery', ...looked] as const) {
          const length = contract.times[name];
          at = addBusinessMinutes(at, 'businessMinutes' in length ? length.businessMinutes : 0, working);
        }
      }
      worst = Math.min(worst, start + 5_000 * 60_000 - Date.parse(at));
    }
    expect(proof.slackMinutes).toBe(Math.floor(worst / 60_000));
  });

  it('counts approvals at their slowest: stages one after the other, each person by their own calendar, escalation included', () => {
    const seat = (approver: string, n: number) => ({
      seatId: `l.${n}`,
      principal: approver,
      approver,
      delegations: [],
    });
    const level = (levelId: string, approvers: string[], minutes: number, escalation: object[] = []) => ({
      levelId,
      name: levelId,
      required: 1,
      seats: approvers.map(seat),
      serviceLevelBusinessMinutes: minutes,
      remindAfterBusinessMinutes: [],
      escalation,
      assurance: 'link',
      because: ['r'],
    });
    const plan = approvalPlan.parse({
      schema: 'countersign/approval-plan/1',
      stages: [
        { stage: 1, levels: [level('a', ['always', 'office'], 60), level('b', ['always'], 10)] },
        {
          stage: 2,
          levels: [level('c', ['always'], 30, [{ seats: [seat('always', 9)], serviceLevelBusinessMinutes: 20 }])],
        },
      ],
      excluded: [],
    });
    const working = hop().working;
    const workingTimeOf = (id: string) => (id === 'office' ? working : always);
    const base = hop(short);
    // From Friday 17:00: the office person by Monday 10:00, then 30 and 20 minutes by people who are always there, until 10:50; the
    // hop takes 105 minutes more, until 12:35.
    const hops = [{ ...base, approval: { plan, workingTimeOf } }];
    const needed = headroomAt(hops, '2026-11-30T00:00:00.000Z', '2026-11-20T16:00:00.000Z').neededMinutes;
    expect(needed).toBe(67 * 60 + 35);
    const promise = { within: { clockMinutes: 10_000 }, working: always };
    const { lines } = proveTimeBudget({ promise, from: MONDAY, days: 1, hops });
    expect(lines.map(({ pointer }) => pointer)[0]).toBe('/0/approval');
  });

  it('tells how many returns still fit', () => {
    const anytime = {
      acknowledgement: { clockMinutes: 10 },
      acceptance: { clockMinutes: 10 },
      delivery: { clockMinutes: 10 },
      clarification: { clockMinutes: 10 },
    };
    const proofOf = (within: number) =>
      proveTimeBudget({
        hops: [hop(anytime)],
        promise: { within: { clockMinutes: within }, working: always },
        from: MONDAY,
        days: 1,
      });
    expect([30, 69, 70, 110, 500].map((within) => proofOf(within).returnsThatFit)).toEqual([0, 0, 1, 2, 2]);
    expect(proofOf(29).returnsThatFit).toBe(-1);
  });

  it('gives readiness what is left and what is needed from now', () => {
    expect(headroomAt([hop(short)], '2026-11-18T12:00:00.000Z', '2026-11-18T09:00:00.000Z')).toEqual({
      remainingMinutes: 180,
      neededMinutes: 105,
    });
  });

  it('refuses a chain without hops, and a start between minutes', () => {
    const promise = { within: { clockMinutes: 60 }, working: always };
    expect(() => proveTimeBudget({ hops: [], promise, from: MONDAY })).toThrow(InvalidInput);
    expect(() => proveTimeBudget({ hops: [hop()], promise, from: '2026-11-15T23:00:00.001Z' })).toThrow(InvalidInput);
  });
});
