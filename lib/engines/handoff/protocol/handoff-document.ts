import * as z from 'zod';
import type { Json } from '../../../core/json.ts';
import { handoff } from '../handoff.ts';
import { obligationLedger } from '../obligations.ts';
import { packet } from '../packet.ts';
import { digest, id, instantText } from '../words.ts';

/** Work that moved between parties; `bounces.ts` counts the returns among them. */
const pass = z.strictObject({
  from: id,
  to: id,
  at: instantText,
  cause: z.enum(['handoff', 'question', 'rejection', 'rework', 'customer']),
});

const json = z.json() as z.ZodType<Json>;

/** Something that was said to the other side: kept here while the handoff is under way, and as an artifact by its digest. */
const note = z.strictObject({
  kind: z.enum(['question', 'message', 'answer', 'delivery', 'rework', 'escalation', 'judgement']),
  digest,
  at: instantText,
  by: id,
  /** Gone at the end, when the artifact alone holds it. */
  text: z.string().max(4_000).optional(),
});
export type Note = z.infer<typeof note>;

/** How a criterion stood when it was looked at. */
const standing = z.strictObject({ id, holds: z.boolean(), by: z.string().max(200) });

/**
 * The document of a handoff under way: the engine's handoff, every packet it had, the obligations of its thread. It holds digests,
 * codes and bounded facts; the payload stays with the request.
 */
export const handoffDocument = z.strictObject({
  schema: z.literal('countersign/handoff-document/1'),
  handoff,
  /** The one that counts is the last. */
  packets: z.array(packet).min(1).max(40),
  ledger: obligationLedger,
  passes: z.array(pass).max(400),
  notes: z.array(note).max(200),
  /** What was delivered, as the contract's facts, and how its criteria stand. */
  delivery: z.strictObject({ facts: json, criteria: z.array(standing) }).optional(),
});
export type HandoffFile = z.infer<typeof handoffDocument>;
