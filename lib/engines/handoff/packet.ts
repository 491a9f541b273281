import * as z from 'zod';
import { type Digest, digestOf } from '../../core/digest.ts';
import { basisPoints } from '../../core/money.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { code, digest, duration, id, instantText, semanticVersion, workingTime } from './words.ts';

export const PACKET_SCHEMA = 'countersign/contract-packet/1';

const sentence = z.string().min(1).max(300);

/** What proves something, by reference: the document itself is kept elsewhere and may be erased, its digest stays. */
export const evidenceReference = z.strictObject({
  id,
  type: id,
  issuer: id,
  digest,
  issuedAt: instantText,
  /** From then on it proves nothing. */
  expiresAt: instantText.optional(),
});
export type EvidenceReference = z.infer<typeof evidenceReference>;

/** What somebody owes. Owner and due may be open at first; readiness asks for them. */
export const openObligation = z.strictObject({ id, says: sentence, owner: id.optional(), due: instantText.optional() });
export type OpenObligation = z.infer<typeof openObligation>;

/** What the receiver does if something turns out otherwise. */
export const contingency = z.strictObject({ if: sentence, do: sentence, owner: id.optional() });

/** A stretch of time in which a clock stood still; open while there is no `until`. */
export const pauseSpan = z.strictObject({
  code,
  from: instantText,
  until: instantText.optional(),
  /** Ends by itself after so many clock minutes. */
  maximumClockMinutes: z.int().min(0).max(1_000_000).optional(),
});
export type PauseSpan = z.infer<typeof pauseSpan>;

/** What a customer was promised. It is stated once, at the head of a thread, and every later packet carries it unchanged. */
export const customerPromise = z.strictObject({
  startedAt: instantText,
  within: duration,
  /** Stated in full: a change of the directory must not move a promise. */
  working: workingTime,
  /** Times for which the customer was waited for. Later packets may add to them, never change them. */
  pauses: z.array(pauseSpan).max(200).default([]),
});
export type CustomerPromise = z.infer<typeof customerPromise>;

/**
 * A handoff packet: what goes with a payload. It holds digests, codes and ids, no content; names, messages and other personal
 * data belong into payload and evidence, which can be erased while every digest here goes on to hold.
 */
export const packet = z.strictObject({
  schema: z.literal(PACKET_SCHEMA),
  /** The handoff's id. */
  handoff: id,
  /** The piece of work that handoffs pass on; the first handoff of a thread names it. */
  thread: id,
  contract: z.strictObject({ id, version: semanticVersion, digest }),
  sender: z.strictObject({ party: id, by: id }),
  routing: z.strictObject({
    /** The declared consumer to which it goes. */
    consumer: id,
    /** The person or shift that should take it, when one is named. */
    recipient: id.optional(),
    /** Where the work should go afterwards. */
    nextHop: id.optional(),
  }),
  payload: z.strictObject({ digest, salted: z.boolean() }),
  evidence: z.array(evidenceReference).max(200).default([]),
  /** 0 to 100. */
  risk: z.int().min(0).max(100),
  confidenceBasisPoints: basisPoints,
  obligations: z.array(openObligation).max(200).default([]),
  contingencies: z.array(contingency).max(60).default([]),
  parent: z.strictObject({ handoff: id, packet: digest }).optional(),
  promise: customerPromise.optional(),
  createdAt: instantText,
});
export type Packet = z.infer<typeof packet>;

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

/** Digests of packets that can no longer change; each is asked for at every event of its handoff. */
const digests = new WeakMap<Packet, Digest>();

/**
 * Reads a packet. Nothing can change it afterwards, so that its digest is computed once.
 * @throws InvalidInput with every problem by JSON Pointer.
 */
export function parsePacket(value: unknown): Packet {
  const read = freeze(parseWith(packet, value, 'The handoff packet'));
  digests.set(read, digestOf(read));
  return read;
}

/** The digest of a packet: what approvals, acknowledgements and acceptances are given for. */
export function packetDigest(of: Packet): Digest {
  return digests.get(of) ?? digestOf(of);
}
