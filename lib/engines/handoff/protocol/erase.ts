import type { Digest } from '../../../core/digest.ts';
import type { Erasure } from '../chain.ts';
import { payloadOf } from '../request/build-packet.ts';
import type { ContractingRequest } from '../request/input.ts';
import type { HandoffFile } from './handoff-document.ts';

/** What is on record of an erasure: when, on whose word, and for which reason. */
export type ErasureStamp = Pick<Erasure, 'at' | 'by' | 'reason'>;

/**
 * A request without its payload: the record of the erasure stands in its place, and everything else as it was.
 * @returns `undefined` for a request that holds no payload: one of a contract, or one whose payload is gone already.
 * @throws InvalidInput (`invalid-salt`).
 */
export function withoutPayload(
  input: ContractingRequest,
  { at, by, reason }: ErasureStamp,
): { readonly input: ContractingRequest; readonly payload: Digest } | undefined {
  const payload = input.kind === 'handoff' ? payloadOf(input) : undefined;
  if (input.kind !== 'handoff' || payload === undefined) return undefined;
  const { digest } = payload;
  return {
    input: { ...input, payload: { schema: 'countersign/erasure/1', digest, at, by, reason } },
    payload: digest,
  };
}

/** A document without the texts that were said while it is under way; digests, codes and states stay. */
export function withoutSaid(document: HandoffFile): HandoffFile {
  return { ...document, notes: document.notes.map(({ text: _, ...rest }) => rest) };
}
