import {
  type PlanRequest,
  parsePlanRequest,
  type WrittenPlanRequest,
} from '../../lib/engines/scheduling/plan/request.ts';

type WrittenTouch = WrittenPlanRequest['touches'][number];
type WrittenRep = WrittenPlanRequest['reps'][number];
type WrittenAccount = WrittenPlanRequest['accounts'][number];

/** Monday to Friday, 23 to 27 November 2026; everybody in Berlin, where it is an hour later than UTC. */
export const MONDAY = '2026-11-23';

export function aTouch(id: string, more: Partial<WrittenTouch> = {}): WrittenTouch {
  return {
    id,
    account: 'acme',
    kind: 'business-review',
    minutes: { p50: 30, p80: 45, p95: 60 },
    window: { from: '2026-11-23T00:00:00Z', to: '2026-11-28T00:00:00Z' },
    skill: 'success',
    ...more,
  };
}

export function aRep(id: string, more: Partial<WrittenRep> = {}): WrittenRep {
  return { id, skills: ['success'], timeZone: 'Europe/Berlin', weeklyMinutes: 2_400, ...more };
}

export function anAccount(id: string, more: Partial<WrittenAccount> = {}): WrittenAccount {
  return {
    id,
    annualRecurringRevenue: { currency: 'EUR', minorUnits: 10_000_000 },
    segment: 'mid-market',
    timeZone: 'Europe/Berlin',
    ...more,
  };
}

/** A request that is small and quick to plan. */
export function written(more: Partial<WrittenPlanRequest> = {}): WrittenPlanRequest {
  return {
    format: 'countersign/plan-request/1',
    currency: 'EUR',
    horizon: { start: MONDAY, days: 5 },
    touches: [aTouch('review')],
    reps: [aRep('anna')],
    accounts: [anAccount('acme')],
    scenarios: { seed: 7, count: 10 },
    budget: { moves: 4_000, priceRounds: 600, iterations: 20_000 },
    ...more,
  };
}

export function aRequest(more: Partial<WrittenPlanRequest> = {}): PlanRequest {
  return parsePlanRequest(written(more));
}
