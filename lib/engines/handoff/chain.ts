import * as z from 'zod';
import type { Problem } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';
import { promiseChanges } from './clocks.ts';
import { type Packet, packetDigest } from './packet.ts';
import type { Payload } from './payload.ts';
import { code, digest, id, instantText } from './words.ts';

/** What remains of something that was erased: that it was, by whom, when and why. The digest in the packet goes on to stand. */
export const erasure = z.strictObject({
  schema: z.literal('countersign/erasure/1'),
  /** Of the payload or the evidence that is gone. */
  digest,
  at: instantText,
  by: id,
  /** Such as `data-subject-request` or `retention-ended`. */
  reason: code,
});
export type Erasure = z.infer<typeof erasure>;

/** A packet of a thread, with its payload or what says that it was erased. */
export interface ChainLink {
  readonly packet: Packet;
  readonly payload?: Payload;
  readonly erasure?: Erasure;
}

export interface ChainCheck {
  /** Whether every link holds; erasures do not break one. */
  readonly holds: boolean;
  readonly problems: readonly Problem[];
  /** Payloads of which only the digest is left. */
  readonly erased: number;
}

/**
 * Checks a thread of packets: each names its parent by the digest that the parent has, carries the same promise, and its payload has
 * the digest that it names, or was erased on record. A payload that is simply gone breaks the chain.
 * @param links parents before children.
 * @returns problems by JSON Pointer into the list.
 */
export function checkChain(links: readonly ChainLink[]): ChainCheck {
  const byHandoff = new Map<string, Packet>();
  const problems = links.flatMap(({ packet, payload, erasure: gone }, index): Problem[] => {
    const at = pointer('', index);
    const broken = (place: string, name: string, message: string, mend: string): Problem => ({
      pointer: at + place,
      code: name,
      message,
      mend,
    });
    const found: Problem[] = [];
    if (payload === undefined && gone === undefined) {
      found.push(
        broken(
          '/payload',
          'payload-missing',
          'The payload is gone, and nothing says that it was erased.',
          'Bring it back, or its record of erasure.',
        ),
      );
    } else if ((payload ?? gone)?.digest !== packet.payload.digest) {
      found.push(
        broken(
          '/payload',
          'other-payload',
          'The payload is not the one that the packet names.',
          'Look for the one with the digest.',
        ),
      );
    }
    const { parent } = packet;
    const before = parent === undefined ? undefined : byHandoff.get(parent.handoff);
    if (parent !== undefined && (before === undefined || packetDigest(before) !== parent.packet)) {
      found.push(
        broken(
          '/packet/parent',
          'other-parent',
          'No packet before it has the digest of its parent.',
          'Bring the thread in order, and complete.',
        ),
      );
    }
    if (before !== undefined) found.push(...promiseChanges(before.promise, packet.promise, `${at}/packet/promise`));
    byHandoff.set(packet.handoff, packet);
    return found;
  });
  return {
    holds: problems.length === 0,
    problems,
    erased: links.filter(({ payload }) => payload === undefined).length,
  };
}
