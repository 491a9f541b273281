import * as z from 'zod';
import { levelDocument } from '../../approval-routing/policy-document.ts';
import { calendarSource } from '../contract-document.ts';
import { duration, id, semanticVersion } from '../words.ts';

export const POLICY_SCHEMA = 'countersign/handoff-policy/1';

const levelId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'Lower-case letters, digits and hyphens');
const levelIds = z.array(levelId).max(10);
const points = z.int().min(0).max(100);

/** Handoffs have no amount of money, so no level can go by one. */
const level = levelDocument.refine(
  ({ minimumLimit, mailCodeAbove }) => minimumLimit === undefined && mailCodeAbove === undefined,
  { error: 'A handoff has no amount: no minimumLimit, no mailCodeAbove' },
);

/** A party that hands over or takes over: the people of a role, or systems. */
const party = z.strictObject({
  id,
  name: z.string().min(1).max(120),
  /** Whoever holds it acts for the party. */
  role: id.optional(),
  /** Principals of systems that act for the party over the API. */
  systems: z.array(z.string().min(1).max(200)).max(20).default([]),
});
export type Party = z.infer<typeof party>;

/** Who approves packets of the contracts that name this policy. */
const approval = z.strictObject({
  id,
  always: levelIds.default([]),
  /** Asked in addition from this risk on. */
  whenRiskAtLeast: z
    .array(z.strictObject({ risk: points, levels: levelIds.min(1) }))
    .max(10)
    .default([]),
});

/** Contracts that follow one another, and the promise that they have to keep together. */
const chain = z.strictObject({
  id,
  name: z.string().min(1).max(120),
  /** In order. Each hop is proved with the newest version of its contract. */
  hops: z
    .array(z.strictObject({ contract: id, from: id, to: id }))
    .min(1)
    .max(12),
  promise: z.strictObject({
    within: duration,
    /** Whose working time business minutes of the promise count by; always open where none is named. */
    calendar: calendarSource.optional(),
  }),
});
export type ChainDocument = z.infer<typeof chain>;

/** What a company has agreed about its handoffs: contracts, chains with their promises, who approves, who acts for whom. */
export const policyDocument = z.strictObject({
  schema: z.literal(POLICY_SCHEMA),
  version: semanticVersion,
  name: z.string().min(1).max(120),
  domain: z.enum(['support', 'marketing']),
  parties: z.array(party).min(2).max(60),
  /** Principals that bring in what customers write, and nothing else. */
  customerSystems: z.array(z.string().min(1).max(200)).max(20).default([]),
  /** Contracts in the form of `contract-document.ts`; several versions of one may be in use. */
  contracts: z.array(z.unknown()).min(1).max(60),
  chains: z.array(chain).max(40).default([]),
  approvals: z.array(approval).max(40).default([]),
  /** Who approves a new version of a contract. */
  changes: z.strictObject({ always: levelIds, whenBreaking: levelIds.min(1) }),
  separationOfDuties: z
    .strictObject({ reportsOfRequester: z.enum(['exclude', 'allow']).default('exclude') })
    .prefault({}),
  levels: z.array(level).max(40),
  budget: z
    .strictObject({
      /** For how many days a chain may begin in the proof of its time budget. */
      proofDays: z.int().min(1).max(28).default(7),
    })
    .prefault({}),
});
export type PolicyDocument = z.infer<typeof policyDocument>;
