import * as z from 'zod';
import type { Json } from '../../../core/json.ts';
import { contingency, evidenceReference, openObligation } from '../packet.ts';
import { code, digest, id, instantText, jsonPointer } from '../words.ts';

const text = z.string().trim().min(1).max(4_000);
const json = z.json() as z.ZodType<Json>;
const facts = z.array(jsonPointer).max(20).default([]);
const roleCriteria = z.array(id).max(60).default([]);

/** What becomes of an obligation with a delivery: done, with what shows it, or owed by the party to which the work goes on. */
const settled = z.union([
  z.strictObject({ id, done: text }),
  z.strictObject({ id, evidence: z.array(digest).min(1).max(20) }),
  z.strictObject({ id, passedTo: id }),
]);

const part = z.strictObject({ id, says: z.string().min(1).max(300), owner: id, due: instantText });

/**
 * What a party of a handoff can do, in the contract's words. A form makes one of these of what people fill in; systems send it as
 * it is. Who did it and when is the server's to say, so there is no field for either.
 */
export const command = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('acknowledge') }),
  z.strictObject({
    type: z.literal('accept'),
    /** What the receiver states back, by the JSON Pointer of each fact. */
    readback: z.record(jsonPointer, z.string().max(400)).default({}),
    /** Criteria that the receiver, holding their role, says hold. */
    criteria: roleCriteria,
  }),
  z.strictObject({ type: z.literal('reject'), code, facts, because: text.optional() }),
  z.strictObject({ type: z.literal('ask'), question: text, facts }),
  /** A new message of the customer. */
  z.strictObject({ type: z.literal('message'), text, facts }),
  z.strictObject({ type: z.literal('start') }),
  z.strictObject({
    type: z.literal('deliver'),
    /** The contract's facts under `delivery`. */
    delivery: z.record(z.string(), json).default({}),
    because: text.optional(),
    obligations: z.array(settled).max(200).default([]),
  }),
  z.strictObject({ type: z.literal('verify'), criteria: roleCriteria }),
  z.strictObject({ type: z.literal('rework'), criteria: z.array(id).min(1).max(60), because: text }),
  z.strictObject({ type: z.literal('answer'), answer: text }),
  z.strictObject({
    type: z.literal('amend'),
    /** Evidence that is added, or takes the place of what has its id. */
    evidence: z.array(evidenceReference).max(40).default([]),
    contingencies: z.array(contingency).max(20).default([]),
    /** Owners and due instants of obligations of the packet. */
    obligations: z
      .array(openObligation.pick({ id: true, owner: true, due: true }))
      .max(60)
      .default([]),
    recipient: id.optional(),
    because: text,
  }),
  z.strictObject({ type: z.literal('escalate'), because: text }),
  z.strictObject({
    type: z.literal('resume'),
    returns: z.int().min(0).max(5).default(0),
    recipient: id.optional(),
    because: text,
  }),
  /** Oversight lets it end here. */
  z.strictObject({ type: z.literal('end'), because: text }),
  z.strictObject({ type: z.literal('pause'), code }),
  z.strictObject({ type: z.literal('continue') }),
  z.strictObject({ type: z.literal('withdraw'), code }),
  z.strictObject({ type: z.literal('supersede'), successor: id }),
  z.strictObject({ type: z.literal('settle'), obligations: z.array(settled).min(1).max(200) }),
  z.strictObject({ type: z.literal('split'), obligation: id, parts: z.array(part).min(2).max(20) }),
  z.strictObject({
    type: z.literal('merge'),
    obligations: z.array(id).min(2).max(20),
    into: z.strictObject({ id, says: z.string().min(1).max(300) }),
  }),
]);
export type Command = z.infer<typeof command>;
export type CommandType = Command['type'];
