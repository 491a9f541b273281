import * as z from 'zod';
import { waitingForHandoff } from './handoff.ts';
import { gateResult, outcome } from './outcome.ts';
import { executionScorecard, handoffPacket, primaryArtifactBundle } from './outputs.ts';

const executionId = z.string().meta({ description: 'The id of an execution.' });
const at = z.iso.datetime().meta({ description: 'An instant in UTC.' });

export const executionStatus = z.enum(['starting', 'running', 'waiting', 'succeeded', 'failed']);

/** 202 of POST /skills/{skill}/executions. */
export const executionAccepted = z.strictObject({ executionId, statusUrl: z.string() });

/** Every error of the API. */
export const errorDocument = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    problems: z.array(
      z.strictObject({
        pointer: z.string().meta({ description: 'JSON Pointer (RFC 6901) into the request body.' }),
        code: z.string(),
        message: z.string(),
        mend: z.string().meta({ description: 'What to do about it.' }),
      }),
    ),
  }),
});

/** What an execution waits for: the levels that are open, and whose seats. */
export const waitingFor = z.strictObject({
  stage: z.int(),
  round: z.int(),
  deadlineAt: at,
  levels: z
    .array(
      z.strictObject({
        levelId: z.string(),
        name: z.string(),
        required: z.int(),
        status: z.string(),
        dueAt: at,
        seats: z
          .array(
            z.strictObject({ seatId: z.string(), principal: z.string(), approver: z.string(), status: z.string() }),
          )
          .readonly(),
      }),
    )
    .readonly(),
});

/** One line of the list of executions. */
export const executionSummary = z.strictObject({
  executionId,
  skill: z.string(),
  accountId: z.string(),
  requester: z.string(),
  status: executionStatus,
  outcome: outcome.optional(),
  createdAt: at,
  updatedAt: at,
});
export type ExecutionSummary = z.infer<typeof executionSummary>;

export const executionList = z.strictObject({ executions: z.array(executionSummary), cursor: z.string().optional() });

/** GET /executions/{executionId}. */
export const executionView = executionSummary.extend({
  configuration: z.strictObject({ version: z.string(), digest: z.string() }),
  gates: z.array(gateResult),
  waitingFor: waitingFor.optional(),
  waitingForHandoff: waitingForHandoff.optional().meta({
    description: 'What the handoff of the execution waits for, once gates and people have passed what is handed over.',
  }),
  fault: z.strictObject({ error: z.string(), state: z.string() }).optional(),
  rerunAs: executionId.optional(),
  erasures: z
    .array(z.strictObject({ at, by: z.string(), record: z.string(), finished: z.boolean() }))
    .optional()
    .meta({ description: 'What was erased on record, by the digest of the record.' }),
  outputs: z
    .strictObject({
      primary_artifact_bundle: primaryArtifactBundle,
      execution_scorecard: executionScorecard,
      handoff_packet: handoffPacket,
    })
    .optional(),
  evidence: z.enum(['signed', 'owed']).optional().meta({
    description:
      'Once the execution has ended: whether the statement about its end is signed. While it is owed, for a moment as a rule, the evidence packet is incomplete.',
  }),
});

/** GET /executions/{executionId}/trace. */
export const executionTrace = z.strictObject({
  executionId,
  steps: z.array(z.strictObject({ seq: z.int(), at, type: z.string(), actor: z.string(), data: z.unknown() })),
  decisions: z.array(z.strictObject({ id: z.string(), met: z.boolean(), because: z.string(), detail: z.unknown() })),
  gates: z.array(gateResult),
});

/** What a preview answers: the route that the request would take, computed and thrown away. */
export const preview = z.strictObject({
  skill: z.string(),
  verdict: z.enum(['publish', 'approve', 'block']),
  reasons: z.array(z.strictObject({ code: z.string(), message: z.string(), pointer: z.string() })),
  terms: z.unknown(),
  plan: z.unknown().optional(),
  risk: z.unknown(),
  confidenceBasisPoints: z.int(),
  trace: z.array(z.unknown()),
  artifact: z.unknown(),
  workUnits: z.int(),
  nextHop: z.string(),
  /** Whether the flag would let the execution start. */
  rolledOut: z.boolean(),
  configuration: z.strictObject({ version: z.string(), digest: z.string() }),
  instant: at,
});

/** 202 of POST /executions/{executionId}/withdraw. */
export const withdrawalAccepted = z.strictObject({ executionId, status: z.string() });

/** GET /healthz. */
export const health = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  environment: z.string(),
  now: at,
  flags: z.strictObject({ fetchedAt: at.optional(), ageSeconds: z.int().optional() }),
  skills: z.array(z.strictObject({ name: z.string(), id: z.string(), flag: z.string(), posture: z.string() })),
  /** Absent until the sweeper has counted for the first time. */
  executions: z
    .strictObject({
      countedAt: at,
      byState: z
        .array(z.strictObject({ state: z.string(), count: z.int().min(0) }))
        .meta({ description: 'All executions: those that have ended by outcome, the others by status.' }),
      oldestWaitSeconds: z
        .int()
        .optional()
        .meta({ description: 'Age of the oldest execution that waits for people; absent when none waits.' }),
    })
    .optional(),
});
