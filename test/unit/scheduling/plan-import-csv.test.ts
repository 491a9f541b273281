import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { defaultHazard, hazardAt } from '../../../lib/engines/scheduling/plan/default-hazards.ts';
import { importAccountsCsv, importRepsCsv, importTouchesCsv } from '../../../lib/engines/scheduling/plan/import-csv.ts';
import { makePlan } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import { aRequest } from '../../support/plan-requests.ts';

const TOUCHES = `id,account,kind,p50,p80,p95,from,to,skill,after,stake,pinnedRep
review,acme,business-review,30,45,60,2026-11-23T00:00:00Z,2026-11-28T00:00:00Z,success,,40 %,
renewal,acme,renewal,45,60,90,2026-11-23T00:00:00Z,2026-11-28T00:00:00Z,renewals,review,,anna
`;
const REPS = `id,skills,timeZone,weeklyMinutes,hours,daysOff,consecutive
anna,success; renewals,Europe/Berlin,2400,09:00-12:00;13:00-16:00,2026-11-24,3
`;
const ACCOUNTS = `id,annualRecurringRevenue,segment,timeZone,hazard,quietHours,contactCaps
acme,120000.00 EUR,enterprise,Europe/Berlin,0: 1 %; 7: 12.5 %,17:00-09:00,2 in 7
bolt,9000.00 EUR,small-business,Europe/Berlin,,,
`;

function problemsOf(read: () => unknown): unknown[] {
  try {
    read();
  } catch (error) {
    if (error instanceof InvalidInput) return [...error.problems];
    throw error;
  }
  return [];
}

describe('tables of touches, reps and accounts', () => {
  it('make a request that can be planned', () => {
    const [touches, reps, accounts] = [importTouchesCsv(TOUCHES), importRepsCsv(REPS), importAccountsCsv(ACCOUNTS)];
    expect(touches[0]).toMatchObject({
      stakeBasisPoints: 4_000,
      channel: 'call',
      minutes: { p50: 30, p80: 45, p95: 60 },
    });
    expect(touches[1]).toMatchObject({ after: 'review', pin: { rep: 'anna' } });
    expect(reps[0]).toMatchObject({
      skills: ['success', 'renewals'],
      limits: { consecutive: 3, rescueCallsPerDay: 2 },
    });
    expect(accounts[0]).toMatchObject({
      annualRecurringRevenue: { currency: 'EUR', minorUnits: 12_000_000 },
      hazard: [
        { days: 0, basisPoints: 100 },
        { days: 7, basisPoints: 1_250 },
      ],
      contactCaps: { count: 2, days: 7 },
    });
    const result = makePlan(aRequest({ touches, reps, accounts }), undefined);
    if (result.standing === 'refused') throw new Error('refused');
    expect(result.plan.touches.map(({ status }) => status)).toEqual(['scheduled', 'scheduled']);
  });

  it('takes the documented curve where the hazard is missing', () => {
    expect(importAccountsCsv(ACCOUNTS)[1]?.hazard).toBeUndefined();
    const curve = defaultHazard('rescue', 'small-business');
    expect([hazardAt(curve, 0), hazardAt(curve, 2), hazardAt(curve, 400)]).toEqual([1_200, 2_175, 9_000]);
  });

  it('names every cell that is wrong, by line', () => {
    const text = ACCOUNTS.replace('120000.00 EUR', 'much').replace('2 in 7', 'often').replace('small-business', 'tiny');
    expect(problemsOf(() => importAccountsCsv(text))).toEqual([
      expect.objectContaining({
        pointer: '/0/annualRecurringRevenue',
        code: 'invalid-cell',
        message: expect.stringMatching(/^Line 2/),
      }),
      expect.objectContaining({ pointer: '/0/contactCaps', code: 'invalid-cell' }),
      expect.objectContaining({ pointer: '/1/segment', message: expect.stringMatching(/^Line 3/) }),
    ]);
  });

  it('refuses a column that it does not know', () => {
    expect(problemsOf(() => importRepsCsv(REPS.replace('weeklyMinutes', 'minutes')))).toContainEqual(
      expect.objectContaining({ code: 'unknown-column' }),
    );
  });
});
