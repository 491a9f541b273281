import * as z from 'zod';
import { clockNames } from './contract-document.ts';
import { code, digest, id, instantText, jsonPointer } from './words.ts';

/** In whose part somebody acts; who may act in it is for the platform to know. */
export const parts = ['sender', 'receiver', 'customer', 'approver', 'oversight', 'system'] as const;
export type Part = (typeof parts)[number];

const base = {
  /** Names the event for good: the same one again changes nothing. */
  id: z.string().min(1).max(120),
  /** When it was recorded; never before the event before it. */
  at: instantText,
  by: z.strictObject({ part: z.enum(parts), id }),
};

const event = <const T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), ...base, ...shape });

const points = z.int().min(0).max(100);

/**
 * What can happen to a handoff. Events carry digests, ids and codes: what was said and shown is kept beside them and can be erased.
 */
export const handoffEvent = z.discriminatedUnion('type', [
  /** The gates passed; the digest is of the validation. */
  event('validate', { packet: digest, validation: digest }),
  /** A gate failed. */
  event('block', {
    problems: z
      .array(z.strictObject({ pointer: jsonPointer, code }))
      .min(1)
      .max(200),
  }),
  /** The sender hands in a mended or completed packet, with the obligations it holds; `amendmentOf` gives the parts. */
  event('amend', {
    packet: digest,
    payload: digest,
    obligations: z.array(id).max(200).default([]),
    /** Who should take it, where the packet names somebody else now. */
    recipient: id.optional(),
  }),
  event('score', { packet: digest, readiness: digest, score: points, threshold: points }),
  event('request-approval', { packet: digest, plan: digest }),
  /** The approvers refused. */
  event('decline', { code }),
  /** With an approval, the digest of what was approved and of the decisions. */
  event('offer', { packet: digest, approval: z.strictObject({ of: digest, decisions: digest }).optional() }),
  event('acknowledge', {}),
  /** What the receiver stated back did not match. */
  event('misread', { facts: z.array(jsonPointer).min(1).max(20) }),
  /** The digest of what was accepted, of the statement that was read back, and how the criteria of acceptance stood. */
  event('accept', {
    packet: digest,
    readback: digest,
    criteria: z.array(z.strictObject({ id, holds: z.boolean() })).max(60),
  }),
  event('reject', { code, facts: z.array(jsonPointer).max(20).default([]) }),
  event('start', {}),
  event('deliver', { delivery: digest }),
  /** What was delivered does not meet these criteria. */
  event('rework', { criteria: z.array(id).min(1).max(60) }),
  event('verify', { verification: digest, criteria: z.array(z.strictObject({ id, holds: z.boolean() })).max(60) }),
  event('close', {
    obligations: z.array(z.strictObject({ id, as: z.enum(['discharged', 'carried', 'open']) })).max(400),
  }),
  /** Somebody needs to know more; the places of the payload that it is about. */
  event('ask', { facts: z.array(jsonPointer).max(20).default([]) }),
  /** The sender answers without changing the packet. */
  event('answer', { answer: digest }),
  event('escalate', {
    cause: z.enum(['clock', 'bounces', 'readback', 'judgement']),
    clock: z.enum(clockNames).optional(),
  }),
  /** A person decided that it goes on, how many further returns are granted, and whether somebody else takes it. */
  event('resume', { decision: digest, grantedReturns: z.int().min(0).max(5).default(0), recipient: id.optional() }),
  event('expire', {}),
  event('pause', { code }),
  event('continue', {}),
  event('supersede', { successor: id }),
  event('withdraw', { code }),
  event('roll-back', { code, baseline: digest.optional() }),
]);
export type HandoffEvent = z.infer<typeof handoffEvent>;
export type HandoffEventInput = z.input<typeof handoffEvent>;
export type EventType = HandoffEvent['type'];

export const eventTypes: readonly EventType[] = handoffEvent.options.map(({ shape }) => shape.type.value);
