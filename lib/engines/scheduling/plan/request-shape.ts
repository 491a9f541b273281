import * as z from 'zod';
import { basisPoints, currency } from '../../../core/money.ts';

/** What a touch is for. */
export const touchKinds = ['renewal', 'rescue', 'business-review', 'onboarding', 'adoption', 'check-in'] as const;
export type TouchKind = (typeof touchKinds)[number];

export const segments = ['enterprise', 'mid-market', 'small-business'] as const;
export type Segment = (typeof segments)[number];

/** How the customer is reached. `internal` work reaches nobody: quiet hours and contact caps do not apply to it. */
export const channels = ['call', 'video', 'mail', 'in-person', 'internal'] as const;

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** The sizes of the largest request that is looked at. More is not a plan but a mistake. */
export const CAPS = { touches: 5_000, reps: 500, accounts: 5_000, days: 31, scenarios: 100, skillsPerRep: 50 } as const;

const reference = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'Letters, digits, points, hyphens and underscores');
const instantText = z.iso.datetime();
const date = z.iso.date();
const timeZone = z.string().min(1).max(60);
/** A span of local time within one day: `09:00-12:30`. */
const span = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'HH:MM-HH:MM');
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
const weekday = z.enum(weekdays);
/** A price in minor units of the plan's currency. */
const price = z.int().min(0).max(1_000_000_000);

export const touch = z.strictObject({
  id: reference,
  account: reference,
  kind: z.enum(touchKinds),
  /** How long it takes, in minutes: half of such touches take no longer than `p50`, and so on. */
  minutes: z.strictObject({
    p50: z.int().min(5).max(480),
    p80: z.int().min(5).max(480),
    p95: z.int().min(5).max(960),
  }),
  /** It may begin at `from` and must be over at `to`. Delay is counted from `from`. */
  window: z.strictObject({ from: instantText, to: instantText }),
  /** The skill that a rep must have. */
  skill: reference,
  /** The touch of the same playbook that must be over before this one begins. */
  after: reference.optional(),
  channel: z.enum(channels).default('call'),
  /** The part of the account's annual revenue that this touch protects; the default depends on the kind. */
  stakeBasisPoints: basisPoints.optional(),
  /** What the lead has fixed: the rep, the half-day in which `start` lies, or both. With both, the touch cannot be deferred. */
  pin: z.strictObject({ rep: reference.optional(), start: instantText.optional() }).optional(),
});
export type Touch = z.infer<typeof touch>;

export const rep = z.strictObject({
  id: reference,
  skills: z.array(reference).min(1).max(CAPS.skillsPerRep),
  timeZone,
  /** Minutes a week by contract. */
  weeklyMinutes: z.int().min(0).max(6_000),
  /** Minutes of each week that other work takes already. */
  loadMinutes: z.int().min(0).max(6_000).default(0),
  calendar: z
    .strictObject({
      workdays: z.array(weekday).min(1).max(7).default(['monday', 'tuesday', 'wednesday', 'thursday', 'friday']),
      /** The half-days of a working day, on the rep's own wall clock; each is a bucket. */
      hours: z.array(span).min(1).max(3).default(['09:00-12:30', '13:30-17:30']),
      /** Spans outside of working hours that may be used as far as the limits of dignity allow. */
      afterHours: z.array(span).max(2).default([]),
      daysOff: z.array(date).max(366).default([]),
    })
    .prefault({}),
  /** Limits of dignity: hard, whatever it costs. */
  limits: z
    .strictObject({
      rescueCallsPerDay: z.int().min(0).max(20).default(2),
      /** Touches a week in `afterHours` spans. */
      afterHoursPerWeek: z.int().min(0).max(20).default(0),
      /** Touches in a row, which is to say in one half-day. */
      consecutive: z.int().min(1).max(20).default(6),
    })
    .prefault({}),
});
export type Rep = z.infer<typeof rep>;

export const hazardPoint = z.strictObject({ days: z.int().min(0).max(365), basisPoints });
export type HazardPoint = z.infer<typeof hazardPoint>;

export const account = z.strictObject({
  id: reference,
  annualRecurringRevenue: z.strictObject({ currency, minorUnits: z.int().min(0).max(100_000_000_000) }),
  segment: z.enum(segments),
  timeZone,
  /** Probability of losing the protected revenue by days of delay, in ascending days, never falling; see `default-hazards.ts`. */
  hazard: z.array(hazardPoint).min(1).max(30).optional(),
  /** Nobody calls between these times of the account's wall clock; `18:00` to `08:00` goes through the night. */
  quietHours: z.strictObject({ from: clockTime, to: clockTime }).default({ from: '18:00', to: '08:00' }),
  quietDays: z.array(weekday).max(6).default(['saturday', 'sunday']),
  /** At most `count` touches in any `days` days in a row. */
  contactCaps: z.strictObject({ days: z.int().min(1).max(31), count: z.int().min(0).max(50) }).optional(),
  preferredRep: reference.optional(),
});
export type Account = z.infer<typeof account>;

export const weights = z.strictObject({
  /** The share of the tail (CVaR) in the objective; the rest is the expected loss. */
  lambdaBasisPoints: basisPoints.default(3_000),
  /** A touch by somebody else than the preferred rep. */
  handover: price.default(2_000),
  /** A touch that is put off, beside the loss that its delay causes. */
  deferral: price.default(5_000),
  /** A minute of a rep above their share of the work by contract. */
  fairnessPerMinute: price.default(20),
  /** A touch that the previous plan had elsewhere. */
  move: price.default(10_000),
  /** The same when it was promised to the customer, on top. */
  brokenPromise: price.default(50_000),
  /** A touch that is missing to the service floor of a segment. */
  floorShortfall: price.default(10_000_000),
});

export const planRequestShape = z.strictObject({
  format: z.literal('countersign/plan-request/1'),
  currency,
  /** Dates `start` and following, read on each rep's wall clock. Half-days that begin before `notBefore` are not used. */
  horizon: z.strictObject({
    start: date,
    days: z.int().min(1).max(CAPS.days),
    notBefore: instantText.optional(),
  }),
  touches: z.array(touch).max(CAPS.touches),
  reps: z.array(rep).max(CAPS.reps),
  accounts: z.array(account).max(CAPS.accounts),
  scenarios: z
    .strictObject({ seed: z.int().min(0).max(4_294_967_295), count: z.int().min(1).max(CAPS.scenarios) })
    .default({ seed: 1, count: 20 }),
  weights: weights.prefault({}),
  /** Days of delay beyond the horizon that a deferred touch is taken to wait. */
  deferralDays: z.int().min(0).max(90).default(7),
  /** At least so many of the touches of a segment that can be scheduled at all are to be scheduled. */
  floors: z
    .array(z.strictObject({ segment: z.enum(segments), servedBasisPoints: basisPoints }))
    .max(3)
    .default([]),
  budget: z
    .strictObject({
      /** Changes that local search looks at. */
      moves: z.int().min(0).max(50_000_000).default(3_000_000),
      /** Rounds in which prices of the limits are improved. */
      priceRounds: z.int().min(0).max(20_000).default(600),
      /** Iterations of the simplex method, where a solver is at hand. */
      iterations: z.int().min(0).max(10_000_000).default(20_000),
    })
    .prefault({}),
  /** The plan in force. Slots that begin before `frozenUntil` stay; nothing else is put before that instant. */
  previous: z
    .strictObject({
      frozenUntil: instantText,
      slots: z
        .array(
          z.strictObject({
            touch: reference,
            rep: reference,
            start: instantText,
            promised: z.boolean().default(false),
          }),
        )
        .max(CAPS.touches),
    })
    .optional(),
  /** What has happened since: a touch that is done is not planned again; both kinds count against contact caps. */
  actuals: z
    .array(z.strictObject({ touch: reference, status: z.enum(['done', 'no-show']), at: instantText }))
    .max(CAPS.touches)
    .default([]),
});
export type PlanRequest = z.infer<typeof planRequestShape>;
/** A request as people write it: defaults may be left out. */
export type WrittenPlanRequest = z.input<typeof planRequestShape>;
