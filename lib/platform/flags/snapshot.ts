import * as z from 'zod';
import { canonicalJson, type Digest, digestOf, isDigest } from '../../core/digest.ts';
import { IntegrityError } from '../../core/errors.ts';
import { type Instant, instant } from '../../core/instant.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { FlagSnapshotTooLarge } from './errors.ts';

// Objects here drop the members they do not name: the server adds descriptions, dates and usage figures that decide
// nothing and would change the digest without changing a single answer.

const constraint = z.object({
  contextName: z.string(),
  operator: z.string(),
  inverted: z.boolean().default(false),
  values: z.array(z.string()).default([]),
  value: z.union([z.string(), z.number()]).optional(),
  caseInsensitive: z.boolean().optional(),
});

const variant = z.object({
  name: z.string().min(1),
  weight: z.number().min(0),
  stickiness: z.string().optional(),
  payload: z.object({ type: z.string(), value: z.string() }).optional(),
  overrides: z.array(z.object({ contextName: z.string(), values: z.array(z.string()) })).optional(),
});

const strategy = z.object({
  name: z.string().min(1),
  parameters: z.record(z.string(), z.unknown()).default({}),
  constraints: z.array(constraint).default([]),
  segments: z.array(z.int()).optional(),
  variants: z.array(variant).default([]),
});

const dependency = z.object({
  feature: z.string(),
  variants: z.array(z.string()).optional(),
  enabled: z.boolean().optional(),
});

const feature = z.object({
  name: z.string().min(1),
  enabled: z.boolean(),
  strategies: z.array(strategy),
  variants: z.array(variant).default([]),
  dependencies: z.array(dependency).default([]),
});

const segment = z.object({ id: z.int(), constraints: z.array(constraint) });

const clientFeatures = z.object({ features: z.array(feature), segments: z.array(segment).default([]) });

const storedSnapshot = clientFeatures.extend({
  fetchedAt: z.string().transform((text, context) => {
    try {
      return instant(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'Not an ISO 8601 instant in UTC' });
      return z.NEVER;
    }
  }),
  digest: z.string().refine(isDigest, 'Not a digest'),
});

/** One flag of the snapshot, as the Unleash client API describes it, without what decides nothing. */
export type FlagFeature = z.infer<typeof feature>;
/** A variant of a flag or of a strategy. */
export type FlagVariant = z.infer<typeof variant>;
/** A reusable set of constraints that strategies refer to by id. */
export type FlagSegment = z.infer<typeof segment>;

/** The flags of one environment at one instant: all that an evaluation needs, so none ever waits for the network. */
export interface FlagSnapshot {
  readonly features: readonly FlagFeature[];
  readonly segments: readonly FlagSegment[];
  readonly fetchedAt: Instant;
  /** Over features and segments only: two fetches of unchanged flags have the same digest. */
  readonly digest: Digest;
}

/** The most bytes of canonical JSON: a DynamoDB item holds 400 KB, and the rest of the item needs room too. */
export const MAX_SNAPSHOT_BYTES = 320_000;

/** Puts flags and segments into one order, whatever order the server listed them in. Strategy order is kept: it decides. */
function inOrder(parsed: z.infer<typeof clientFeatures>) {
  return {
    features: parsed.features.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    segments: parsed.segments.toSorted((a, b) => a.id - b.id),
  };
}

/**
 * Makes a snapshot from the body that `GET /api/client/features` answers.
 * @param fetchedAt when the body was fetched, by the caller's clock.
 * @throws InvalidInput when the body is not a list of client features.
 * @throws FlagSnapshotTooLarge when it would not fit into one table item.
 */
export function snapshotOf(body: unknown, fetchedAt: Instant): FlagSnapshot {
  const content = inOrder(parseWith(clientFeatures, body, 'The flag server’s answer'));
  const bytes = Buffer.byteLength(canonicalJson(content));
  if (bytes > MAX_SNAPSHOT_BYTES) {
    throw new FlagSnapshotTooLarge(`The flags take ${bytes} bytes and may take ${MAX_SNAPSHOT_BYTES}.`, [
      {
        pointer: '/features',
        code: 'too-large',
        message: `${content.features.length} flags and ${content.segments.length} segments take ${bytes} bytes.`,
        mend: 'Archive flags that are not used, or give the client token a project of its own.',
      },
    ]);
  }
  return { ...content, fetchedAt, digest: digestOf(content) };
}

/**
 * Reads a snapshot back from storage and checks it against its own digest.
 * @throws InvalidInput when it is malformed.
 * @throws IntegrityError when its flags are not those that were digested.
 */
export function readSnapshot(stored: unknown): FlagSnapshot {
  const { fetchedAt, digest, ...content } = parseWith(storedSnapshot, stored, 'The stored flag snapshot');
  const actual = digestOf(content);
  if (actual !== digest) throw new IntegrityError(`The flag snapshot has digest ${actual}, not ${digest}.`);
  return { ...content, fetchedAt, digest };
}
