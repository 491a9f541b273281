import type { WrittenPlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { randomFrom } from '../../../lib/engines/scheduling/random.ts';

export interface InstanceSize {
  readonly touches: number;
  readonly reps: number;
  /** Working days, from a Monday on. */
  readonly days: number;
  readonly scenarios: number;
}

const KINDS = [
  'renewal',
  'rescue',
  'business-review',
  'business-review',
  'onboarding',
  'adoption',
  'check-in',
  'check-in',
] as const;
const SEGMENTS = ['enterprise', 'mid-market', 'mid-market', 'small-business'] as const;
const ZONES = ['Europe/Berlin', 'Europe/Berlin', 'Europe/London', 'America/New_York'] as const;
const MINUTES = [20, 30, 30, 45, 60, 90] as const;
const ARR = { enterprise: 40_000_000, 'mid-market': 9_000_000, 'small-business': 1_200_000 } as const;

/**
 * A team's fortnight that looks like one: three accounts in four have one touch or two, reps keep most of their week for other
 * work, so about as many minutes are asked for as there are; windows open throughout the horizon, a fifth of the touches follow
 * another one of a playbook. The same seed gives the same request.
 */
export function planInstance(size: InstanceSize, seed: number): WrittenPlanRequest {
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  const pad = (number: number): string => String(number).padStart(4, '0');
  const start = Date.UTC(2026, 10, 23);
  const calendarDays = Math.ceil(size.days / 5) * 7 - 2;
  const dayOf = (workday: number): number => start + (Math.floor(workday / 5) * 7 + (workday % 5)) * 86_400_000;
  const skills = ['renewals', 'success', 'technical'];
  const demand = size.touches * 58;
  const weeks = Math.ceil(size.days / 5);
  const free = Math.max(90, Math.floor(demand / size.reps / weeks));
  const reps = Array.from({ length: size.reps }, (_, index) => {
    const weeklyMinutes = random.below(5) === 0 ? 1_200 : 2_400;
    const left = Math.max(90, Math.floor((free * weeklyMinutes * (80 + random.below(41))) / 240_000 / 5) * 5);
    return {
      id: `rep-${pad(index)}`,
      skills: skills.filter((_skill, at) => at === index % 3 || random.below(2) === 0),
      timeZone: ZONES[index % ZONES.length] as string,
      weeklyMinutes,
      loadMinutes: Math.max(0, weeklyMinutes - left),
      limits: { rescueCallsPerDay: 1 + random.below(2), consecutive: 4, afterHoursPerWeek: 0 },
    };
  });
  const accounts = Array.from({ length: Math.ceil(size.touches * 0.7) }, (_, index) => {
    const segment = pick(SEGMENTS);
    return {
      id: `account-${pad(index)}`,
      annualRecurringRevenue: {
        currency: 'EUR',
        minorUnits: Math.floor((ARR[segment] * (40 + random.below(200))) / 100),
      },
      segment,
      timeZone: pick(ZONES),
      contactCaps: { days: 5, count: 2 },
      ...(random.below(10) < 7 ? { preferredRep: `rep-${pad(random.below(size.reps))}` } : {}),
    };
  });
  const touches: NonNullable<WrittenPlanRequest['touches']> = [];
  for (let index = 0; index < size.touches; index += 1) {
    const before = touches.at(-1);
    const follows = before !== undefined && before.after === undefined && random.below(5) === 0;
    const kind = follows ? 'adoption' : pick(KINDS);
    const p50 = pick(MINUTES);
    const opens = Math.max(0, random.below(size.days + 2) - 3);
    const length = kind === 'rescue' ? 2 + random.below(3) : 3 + random.below(size.days);
    const from = follows ? Date.parse(before.window.from) : dayOf(opens);
    const to = follows ? dayOf(size.days - 1) : dayOf(Math.min(size.days - 1, opens + length));
    touches.push({
      id: `touch-${pad(index)}`,
      account: follows ? before.account : (pick(accounts).id as string),
      kind,
      minutes: { p50, p80: p50 + 5 * Math.floor(p50 / 20), p95: p50 * 2 },
      window: { from: new Date(from).toISOString(), to: new Date(to + 86_400_000).toISOString() },
      skill: kind === 'renewal' ? 'renewals' : kind === 'onboarding' ? 'technical' : 'success',
      ...(follows ? { after: before.id } : {}),
      channel: pick(['call', 'video', 'mail'] as const),
    });
  }
  return {
    format: 'countersign/plan-request/1',
    currency: 'EUR',
    horizon: { start: '2026-11-23', days: calendarDays },
    touches,
    reps,
    accounts,
    scenarios: { seed, count: size.scenarios },
    floors: [{ segment: 'small-business', servedBasisPoints: 6_000 }],
  };
}
