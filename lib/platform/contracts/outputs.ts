import * as z from 'zod';
import { consumer } from './envelope.ts';
import { gateResult, outcome } from './outcome.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** Where a decision fell that was carried over, and what it counts for now. */
export const carriedFrom = z.strictObject({
  executionId: z.string(),
  seatId: z.string(),
  through: z.array(z.string()),
  basis: digest,
  termsDigest: digest,
  countedAt: z.string(),
});

/** One recorded decision as the outputs and the evidence show it. */
export const approvalRecord = z.strictObject({
  stage: z.int(),
  round: z.int(),
  levelId: z.string(),
  seatId: z.string(),
  principal: z.string(),
  approver: z.string(),
  action: z.enum(['approve', 'reject', 'request-changes', 'close', 're-run']),
  comment: z.string(),
  at: z.string(),
  assurance: z.enum(['link', 'mail-code']),
  /** The terms that were shown. */
  termsDigest: digest,
  /** Present when the decision fell about the request that this one resubmits, and still counts here. */
  carried: carriedFrom.optional(),
});
export type ApprovalRecord = z.infer<typeof approvalRecord>;

/** What all three outputs share, so that each can be read without the others. */
const common = {
  executionId: z.string(),
  skill: z.string(),
  outcome,
  /** Instant at which the outcome was fixed. */
  concludedAt: z.string(),
  gates: z.array(gateResult),
  risk: z.strictObject({
    score: z.int(),
    factors: z.array(z.strictObject({ code: z.string(), points: z.int(), pointer: z.string(), message: z.string() })),
  }),
  confidenceBasisPoints: z.int().min(0).max(10_000),
};

/** The execution's result for the orchestrator: structured report. */
export const primaryArtifactBundle = z.strictObject({
  schema: z.literal('countersign/primary-artifact-bundle/1'),
  consumer: z.literal('orchestrator'),
  name: z.string(),
  ...common,
  terms: z.unknown().optional(),
  plan: z.unknown().optional(),
  artifact: z.unknown(),
  reasons: z.array(z.strictObject({ code: z.string(), message: z.string(), pointer: z.string() })),
  approvals: z.array(approvalRecord),
});
export type PrimaryArtifactBundle = z.infer<typeof primaryArtifactBundle>;

/** How the execution went, for the operator: scorecard. */
export const executionScorecard = z.strictObject({
  schema: z.literal('countersign/execution-scorecard/1'),
  consumer: z.literal('operator'),
  ...common,
  recommendation: z.enum(['publish', 'no-publish']),
  acceptanceCriteria: z.array(z.strictObject({ id: z.string(), statement: z.string(), measure: z.string() })),
  measures: z.strictObject({
    workUnits: z.int(),
    levels: z.int(),
    decisions: z.int(),
    /** Approvals of the request that this one resubmits, where any still counted. */
    carriedOver: z.int().optional(),
    escalations: z.int(),
    /** From acceptance to outcome, in seconds. */
    elapsedSeconds: z.int(),
  }),
  metrics: z.array(z.strictObject({ name: z.string(), unit: z.string(), baseline: z.number(), target: z.number() })),
});
export type ExecutionScorecard = z.infer<typeof executionScorecard>;

/** What a downstream skill receives: machine-readable, with the gate and approval context it must check. */
export const handoffPacket = z.strictObject({
  schema: z.literal('countersign/handoff-packet/1'),
  consumer: z.literal('downstream-skill'),
  declaredConsumer: consumer,
  ...common,
  accountId: z.string(),
  routingTag: z.string(),
  nextHop: z.string(),
  primaryArtifact: z.strictObject({ name: z.string(), digest }),
  approvals: z.array(approvalRecord),
  termsDigest: digest.optional(),
  configuration: z.strictObject({ version: z.string(), digest }),
  /** The configuration that the publication put on trial: of which skill, and under which name. */
  candidate: z.strictObject({ skill: z.string(), version: z.string(), digest }).optional(),
  /** The handoff that the execution offered: the document as it ended, by digest. */
  handoff: z.strictObject({ document: digest, state: z.string() }).optional(),
  /** What the next execution of the skill goes on from, in the skill's own words; see `SkillDefinition.next`. */
  next: z.unknown().optional(),
});
export type HandoffPacket = z.infer<typeof handoffPacket>;
