import type { Digest } from '../../../core/digest.ts';
import { InvalidInput, NotFound } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { parseWith } from '../../../core/zod-problems.ts';
import type { Contract } from '../contract.ts';
import type { Payload } from '../payload.ts';
import { payloadOf } from '../request/build-packet.ts';
import type { HandOver } from '../request/input.ts';
import { isTerminal } from '../states.ts';
import { type HandoffFile, handoffDocument, type Note } from './handoff-document.ts';
import type { ProtocolCase } from './shapes.ts';

export type { HandoffFile, Note } from './handoff-document.ts';

/** @throws InvalidInput when a stored document is malformed. */
export function parseDocument(value: Json): HandoffFile {
  return parseWith(handoffDocument, value, 'The handoff');
}

/** The request of a handoff. @throws InvalidInput for the request of a contract. */
export function handOverOf({ input }: Pick<ProtocolCase, 'input'>): HandOver {
  if (input.kind === 'handoff') return input;
  throw new InvalidInput('This execution hands nothing over.', []);
}

/** The contract of a handoff, out of the policy that its execution runs on. @throws NotFound */
export function contractOf(
  { configuration }: Pick<ProtocolCase, 'configuration'>,
  named: { readonly id: string; readonly version: string },
): Contract {
  const found = configuration.contract(named.id, named.version);
  if (found === undefined) throw new NotFound(`The policy has no contract ${named.id} ${named.version}.`);
  return found;
}

/** The payload, as long as it was not erased. */
export function payloadIn(file: Pick<ProtocolCase, 'input'>): Payload | undefined {
  return payloadOf(handOverOf(file));
}

/** The packet that counts now. */
export function packetIn({ packets, handoff: { packet: wanted } }: HandoffFile): HandoffFile['packets'][number] {
  const [last] = packets.slice(-1);
  if (last === undefined) throw new NotFound(`The handoff has no packet ${wanted}.`);
  return last;
}

/** A document whose handoff has ended holds no texts any more: artifacts do, and can be erased. */
export function withoutTexts(document: HandoffFile): HandoffFile {
  if (!isTerminal(document.handoff.state)) return document;
  return { ...document, notes: document.notes.map(({ text: _, ...rest }) => rest) };
}

/** A document of its own for something that was said, and the note of it. */
export function noteOf(
  document: Pick<HandoffFile, 'handoff'>,
  kind: Note['kind'],
  text: string,
  { at, by }: { readonly at: string; readonly by: { readonly part: string; readonly id: string } },
  of: (value: unknown) => Digest,
  said: { readonly [name: string]: Json } = {},
): { readonly note: Note; readonly artifact: Json } {
  const artifact = {
    schema: 'countersign/handoff-note/1',
    handoff: document.handoff.id,
    kind,
    at,
    by: { ...by },
    text,
    ...said,
  };
  return { note: { kind, digest: of(artifact), at, by: by.id, text }, artifact };
}
