import { findLedger, isRolledBack } from '../configuration/ledger.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { attempt } from '../executions/attempt.ts';
import { withEvent } from '../executions/events.ts';
import { changeExecution } from '../executions/execution-store.ts';
import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import {
  type ContentName,
  changeContent,
  findContent,
  listContent,
  OWED_RELEASES,
  type ReleasedContent,
  type ReleasedVersion,
  releasedUnder,
  standingRelease,
} from './content-store.ts';
import { deliverRelease } from './deliver.ts';
import { releaseOf, releasesContent } from './release.ts';

/** Whether a release may not stand any more. */
type Faulty = (version: ReleasedVersion) => boolean;

/** The content with faulty releases struck, and the last approved version that was out before them owed again. */
function restored(content: ReleasedContent, isFaulty: Faulty, at: string): ReleasedContent | undefined {
  const standing = standingRelease(content);
  if (standing === undefined || !isFaulty(standing)) return undefined;
  const releases = content.releases.map(
    (each): ReleasedVersion => (isFaulty(each) ? { ...each, standing: 'rolled-back' } : each),
  );
  const before = releases.findLast(
    (each) => each.standing === 'out' && each.restores === undefined && each.sequence < standing.sequence,
  );
  if (before === undefined) return { ...content, releases };
  const { executionId, configuration, digest, document, releaseId: restores } = before;
  const sequence = content.sequence + 1;
  const again: ReleasedVersion = {
    releaseId: `${standing.releaseId}.restored`,
    sequence,
    executionId,
    configuration,
    digest,
    document,
    standing: 'owed',
    restores,
    at,
  };
  return { ...content, sequence, releases: [...releases, again] };
}

/**
 * Hands over what is owed; where the publisher cannot be reached now, the sweeper comes back to it.
 * @returns whether nothing is owed any more.
 */
async function settle(
  runtime: Runtime,
  { skill, channel, contentId }: ContentName,
  content: ReleasedContent,
): Promise<boolean> {
  const owed = standingRelease(content);
  if (owed?.standing !== 'owed' || owed.restores === undefined) return true;
  const name = { skill, channel, contentId };
  const done = await attempt(() => deliverRelease(runtime, name, owed));
  if (!done.ok) log('warn', { event: 'release-not-restored', ...name, error: done.error.code });
  return done.ok;
}

/** Strikes what stands, tells the chain of its execution, and puts the version before it back. */
async function rollBack(runtime: Runtime, name: ContentName, isFaulty: Faulty): Promise<boolean> {
  let struck: ReleasedVersion | undefined;
  const at = runtime.clock.now();
  const content = await changeContent(runtime, name, (current) => {
    const next = restored(current, isFaulty, at);
    struck = next === undefined ? undefined : standingRelease(current);
    return next;
  });
  if (struck !== undefined) {
    const { releaseId, sequence, executionId, digest } = struck;
    const facts = {
      channel: name.channel,
      contentId: name.contentId,
      releaseId,
      digest,
      by: standingRelease(content)?.restores,
    };
    await changeExecution(runtime, executionId, (current) =>
      withEvent(current, `content-rolled-back.${sequence}`, at, facts),
    );
    // Nothing was ever out before it: people take it down, who are told of the rollback anyway.
    if (facts.by === undefined)
      log('warn', { event: 'release-without-version-before', skill: name.skill, channel: name.channel });
  }
  return settle(runtime, name, content);
}

/**
 * Puts the last approved version back where an execution released content and ended otherwise than published. Doing it again
 * changes nothing; an execution that released nothing is left alone.
 */
export async function takeBackRelease(runtime: Runtime, record: ExecutionRecord): Promise<void> {
  const found = await attempt(() => releaseOf(runtime, record));
  if (!found.ok || found.value === undefined) return;
  const { channel, contentId } = found.value;
  const name = { skill: record.skill, channel, contentId };
  const content = await findContent(runtime, name);
  if (content?.releases.some(({ releaseId }) => releaseId === record.executionId) !== true) return;
  await rollBack(runtime, name, ({ releaseId }) => releaseId === record.executionId);
}

/**
 * Puts content back that stands as a configuration version released it which was rolled back since, and finishes what an outage
 * left owed. It goes by what is on record, so whoever rolls a version back owes nothing here. A publisher that cannot be reached is
 * asked once, and the rest waits for the next time.
 */
export async function restoreReleases(runtime: Runtime, skill: AnySkill): Promise<void> {
  if (!releasesContent(skill) || runtime.publisher === undefined) return;
  const ledger = await findLedger(runtime, skill.name);
  const bad = new Set((ledger?.entries ?? []).filter(isRolledBack).map(({ version }) => version));
  for (const version of bad)
    for (const { skill: of, channel, contentId } of await listContent(
      runtime,
      'gsi1',
      releasedUnder(skill.name, version),
    ))
      if (!(await rollBack(runtime, { skill: of, channel, contentId }, ({ configuration }) => bad.has(configuration))))
        return;
  for (const owed of await listContent(runtime, 'gsi2', OWED_RELEASES)) {
    if (owed.skill !== skill.name) continue;
    const content = await findContent(runtime, owed);
    if (content !== undefined && !(await settle(runtime, owed, content))) return;
  }
}
