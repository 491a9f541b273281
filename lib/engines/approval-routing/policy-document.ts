import * as z from 'zod';
import { currency } from '../../core/money.ts';
import { fieldIds } from './fields.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'Lower-case letters, digits and hyphens');
const directoryId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'An id of the directory');
const businessHours = z.int().min(1).max(1_000);

export const operators = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'notIn'] as const;
export type Operator = (typeof operators)[number];

/**
 * One comparison. The value is written as people write it: `15 %` for a ratio, `50000 EUR` for an amount, a whole number
 * for days, months and counts, a word or a list of words for the rest.
 */
const comparison = z.strictObject({
  field: z.enum(fieldIds),
  is: z.enum(operators),
  value: z.union([z.string().max(120), z.int(), z.array(z.string().max(120)).min(1).max(60)]),
});

/** Every comparison under `all` must hold, and at least one of those under `any`, when there are some. */
const conditions = z.strictObject({
  all: z.array(comparison).min(1).max(20).optional(),
  any: z.array(comparison).min(1).max(20).optional(),
});

const effect = z.union(
  [
    z.strictObject({ require: z.array(id).min(1).max(10) }),
    z.strictObject({ approve: z.literal('automatically') }),
    z.strictObject({ deny: z.string().min(1).max(300) }),
  ],
  { error: 'Invalid effect: one of "require: [levels]", "approve: automatically", "deny: reason"' },
);

const rule = z.strictObject({
  id,
  name: z.string().min(1).max(120),
  /** The person or team that answers for the rule. */
  owner: z.string().min(1).max(80),
  /** Left out: the rule always fires. */
  when: conditions.optional(),
  // biome-ignore lint/suspicious/noThenProperty: a rule reads "when ... then ..." to the people who write it; it is never awaited.
  then: effect,
});

const depth = z.int().min(1).max(10);

/** Whose place a level holds open: everybody of a role, one person, or a manager so many steps up. */
const approverSelector = z.union(
  [
    z.strictObject({ role: directoryId }),
    z.strictObject({ person: directoryId }),
    z.strictObject({ managerOfRequester: depth }),
    z.strictObject({ managerOfRecordOwner: depth }),
  ],
  { error: 'Invalid approver: one of "role", "person", "managerOfRequester", "managerOfRecordOwner"' },
);
export type ApproverSelector = z.infer<typeof approverSelector>;

const escalationTarget = z.union(
  [
    z.strictObject({ managerOfApprover: depth }),
    z.strictObject({ role: directoryId }),
    z.strictObject({ person: directoryId }),
  ],
  { error: 'Invalid target: one of "managerOfApprover", "role", "person"' },
);
export type EscalationTarget = z.infer<typeof escalationTarget>;

const quorum = z.union([z.enum(['all', 'any']), z.strictObject({ atLeast: z.int().min(1).max(20) })], {
  error: 'Invalid quorum: one of "all", "any", "atLeast: n"',
});
export type Quorum = z.infer<typeof quorum>;

export const levelDocument = z.strictObject({
  id,
  name: z.string().min(1).max(120),
  /** Lower orders decide first; levels of one order are open together. */
  order: z.int().min(0).max(1_000),
  approvers: z.array(approverSelector).min(1).max(10),
  quorum,
  /** In the approver's own working time. */
  serviceLevelBusinessHours: businessHours,
  remindAfterBusinessHours: z.array(businessHours).max(10).default([]),
  escalation: z
    .array(z.strictObject({ to: escalationTarget, serviceLevelBusinessHours: businessHours }))
    .max(5)
    .default([]),
  /** How sure the desk must be of the approver; `mailCodeAbove` raises it for amounts above a threshold. */
  assurance: z.enum(['link', 'mail-code']).default('link'),
  mailCodeAbove: z.string().max(40).optional(),
  /** `amount`: the person whose authority a seat carries must hold a limit that covers the request, in its currency. */
  minimumLimit: z.literal('amount').optional(),
  /** When a limit is too low: ask the nearest manager whose limit suffices, or give the seat up. */
  limitFallback: z.enum(['manager', 'refuse']).default('manager'),
  /** Nobody in the requester's chain of command may sit here. */
  independentOfReportingLine: z.boolean().default(false),
  /**
   * When a request comes again after changes were asked for, approvals of this level that are no older still count, as long
   * as nothing that the level looks at has changed. Left out: everybody is asked again.
   */
  carryOver: z.strictObject({ withinBusinessDays: z.int().min(1).max(60) }).optional(),
});
export type LevelDocument = z.infer<typeof levelDocument>;

const duty = z.enum(['exclude', 'allow']);

/** What both forms of an approval matrix have. */
const common = {
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'A semantic version such as 1.0.0'),
  name: z.string().min(1).max(120),
  /** Exact ratios: one minor unit of `from` is worth numerator/denominator minor units of `to`. */
  conversions: z
    .array(
      z.strictObject({
        from: currency,
        to: currency,
        numerator: z.int().min(1).max(1_000_000_000),
        denominator: z.int().min(1).max(1_000_000_000),
      }),
    )
    .max(100)
    .default([]),
  /** Requester and record owner, and whoever acts for them, never decide; these settings go further. */
  separationOfDuties: z
    .strictObject({
      quoteEditors: duty.default('exclude'),
      /** People below the requester in the chain of command. */
      reportsOfRequester: duty.default('exclude'),
    })
    .default({ quoteEditors: 'exclude', reportsOfRequester: 'exclude' }),
  /** Asked when no rule fires, and whenever something about the request cannot be verified. */
  fallbackLevel: id,
  /** What needs nobody's leave; approvers see where a request goes beyond it. */
  standardTerms: z.array(comparison).max(20).default([]),
  /** Points that add up to the risk score, 100 at most. */
  risk: z
    .array(
      z.strictObject({
        code: id,
        when: comparison,
        points: z.int().min(1).max(100),
        message: z.string().min(1).max(200),
      }),
    )
    .max(40)
    .default([]),
  levels: z.array(levelDocument).min(1).max(40),
};

/** An approval matrix, as a business person writes it. */
const writtenPolicy = z.strictObject({
  schema: z.literal('countersign/approval-policy/1'),
  ...common,
  rules: z.array(rule).min(1).max(200),
});

/** An approval matrix whose rules are a constraint artifact: compiled, proved and tested before it got here. */
const provedPolicy = z.strictObject({
  schema: z.literal('countersign/approval-policy/2'),
  ...common,
  constraints: z.unknown(),
});

export const policyDocument = z.discriminatedUnion('schema', [writtenPolicy, provedPolicy]);
export type PolicyDocument = z.infer<typeof policyDocument>;
export type ComparisonDocument = z.infer<typeof comparison>;
export type RuleDocument = z.infer<typeof rule>;
