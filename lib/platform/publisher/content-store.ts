import type { Digest } from '../../core/digest.ts';
import { Conflict } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import type { Item, ItemKey } from '../store/table.ts';

/** One release of a piece of content. */
export interface ReleasedVersion {
  readonly releaseId: string;
  readonly sequence: number;
  /** The execution in which people approved it. */
  readonly executionId: string;
  /** The configuration version that execution ran on. */
  readonly configuration: string;
  readonly digest: Digest;
  /** Artifact: the release as it was first handed over; of a withdrawal, what is taken down. */
  readonly document: Digest;
  /** `owed`: the publisher has not confirmed it. `out`: it has. `rolled-back`: another version was put in its place for a fault. */
  readonly standing: 'owed' | 'out' | 'rolled-back';
  /** The release that this one puts back. */
  readonly restores?: string;
  /** The release that is taken down, there being none before it to put back: then this is no release but the end of one. */
  readonly withdraws?: string;
  /** Artifact. */
  readonly receipt?: Digest;
  readonly at: Instant;
}

/** A piece of content in a channel, with what was released of it, oldest first: one aggregate, so that releases have an order. */
export interface ReleasedContent {
  readonly version: number;
  readonly skill: string;
  readonly channel: string;
  readonly contentId: string;
  readonly sequence: number;
  readonly releases: readonly ReleasedVersion[];
}

/** A piece of content, by name. */
export type ContentName = Pick<ReleasedContent, 'skill' | 'channel' | 'contentId'>;

/** Releases that are remembered; their artifacts stay whatever happens here. */
const REMEMBERED = 60;

/** The index partition of content that a rollback put back or took down, which is not confirmed: the sweeper finishes it. */
export const OWED_RELEASES = 'OWED-RELEASES';

/** The index partition of content that stands as a configuration version released it. */
export const releasedUnder = (skill: string, configuration: string): string => `RELEASED#${skill}#${configuration}`;

const keyOf = ({ skill, channel, contentId }: ContentName): ItemKey => ({
  pk: `CONTENT#${skill}`,
  sk: `${channel}#${contentId}`,
});

/** Whether a rollback brought it about: then the sweeper sees to it, and no execution waits for it. */
export function isRollback({ restores, withdraws }: ReleasedVersion): boolean {
  return restores !== undefined || withdraws !== undefined;
}

/** What stands: the last release that was not rolled back, or that the content was taken down. */
export function standingRelease({ releases }: ReleasedContent): ReleasedVersion | undefined {
  return releases.findLast(({ standing }) => standing !== 'rolled-back');
}

function indexed(content: ReleasedContent): ReleasedContent {
  const { skill } = content;
  const place = keyOf(content).sk;
  const standing = standingRelease(content);
  const owed = standing?.standing === 'owed' && isRollback(standing);
  // What was taken down stands under no configuration: rolling one back again does nothing to it.
  const under = standing?.withdraws === undefined ? standing?.configuration : undefined;
  return {
    ...content,
    gsi1pk: under === undefined ? undefined : releasedUnder(skill, under),
    gsi1sk: under === undefined ? undefined : place,
    gsi2pk: owed ? OWED_RELEASES : undefined,
    gsi2sk: owed ? `${skill}#${place}` : undefined,
  } as ReleasedContent;
}

/** What was released of a piece of content; `undefined` before its first release. */
export function findContent(runtime: Pick<Runtime, 'table'>, name: ContentName): Promise<ReleasedContent | undefined> {
  return runtime.table.get<ReleasedContent>(keyOf(name));
}

/** Content of an index partition; the index lags behind the table by moments. */
export function listContent(runtime: Pick<Runtime, 'table'>, index: 'gsi1' | 'gsi2', pk: string) {
  return runtime.table.queryAll<ReleasedContent>({ pk, index });
}

/**
 * Changes a piece of content under optimistic locking, which is begun where there is none; `change` may run several times, and
 * `undefined` leaves it as it is.
 * @throws Conflict when every attempt lost its race.
 */
export async function changeContent(
  runtime: Pick<Runtime, 'table'>,
  name: ContentName,
  change: (current: ReleasedContent) => ReleasedContent | undefined,
): Promise<ReleasedContent> {
  const key = keyOf(name);
  if ((await findContent(runtime, name)) === undefined) {
    const { skill, channel, contentId } = name;
    const first: ReleasedContent = { version: 1, skill, channel, contentId, sequence: 0, releases: [] };
    try {
      await runtime.table.putNew({ ...first, ...key } as unknown as Item);
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
    }
  }
  return changeAggregate<ReleasedContent>(runtime.table, key, (current) => {
    const next = change(current);
    return next === undefined ? undefined : indexed({ ...next, releases: next.releases.slice(-REMEMBERED) });
  });
}
