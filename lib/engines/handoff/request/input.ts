import * as z from 'zod';
import type { Json } from '../../../core/json.ts';
import { basisPoints } from '../../../core/money.ts';
import { erasure } from '../chain.ts';
import { calendarSource } from '../contract-document.ts';
import { contingency, evidenceReference, openObligation } from '../packet.ts';
import { handoffDocument } from '../protocol/handoff-document.ts';
import { duration, id, instantText, semanticVersion } from '../words.ts';

const json = z.json() as z.ZodType<Json>;

/** A payload as it is sent; the salt is drawn by the sender and erased with it. */
const sealed = z.strictObject({ value: json, salt: z.string().max(86).optional() });

/** What a customer was promised: the head of a thread states it, later handoffs carry it. */
const promise = z.strictObject({
  startedAt: instantText,
  within: duration,
  /** Whose working time business minutes count by; always open where none is named. */
  calendar: calendarSource.optional(),
});

/** A piece of work to hand over under a contract. The body mirrors the packet, so that pointers into either mean the same. */
export const handOver = z.strictObject({
  kind: z.literal('handoff'),
  contract: z.strictObject({ id, version: semanticVersion }),
  /** The piece of work that handoffs pass on, such as the number of a ticket. */
  thread: id,
  sender: z.strictObject({ party: id }),
  routing: z.strictObject({ consumer: id, recipient: id.optional(), nextHop: id.optional() }),
  /** An erased payload reads as its record of erasure: what was made of it goes on to stand, nothing new is made of it. */
  payload: z.union([sealed, erasure]),
  evidence: z.array(evidenceReference).max(200).default([]),
  /** 0 to 100, as the sender sees it. It can only bring in more approvals and a higher threshold. */
  risk: z.int().min(0).max(100),
  confidenceBasisPoints: basisPoints,
  obligations: z.array(openObligation).max(200).default([]),
  contingencies: z.array(contingency).max(60).default([]),
  promise: promise.optional(),
  /**
   * The document of the handoff that this one goes on from, as it ended. The `handoff_packet` of its execution, sent beside the input,
   * names it by its digest.
   */
  previous: handoffDocument.optional(),
});
export type HandOver = z.infer<typeof handOver>;

/** A new version of a contract of this skill's own policy. */
export const contractChange = z.strictObject({
  kind: z.literal('contract'),
  /** The whole contract, in the form of `contract-document.ts`. */
  contract: z.looseObject({ id, version: semanticVersion }),
  /** The version that the policy is to have with it. */
  policyVersion: semanticVersion,
  /** Versions of the contract that nobody needs any more. */
  retires: z.array(semanticVersion).max(20).default([]),
  justification: z.string().min(1).max(4_000),
});
export type ContractChange = z.infer<typeof contractChange>;

/** What handoff contracting may be asked for. */
export const contractingRequest = z.discriminatedUnion('kind', [handOver, contractChange]);
export type ContractingRequest = z.infer<typeof contractingRequest>;

/** Arrays of a request whose order carries no meaning. */
export const unorderedArrays: readonly string[] = ['/retires'];

/** What rollout is sticky by: the thread of a handoff, or the contract that changes. */
export function threadOf(input: ContractingRequest): string {
  return input.kind === 'handoff' ? input.thread : input.contract.id;
}
