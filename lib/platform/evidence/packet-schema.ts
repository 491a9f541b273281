import * as z from 'zod';
import { plannedLevel } from '../../core/approval/plan.ts';
import { auditEvent } from '../audit/chain.ts';
import { gateResult, outcome } from '../contracts/outcome.ts';
import { approvalRecord, carriedFrom } from '../contracts/outputs.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** The record of the execution, without what it still owed and without the table's own fields. */
const record = z.strictObject({
  executionId: z.string(),
  skill: z.string(),
  accountId: z.string(),
  requester: z.strictObject({
    personId: z.string(),
    caller: z.string(),
    namedBy: z.strictObject({ principal: z.string(), name: z.string() }).optional(),
  }),
  createdAt: z.string(),
  updatedAt: z.string(),
  status: z.enum(['starting', 'running', 'waiting', 'succeeded', 'failed']),
  outcome: outcome.optional(),
  concludedAt: z.string().optional(),
  bodyDigest: digest,
  request: digest,
  configuration: z.strictObject({ version: z.string(), digest }),
  promoted: digest,
  directory: digest,
  instant: z.string(),
  /** The evaluation as it was made; the chain's first event carries its digest. */
  flag: z.looseObject({
    flag: z.string(),
    enabled: z.boolean(),
    reason: z.string(),
    snapshotDigest: digest.optional(),
  }),
  engine: z.strictObject({
    skill: z.string(),
    countersign: z.string(),
    node: z.string(),
    timeZoneData: z.string(),
  }),
  resubmits: z.string().optional(),
  references: z.array(z.strictObject({ skill: z.string(), version: z.string(), digest })).optional(),
  pods: z.strictObject({ ledger: digest, rounds: z.int().min(1) }).optional(),
  result: digest.optional(),
  termsDigest: digest.optional(),
  stages: z.int().optional(),
  gates: z.array(gateResult),
  outputs: z
    .strictObject({ primaryArtifactBundle: digest, executionScorecard: digest, handoffPacket: digest })
    .optional(),
  incident: digest.optional(),
  handsOver: z.boolean().optional(),
  handoff: z
    .strictObject({ document: digest, artifacts: z.array(digest), state: z.string(), transitions: z.int().min(0) })
    .optional(),
  statement: z.strictObject({ envelope: digest, key: digest }).optional(),
  erasures: z
    .array(
      z.strictObject({ record: digest, digests: z.array(digest), at: z.string(), by: z.string(), done: z.boolean() }),
    )
    .optional(),
  withdrawal: z.strictObject({ by: z.string(), at: z.string() }).optional(),
  rerunAs: z.string().optional(),
  rerunOf: z.string().optional(),
  fault: z.strictObject({ error: z.string(), state: z.string(), message: z.string() }).optional(),
});

/** What an artifact is to the execution. */
const artifactRole = z.enum([
  'request',
  'configuration',
  'directory',
  'reference',
  'pod-ledger',
  'result',
  'primary-artifact-bundle',
  'execution-scorecard',
  'handoff-packet',
  'handoff',
  'handoff-artifact',
  'incident',
  'statement',
  'statement-key',
  'erasure',
]);
export type ArtifactRole = z.infer<typeof artifactRole>;

const seatDecision = z.strictObject({
  decisionId: z.string(),
  action: approvalRecord.shape.action,
  comment: z.string(),
  at: z.string(),
  round: z.int(),
  assurance: approvalRecord.shape.assurance,
  termsDigest: digest,
  carried: carriedFrom.optional(),
});

const seat = z.strictObject({
  seatId: z.string(),
  principal: z.string(),
  approver: z.string(),
  delegations: z.array(z.string()),
  joinedInRound: z.int(),
  dueAt: z.string(),
  reminders: z.int(),
  standing: z.enum(['open', 'decided', 'missed', 'closed']),
  decision: seatDecision.optional(),
});

const level = z.strictObject({
  levelId: z.string(),
  name: z.string(),
  required: z.int(),
  assurance: plannedLevel.shape.assurance,
  minimumLimit: plannedLevel.shape.minimumLimit,
  because: z.array(z.string()),
  dueAt: z.string(),
  result: z.enum(['open', 'approved', 'rejected', 'changes-requested', 'expired', 'closed']),
  settledAt: z.string().optional(),
  seats: z.array(seat),
});

/** A stage as people decided it: neither tokens nor links, nor what was still to be mailed. */
const stage = z.strictObject({
  stage: z.int(),
  of: z.int(),
  kind: z.enum(['approval', 'oversight']),
  round: z.int(),
  preparedAt: z.string(),
  termsDigest: digest,
  requester: z.string(),
  recordOwner: z.string().optional(),
  excluded: z.array(z.strictObject({ personId: z.string(), reason: z.string() })),
  outcome: z.enum([
    'open',
    'approved',
    'rejected',
    'changes-requested',
    'expired',
    'withdrawn',
    'closed-by-oversight',
    'abandoned',
  ]),
  settledAt: z.string().optional(),
  settledBy: z.string().optional(),
  levels: z.array(level),
});
export type EvidenceStage = z.infer<typeof stage>;

/** How often an event of a type must stand in the chain, by what the record and the stages say has happened. */
const requirement = z.strictObject({ type: z.string(), count: z.int().min(1) });
export type Requirement = z.infer<typeof requirement>;

/**
 * Everything needed to re-check one execution offline. Integrity and completeness are two things: digests and chain show
 * that nothing in here was altered; that nothing is missing rests on the chain's length and head and on what must have
 * happened by the record's own account.
 */
export const evidencePacket = z.strictObject({
  schema: z.literal('countersign/evidence-packet/1'),
  executionId: z.string(),
  record,
  artifacts: z.array(
    z.strictObject({
      role: artifactRole,
      digest,
      /** Absent only where it was erased on record. */
      document: z.unknown().optional(),
      /** The record of its erasure, by digest: an artifact of this packet in the role `erasure`. */
      erasedBy: digest.optional(),
    }),
  ),
  stages: z.array(stage),
  chain: z.strictObject({ length: z.int(), head: digest, events: z.array(auditEvent) }),
  completeness: z.strictObject({
    /** Once an execution has ended, no event may follow; before that, the tail is open. */
    ended: z.boolean(),
    requires: z.array(requirement),
    statement: z.string(),
  }),
  /**
   * The evidence packet of the execution that this one resubmits, where approvals given there count here. Its form is checked
   * when it is: it may hold another one in turn.
   */
  earlier: z.unknown().optional(),
  /** Over everything else in the packet. */
  digest,
});
export type EvidencePacket = z.infer<typeof evidencePacket>;
