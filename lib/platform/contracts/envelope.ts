import * as z from 'zod';

/** Who may consume an execution's outputs; a skill declares which of them it serves. */
export const consumer = z.enum(['orchestrator', 'operator', 'downstream-skill', 'audit-log']);
export type Consumer = z.infer<typeof consumer>;

/** How the requester will tell whether the execution did what it should. */
export const acceptanceCriterion = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,60}$/, 'Lower-case letters, digits and hyphens'),
  statement: z.string().min(1).max(500),
  /** What is measured, and against what. */
  measure: z.string().min(1).max(300),
});
export type AcceptanceCriterion = z.infer<typeof acceptanceCriterion>;

/**
 * The body of a request to execute a skill. It holds only the request: policy, directory, requester and instant are the
 * server's, so there is no field for them. The skill's own schema checks `input`.
 */
export const requestEnvelope = z.strictObject({
  input: z
    .unknown()
    .refine((value) => value !== undefined, { error: 'Invalid input: expected object, received undefined' }),
  acceptanceCriteria: z.array(acceptanceCriterion).min(1).max(20).optional(),
  consumer: consumer.optional(),
  /** The execution that this one resubmits after changes were requested. */
  resubmits: z.string().max(80).optional(),
  /** The `handoff_packet` of the execution that led here; refused without its gate context. */
  handoffPacket: z.unknown().optional(),
});
export type RequestEnvelope = z.infer<typeof requestEnvelope>;

/** What a scoped request holds: the skill's defaults have filled what the caller left out. */
export interface ScopedRequest {
  readonly input: unknown;
  readonly acceptanceCriteria: readonly AcceptanceCriterion[];
  readonly consumer: Consumer;
  readonly resubmits?: string;
  readonly handoffPacket?: unknown;
}
