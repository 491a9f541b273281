import * as z from 'zod';
import { CountersignError } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import type { JsonObject } from '../../core/json.ts';

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
/** Ids become names of files and parts of addresses. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,160}$/);

/** One version of one piece of content, as it is handed to whoever publishes it. */
export const release = z.strictObject({
  schema: z.literal('countersign/release/1'),
  /** Unique for good: the same release handed over again is published once. */
  releaseId: name,
  skill: name,
  executionId: name,
  channel: name,
  contentId: name,
  /** Counts the releases of the content, from one. What a higher one has followed comes too late and changes nothing. */
  sequence: z.int().min(1),
  /** The release that is put back, where this one rolls a later one back. */
  restores: name.optional(),
  /** The digest that people approved. */
  digest,
  notBefore: z.string(),
  content: z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>,
});
export type Release = z.infer<typeof release>;

/** What shows that a release was taken over. */
export interface Receipt {
  readonly schema: 'countersign/release-receipt/1';
  readonly releaseId: string;
  readonly digest: Release['digest'];
  readonly sequence: number;
  /** Where it went, without anything secret. */
  readonly target: string;
  /** `published`; `superseded`: a later release of the content was there already, and stays. */
  readonly result: 'published' | 'superseded';
  readonly at: Instant;
  /** What the target answered, by its digest. */
  readonly answer?: Release['digest'];
}

/**
 * Puts content before the public. A release is handed over at least once, and published once: its id tells a repetition. It is
 * called when everything that a publication takes is on record, and never before the release's time.
 */
export interface Publisher {
  /** @throws PublisherUnavailable to be tried again later; ReleaseRefused never to be. */
  publish(release: Release): Promise<Receipt>;
  /** Puts an earlier version back, under a release id and a sequence of its own. @throws as `publish`. */
  republish(release: Release & { readonly restores: string }): Promise<Receipt>;
}

/** The target cannot be reached or cannot take anything now; later it may. */
export class PublisherUnavailable extends CountersignError {
  readonly code = 'PublisherUnavailable';
}

/** The target does not take this release, now or later. */
export class ReleaseRefused extends CountersignError {
  readonly code = 'ReleaseRefused';
}
