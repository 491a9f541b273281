import * as z from 'zod';
import type { Digest } from '../../core/digest.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/) as unknown as z.ZodType<Digest>;
const at = z.iso.datetime().meta({ description: 'An instant in UTC.' });

/** A stable reason for an erasure, for machines. */
const reason = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,59}$/, 'Lower-case letters, digits and hyphens')
  .meta({ description: 'Such as data-subject-request or retention-ended.' });

/** The body of POST /executions/{executionId}/handoff/erasure. */
export const erasureOrder = z.strictObject({
  because: z.string().trim().min(1).max(500).meta({
    description: 'Why; it stays on record for good, so name a case, never a person.',
  }),
  reason: reason.default('erasure-requested'),
});

/** What the API says of an erasure. */
export const erasureView = z.strictObject({
  executionId: z.string(),
  at,
  by: z.string(),
  /** Artifact: its record. */
  record: digest,
  erased: z.array(digest),
  repeatedIn: z.array(z.strictObject({ role: z.string(), digest })),
  finished: z.boolean().meta({
    description: 'Whether the store holds nothing of it any more; if not, ask again, or leave it to the sweeper.',
  }),
});

/** The answer of POST /executions/{executionId}/handoff/erasure. */
export const erasureAnswer = z.strictObject({
  executionId: z.string(),
  repeated: z.boolean().meta({ description: 'Whether everything was erased on record before.' }),
  erasures: z.array(erasureView),
});
export type ErasureAnswer = z.infer<typeof erasureAnswer>;
