import * as z from 'zod';
import { sourceDocument } from '../constraints/source/document.ts';
import { shiftPlan } from './shifts.ts';
import { code, duration, id, jsonPointer, semanticVersion, versionRange } from './words.ts';

export const CONTRACT_SCHEMA = 'countersign/handoff-contract/1';

const sentence = z.string().min(1).max(300);

/** Clocks that a contract runs. The customer promise runs beside them and is never started anew. */
export const clockNames = [
  'acknowledgement',
  'acceptance',
  'delivery',
  'verification',
  'clarification',
  'escalation',
] as const;
export type ClockName = (typeof clockNames)[number];

/** Whose working time counts: a calendar of the directory, or shifts that the contract states itself. */
export const calendarSource = z.union([
  z.strictObject({ calendar: id, timeZone: z.string().min(1) }),
  z.strictObject({ shifts: shiftPlan, timeZone: z.string().min(1) }),
]);
export type CalendarSource = z.infer<typeof calendarSource>;

/** Evidence that a packet must hold. */
export const requiredEvidence = z.strictObject({
  type: id,
  /** Older than this at the check, it is stale. */
  maximumAgeMinutes: z.int().min(0).max(10_000_000),
  /** Who may have issued it. */
  issuers: z.array(id).min(1),
  /** `block`: a packet without it is not handed over, whatever its score. `points`: it only costs points. */
  onMissing: z.enum(['block', 'points']).default('block'),
});
export type RequiredEvidence = z.infer<typeof requiredEvidence>;

const criterionParts = { id, at: z.enum(['acceptance', 'delivery']), says: sentence };

/** What "good enough to accept" and "done" mean: a condition in CEL over declared facts, or a question for a role. */
export const criterion = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('machine'),
    ...criterionParts,
    when: z.string().min(1).optional(),
    condition: z.string().min(1),
  }),
  z.strictObject({ by: z.literal('role'), ...criterionParts, role: id }),
]);
export type Criterion = z.infer<typeof criterion>;

/** How a statement of the receiver is compared; `readback.ts` says how exactly. */
export const readbackKind = z.enum(['identifier', 'amount', 'date', 'number', 'text']);

const weights = z.strictObject({
  evidence: z.int().min(0).max(100).default(25),
  acceptance: z.int().min(0).max(100).default(15),
  obligations: z.int().min(0).max(100).default(15),
  recipient: z.int().min(0).max(100).default(15),
  headroom: z.int().min(0).max(100).default(10),
  contingencies: z.int().min(0).max(100).default(10),
  bounces: z.int().min(0).max(100).default(10),
});
export type Weights = z.infer<typeof weights>;

const raise = z.int().min(0).max(100);

const scorer = z.strictObject({
  version: z.literal('countersign/readiness/1'),
  weights: weights.prefault({}),
  /** The least score with which a packet is offered, before risk and confidence raise it. */
  threshold: z.int().min(0).max(100).default(70),
  /** Each line that applies is considered, the largest of each list counts. They can only raise. */
  raises: z
    .strictObject({
      risk: z.array(z.strictObject({ atLeast: z.int().min(0).max(100), by: raise })).default([
        { atLeast: 50, by: 10 },
        { atLeast: 80, by: 20 },
      ]),
      confidence: z.array(z.strictObject({ belowBasisPoints: z.int().min(0).max(10_000), by: raise })).default([
        { belowBasisPoints: 8_000, by: 5 },
        { belowBasisPoints: 5_000, by: 10 },
      ]),
    })
    .prefault({}),
  /** How many contingencies earn all their points. */
  contingencies: z.int().min(0).max(20).default(1),
});

/** What a marketing contract says of publication; `claims.ts` says what it means. */
const publication = z.strictObject({
  /** Places in the payload whose content people see: approvals hold for it, whatever else of the payload changes. */
  content: z.array(jsonPointer).min(1),
  /** Channels may demand disclosures: `{ "influencer": ["paid-partnership"] }`. */
  disclosures: z.record(id, z.array(id)).default({}),
  /**
   * Once it has been verified, and its time has come, the system itself hands the approved content to the publisher. Of a contract
   * without it, the receiver publishes and says so.
   */
  releases: z.literal(true).optional(),
});

/**
 * A handoff contract: what is handed over, with which evidence, what "done" means, by when it is acknowledged, accepted and
 * delivered, and what happens otherwise.
 */
export const contractDocument = z.strictObject({
  schema: z.literal(CONTRACT_SCHEMA),
  id,
  version: semanticVersion,
  name: z.string().min(1).max(120),
  domain: z.enum(['support', 'marketing']),
  payload: z.strictObject({
    /** JSON Schema 2020-12. */
    schema: z.record(z.string(), z.json()),
    maximumBytes: z.int().min(1).max(1_000_000).default(262_144),
    /** Payloads that name people carry a salt, so that a digest that outlives an erasure tells nothing. */
    personalData: z.boolean().default(false),
  }),
  evidence: z.array(requiredEvidence).max(40).default([]),
  /**
   * Facts that criteria may use, in the form of the constraint language's fields; a path names a place in the payload
   * (`account.tier` is /account/tier). Facts under `delivery.` are read from what is delivered.
   */
  facts: sourceDocument.shape.fields.default({}),
  acceptance: z.array(criterion).min(1).max(60),
  /** What comes into being when the handoff is accepted; the due instant is counted from there. */
  obligations: z
    .array(z.strictObject({ id, says: sentence, owner: z.enum(['sender', 'receiver']), due: duration }))
    .max(40)
    .default([]),
  times: z.strictObject({
    acknowledgement: duration,
    acceptance: duration,
    delivery: duration,
    /** How long the sender has to look at what was delivered. */
    verification: duration.default({ businessMinutes: 480 }),
    /** How long the sender has to answer what the receiver asks. */
    clarification: duration,
    /** How long a person has to decide about an escalated handoff before it expires. */
    escalation: duration,
  }),
  calendar: calendarSource,
  /** Only these may be offered the handoff, and only versions that they declared. */
  consumers: z
    .array(
      z.strictObject({ id, name: z.string().min(1).max(120), accepts: z.array(versionRange), role: id.optional() }),
    )
    .min(1)
    .max(60),
  /** The approval policy that routes packets; `always` forbids an offer without approval, whatever the policy says. */
  approval: z.strictObject({ policy: id, always: z.boolean() }).optional(),
  /** The role that decides what is escalated. */
  oversight: id,
  scorer,
  /** How often the work may come back to who handed it over before a person must decide. */
  bounceBudget: z.int().min(0).max(20).default(2),
  pauses: z
    .array(
      z.strictObject({
        code,
        waitsFor: z.enum(['customer', 'third-party', 'internal']),
        stops: z.array(z.enum([...clockNames, 'customer-promise'])).min(1),
        /** After so many clock minutes the clocks go on by themselves. */
        maximumClockMinutes: z.int().min(0).max(1_000_000),
      }),
    )
    .max(20)
    .default([]),
  readback: z
    .strictObject({
      facts: z
        .array(z.strictObject({ pointer: jsonPointer, label: z.string().min(1).max(80), kind: readbackKind }))
        .max(20),
      attempts: z.int().min(1).max(10).default(3),
    })
    .prefault({ facts: [] }),
  rejectionCodes: z
    .array(z.strictObject({ code, says: sentence }))
    .min(1)
    .max(40),
  publication: publication.optional(),
});
export type ContractDocument = z.infer<typeof contractDocument>;
