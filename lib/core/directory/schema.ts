import * as z from 'zod';
import { basisPoints, money } from '../money.ts';

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'Lower-case letters, digits, points, hyphens and underscores');
const date = z.iso.date();
const instantText = z.iso.datetime();
/** A span of local time within one day: `09:00-12:30`; `24:00` ends a day. */
const timeSpan = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'HH:MM-HH:MM');
const spans = z.array(timeSpan).max(6);

/** Working hours by weekday, with holidays and days of other hours. */
export const calendar = z.strictObject({
  id,
  name: z.string(),
  week: z.strictObject({
    monday: spans.default([]),
    tuesday: spans.default([]),
    wednesday: spans.default([]),
    thursday: spans.default([]),
    friday: spans.default([]),
    saturday: spans.default([]),
    sunday: spans.default([]),
  }),
  holidays: z.array(z.strictObject({ date, name: z.string() })).default([]),
  /** Days with other hours than their weekday's, such as half days. */
  specialDays: z.array(z.strictObject({ date, name: z.string(), hours: spans })).default([]),
});
export type Calendar = z.infer<typeof calendar>;

export const person = z.strictObject({
  id,
  name: z.string().min(1).max(120),
  email: z.email(),
  /** Names under which an authenticated caller may arrive (an IAM session name, say); the id always counts. */
  principals: z.array(z.string().min(1)).default([]),
  manager: id.optional(),
  roles: z.array(id).default([]),
  /** The largest amounts that this person may approve, one per currency; none means no monetary authority. */
  limits: z.array(money).default([]),
  timeZone: z.string(),
  calendar: id,
  /** Last day of employment; later the person holds no seat. */
  employedUntil: date.optional(),
});
export type Person = z.infer<typeof person>;

export const role = z.strictObject({ id, name: z.string().min(1) });
export type Role = z.infer<typeof role>;

/** Authority lent for a time. Never retroactive: `createdAt` is not after `start`. */
export const delegation = z.strictObject({
  id,
  from: id,
  to: id,
  start: instantText,
  end: instantText,
  createdBy: id,
  createdAt: instantText,
  reason: z.string().max(300).default(''),
});
export type Delegation = z.infer<typeof delegation>;

/** What the company itself knows of an account; what a request says beyond it counts as unverified. */
export const account = z.strictObject({
  id,
  name: z.string().min(1),
  segment: z.enum(['enterprise', 'mid-market', 'small-business']),
  region: z.string().min(1),
  recordOwner: id,
  annualRecurringRevenue: money,
  /** Probability of churn within a year, in basis points. */
  churnRisk: basisPoints,
});
export type Account = z.infer<typeof account>;

/**
 * The directory: people, roles, calendars, delegations and accounts, as one snapshot with a digest of its own. It changes
 * without a promotion, unlike a policy.
 */
export const directory = z.strictObject({
  schema: z.literal('countersign/directory/1'),
  version: z.string().min(1),
  calendars: z.array(calendar).min(1),
  roles: z.array(role),
  people: z.array(person).min(1),
  delegations: z.array(delegation).default([]),
  accounts: z.array(account).default([]),
  /** People who may create delegations for others. */
  administrators: z.array(id).default([]),
  /** Callers that may name the requester; every use is recorded. */
  trustedSystems: z.array(z.strictObject({ principal: z.string().min(1), name: z.string().min(1) })).default([]),
  /** Addresses read by more than one person; nobody may be asked to approve there. */
  sharedMailboxes: z.array(z.email()).default([]),
});
export type Directory = z.infer<typeof directory>;
