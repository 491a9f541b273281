import * as z from 'zod';
import type { Digest } from '../../core/digest.ts';
import { parseWith } from '../../core/zod-problems.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/) as unknown as z.ZodType<Digest>;

/** What an artifact was to the execution. */
const role = z.enum(['request', 'handoff-artifact', 'pod-ledger', 'pod']);

/** The record of an erasure: which artifacts, when, on whose word and why, and what was left. It is itself an artifact, and stays. */
export const erasureRecord = z.strictObject({
  schema: z.literal('countersign/erasure-record/1'),
  executionId: z.string(),
  at: z.iso.datetime(),
  by: z.string(),
  because: z.string(),
  reason: z.string(),
  erased: z.array(z.strictObject({ role, digest })).min(1),
  /** Of the payload, as the packet names it. */
  payload: digest.optional(),
  /** What is left of the request: everything but its payload. */
  request: z.strictObject({ digest, left: z.unknown() }).optional(),
  /** Artifacts that were kept although they repeat texts of the payload: terms that people read and decided by. */
  repeatedIn: z.array(z.strictObject({ role: z.string(), digest })),
});
export type ErasureRecord = z.infer<typeof erasureRecord>;

/** @throws InvalidInput when what is stored as the record of an erasure is none. */
export function parseErasureRecord(value: unknown): ErasureRecord {
  return parseWith<ErasureRecord>(erasureRecord, value, 'The record of the erasure');
}
