import type { WrittenPlanRequest } from '../../lib/engines/scheduling/plan/request.ts';
import { randomFrom } from '../../lib/engines/scheduling/random.ts';
import { anAccount, aRep, aTouch, MONDAY, written } from './plan-requests.ts';

const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'America/Los_Angeles'];
const KINDS = ['rescue', 'renewal', 'check-in', 'onboarding'] as const;
const SEGMENTS = ['enterprise', 'mid-market', 'small-business'] as const;

/**
 * A small request with everything in it: zones, quiet hours, windows within a half-day, pins, playbooks, caps, floors, after-hours
 * spans, a previous plan and what has happened since. Numbers follow from the seed.
 */
export function randomRequest(
  seed: number,
  size: { readonly touches: number; readonly reps: number; readonly days: number },
): WrittenPlanRequest {
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  const chance = (outOf: number): boolean => random.below(outOf) === 0;
  const start = Date.parse(`${MONDAY}T00:00:00Z`);
  const hour = 3_600_000;
  const at = (hours: number): string => new Date(start + hours * hour).toISOString();
  const reps = Array.from({ length: size.reps }, (_, index) =>
    aRep(`rep${index}`, {
      timeZone: pick(ZONES),
      skills: chance(3) ? ['success'] : ['success', 'renewals'],
      weeklyMinutes: pick([300, 1_200, 2_400]),
      loadMinutes: pick([0, 100, 200]),
      calendar: {
        hours: chance(3) ? ['09:00-11:00'] : ['09:00-12:00', '13:00-16:00'],
        afterHours: chance(3) ? ['17:00-19:00'] : [],
      },
      limits: {
        rescueCallsPerDay: random.below(3),
        afterHoursPerWeek: random.below(3),
        consecutive: 1 + random.below(4),
      },
    }),
  );
  const accounts = Array.from({ length: Math.max(1, Math.ceil(size.touches / 2)) }, (_, index) =>
    anAccount(`account${index}`, {
      timeZone: pick(ZONES),
      segment: pick(SEGMENTS),
      annualRecurringRevenue: { currency: 'EUR', minorUnits: random.below(50_000_000) },
      quietHours: pick([
        { from: '18:00', to: '08:00' },
        { from: '12:00', to: '13:00' },
        { from: '00:00', to: '00:00' },
        { from: '17:00', to: '10:30' },
      ]),
      ...(chance(2) ? { contactCaps: { days: 1 + random.below(4), count: random.below(3) } } : {}),
      ...(chance(2) ? { preferredRep: `rep${random.below(size.reps)}` } : {}),
    }),
  );
  const touches: WrittenPlanRequest['touches'] = [];
  for (let index = 0; index < size.touches; index += 1) {
    const before = touches.at(-1);
    const follows = before !== undefined && chance(4);
    const from = random.below(size.days * 24) - 12;
    const p50 = 15 * (1 + random.below(6));
    const account = follows ? before.account : pick(accounts).id;
    const pin = chance(6)
      ? { rep: `rep${random.below(size.reps)}`, ...(chance(2) ? { start: at(8 + 24 * random.below(size.days)) } : {}) }
      : undefined;
    touches.push(
      aTouch(`touch${index}`, {
        account,
        kind: pick(KINDS),
        minutes: { p50, p80: p50 + 15 * random.below(3), p95: p50 + 60 },
        window: { from: at(from), to: at(from + 3 + random.below(size.days * 24)) },
        skill: chance(4) && reps.some(({ skills }) => skills.includes('renewals')) ? 'renewals' : 'success',
        channel: pick(['call', 'mail', 'internal'] as const),
        ...(follows ? { after: before.id } : {}),
        ...(pin === undefined ? {} : { pin }),
      }),
    );
  }
  const some = touches.filter(() => chance(3));
  return written({
    horizon: { start: MONDAY, days: size.days },
    touches,
    reps: reps.some(({ weeklyMinutes, loadMinutes = 0 }) => weeklyMinutes > loadMinutes) ? reps : [aRep('rep0')],
    accounts,
    scenarios: { seed, count: 1 + random.below(12) },
    weights: { lambdaBasisPoints: pick([0, 3_000, 3_333, 10_000]), floorShortfall: pick([0, 10_000, 10_000_000]) },
    floors: chance(2) ? [{ segment: pick(SEGMENTS), servedBasisPoints: random.below(10_001) }] : [],
    budget: { moves: 1_500, priceRounds: 80, iterations: 5_000 },
    actuals: touches
      .filter(() => chance(8))
      .map(({ id }) => ({ touch: id, status: pick(['done', 'no-show'] as const), at: at(-10) })),
    ...(chance(2)
      ? {
          previous: {
            frozenUntil: at(random.below(size.days * 24)),
            slots: some.map(({ id }) => ({
              touch: id,
              rep: pick(reps).id,
              start: at(8 + 24 * random.below(size.days)),
              promised: chance(2),
            })),
          },
        }
      : {}),
  });
}
