import type { Digest } from '../../../core/digest.ts';
import { InvalidInput } from '../../../core/errors.ts';
import type { Instant } from '../../../core/instant.ts';
import type { Json } from '../../../core/json.ts';
import { PUBLICATION, publicationStatement } from '../claims.ts';
import { contentDigest } from '../content-digest.ts';
import { settlementOf } from '../obligations.ts';
import { type Payload, valueAt } from '../payload.ts';
import { contractOf, type HandoffFile, payloadIn } from './document.ts';
import type { Recorder } from './record.ts';
import type { ProtocolCase } from './shapes.ts';

/** What is put before the public once a handoff has been verified: the very content that people approved. */
export interface Release {
  /** Versions of one piece of content share it: the thread. */
  readonly contentId: string;
  readonly channel: string;
  /** Neither before its time nor under embargo. */
  readonly notBefore: Instant;
  /** The digest that approvals are bound to. */
  readonly digest: Digest;
  /** What people see, by its places in the payload, and what was said of its publication. */
  readonly content: { readonly parts: { readonly [place: string]: Json }; readonly publication: Json };
}

function statementIn(payload: Payload) {
  return publicationStatement.safeParse(valueAt(payload.value, PUBLICATION)).data;
}

/** When a handoff's content may go out; `undefined` where its contract releases nothing, or the payload was erased. */
export function releaseTime(file: ProtocolCase, { handoff }: HandoffFile): Instant | undefined {
  const payload = payloadIn(file);
  if (contractOf(file, handoff.contract).document.publication?.releases !== true || payload === undefined)
    return undefined;
  const stated = statementIn(payload);
  if (stated === undefined) return undefined;
  const { publishAt, embargoUntil = publishAt } = stated;
  return publishAt > embargoUntil ? publishAt : embargoUntil;
}

/** Closes a handoff that was verified, unless its content is still to wait for its time. */
export function closeUnlessEmbargoed(file: ProtocolCase, recorder: Recorder): Recorder {
  const { document } = recorder;
  const { handoff, ledger } = document;
  const time = releaseTime(file, document);
  if (time !== undefined && recorder.at < time) return recorder;
  return recorder.event('close', { obligations: settlementOf(ledger, handoff.obligations, handoff.receiver) });
}

/** What the result of the execution says was approved. */
function approvedDigest({ result: { artifact } }: ProtocolCase): Json | undefined {
  return typeof artifact === 'object' && artifact !== null && 'contentDigest' in artifact
    ? artifact.contentDigest
    : undefined;
}

/**
 * What a handoff that has been closed releases; `undefined` where its contract releases nothing.
 * @throws InvalidInput (`payload-erased`, `content-changed`) where what was approved is not there any more.
 */
export function releaseOf(file: ProtocolCase, document: HandoffFile): Release | undefined {
  const { handoff } = document;
  const { publication } = contractOf(file, handoff.contract).document;
  if (publication?.releases !== true) return undefined;
  const refuse = (code: string, message: string, mend: string): never => {
    throw new InvalidInput(message, [{ pointer: '/payload', code, message, mend }]);
  };
  const payload =
    payloadIn(file) ?? refuse('payload-erased', 'The content has been erased.', 'Release something that is there.');
  const stated = statementIn(payload);
  const notBefore = releaseTime(file, document);
  const digest = contentDigest(publication, payload.value);
  if (stated === undefined || notBefore === undefined || digest !== approvedDigest(file))
    return refuse('content-changed', 'It is not the content that people approved.', 'Have it approved.');
  const parts = publication.content.flatMap((at): [string, Json][] => {
    const value = valueAt(payload.value, at);
    return value === undefined ? [] : [[at, value]];
  });
  const content = { parts: Object.fromEntries(parts), publication: valueAt(payload.value, PUBLICATION) ?? null };
  return { contentId: handoff.thread, channel: stated.channel, notBefore, digest, content };
}
