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

/** The order to take a piece of content down for good: it holds nothing of the content itself. */
export const withdrawal = z.strictObject({
  schema: z.literal('countersign/withdrawal/1'),
  /** Tells receivers that take both apart from a release. */
  kind: z.literal('withdrawn'),
  /** Unique for good, as that of a release. */
  releaseId: name,
  /** The release that is taken down; whatever is out of the content goes. */
  withdraws: name,
  skill: name,
  /** The execution that released it. */
  executionId: name,
  channel: name,
  contentId: name,
  /** Counts with the releases of the content: a release with a lower one comes too late. */
  sequence: z.int().min(1),
  /** The digest of what is taken down, as people had approved it. */
  digest,
  /** When that was decided. */
  at: z.string(),
});
export type Withdrawal = z.infer<typeof withdrawal>;

/** What shows that a release, or a withdrawal, was taken over. */
export interface Receipt {
  readonly schema: 'countersign/release-receipt/1';
  readonly releaseId: string;
  readonly digest: Release['digest'];
  readonly sequence: number;
  /** Where it went, without anything secret. */
  readonly target: string;
  /** `published`, `withdrawn`; `superseded`: a later release of the content was there already, and stays. */
  readonly result: 'published' | 'withdrawn' | 'superseded';
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
  /**
   * Takes content down where there is no earlier version to put back. Taking down what is not there is done at once, and keeps an
   * earlier release from coming late. @throws as `publish`.
   */
  takeDown(withdrawal: Withdrawal): Promise<Receipt>;
}

/** The target cannot be reached or cannot take anything now; later it may. */
export class PublisherUnavailable extends CountersignError {
  readonly code = 'PublisherUnavailable';
}

/** The target does not take this release, now or later. */
export class ReleaseRefused extends CountersignError {
  readonly code = 'ReleaseRefused';
}

/** @throws ReleaseRefused when it does not have the form of a release: its names become paths. */
export function checkedRelease(given: Release): Release {
  const checked = release.safeParse(given);
  if (!checked.success) throw new ReleaseRefused('The release does not have the form of one.');
  return checked.data;
}

/** @throws ReleaseRefused when it does not have the form of a withdrawal. */
export function checkedWithdrawal(given: Withdrawal): Withdrawal {
  const checked = withdrawal.safeParse(given);
  if (!checked.success) throw new ReleaseRefused('The withdrawal does not have the form of one.');
  return checked.data;
}
