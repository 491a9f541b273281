import * as z from 'zod';
import { money } from '../money.ts';

/** Minutes of the approver's working time, not of the wall clock. */
const businessMinutes = z.int().min(1).max(1_000_000);

/** How sure the desk must be that the approver is the one who decides. */
export const assurance = z.enum(['link', 'mail-code']);
export type Assurance = z.infer<typeof assurance>;

/** One approver's place in a level: whose place it is, and who fills it today. */
export const plannedSeat = z.strictObject({
  seatId: z.string().regex(/^[a-z0-9-]+\.\d+$/, 'The level id, a point and a number'),
  /** The person whose authority this seat carries. */
  principal: z.string(),
  /** The person who is asked: the principal, or the delegate at the end of the chain. */
  approver: z.string(),
  /** Ids of the delegations from principal to approver, in order; empty when they are one person. */
  delegations: z.array(z.string()).max(10),
});
export type PlannedSeat = z.infer<typeof plannedSeat>;

/** What happens when a level misses its deadline: these seats join it, with a new service level. */
export const escalationStep = z.strictObject({
  seats: z.array(plannedSeat).min(1).max(20),
  serviceLevelBusinessMinutes: businessMinutes,
});
export type EscalationStep = z.infer<typeof escalationStep>;

/**
 * Under what an approval that the same seat gave to the request that this one resubmits still counts. A level without it asks
 * everybody again.
 */
export const carryOver = z.strictObject({
  /** Over everything that the level's approvers answer for: an earlier approval counts for the same basis only. */
  basis: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** By the approver's own calendar, from the day of the decision. */
  withinBusinessDays: z.int().min(1).max(60),
  /** Labels of the lines of the terms that other levels decide on; any other line that differs asks the level again. */
  decidedElsewhere: z.array(z.string()).max(60),
});
export type CarryOver = z.infer<typeof carryOver>;

/** Who decides one question together, and how many of them it takes. */
export const plannedLevel = z.strictObject({
  levelId: z.string().regex(/^[a-z0-9-]{1,60}$/, 'Lower-case letters, digits and hyphens'),
  name: z.string().min(1).max(120),
  /** Approvals that settle the level: all = the number of seats, any = 1, n of m = n. */
  required: z.int().min(1).max(20),
  seats: z.array(plannedSeat).min(1).max(20),
  serviceLevelBusinessMinutes: businessMinutes,
  /** Reminders, in the approver's business minutes after the level opened, ascending. */
  remindAfterBusinessMinutes: z.array(businessMinutes).max(10),
  /** Steps taken one after the other, each at a missed deadline; after the last one the level expires. */
  escalation: z.array(escalationStep).max(5),
  assurance,
  /** The authority every approver of this level must hold, when the policy asks for one. */
  minimumLimit: money.optional(),
  /** Ids of the policy's rules that asked for this level. */
  because: z.array(z.string()).min(1),
  carryOver: carryOver.optional(),
});
export type PlannedLevel = z.infer<typeof plannedLevel>;

/** The levels that are open together. */
export const plannedStage = z.strictObject({ stage: z.int().min(1), levels: z.array(plannedLevel).min(1).max(20) });
export type PlannedStage = z.infer<typeof plannedStage>;

/**
 * An approval plan: stages in order, each with the levels that are open together. It holds durations only; due instants
 * are fixed when a stage opens. A router writes it, the approval desk carries it out.
 */
export const approvalPlan = z.strictObject({
  schema: z.literal('countersign/approval-plan/1'),
  stages: z.array(plannedStage).min(1).max(10),
  /** People who may not decide this request, with the reason's code: requester, record owner, their delegates. */
  excluded: z.array(z.strictObject({ personId: z.string(), reason: z.string() })),
});
export type ApprovalPlan = z.infer<typeof approvalPlan>;
