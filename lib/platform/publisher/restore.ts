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
  isRollback,
  listContent,
  OWED_RELEASES,
  type ReleasedContent,
  type ReleasedVersion,
  releasedUnder,
  standingRelease,
} from './content-store.ts';
import { deliverRelease } from './deliver.ts';
import { ReleaseRefused } from './publisher.ts';
import { releaseOf, releasesContent } from './release.ts';

/** Whether a release may not stand any more. */
type Faulty = (version: ReleasedVersion) => boolean;

/**
 * The content with faulty releases struck, and what follows owed: the last approved version that was out before them, put back; or,
 * where there is none, that the content is taken down.
 */
function restored(content: ReleasedContent, isFaulty: Faulty, at: string): ReleasedContent | undefined {
  const standing = standingRelease(content);
  if (standing === undefined || standing.withdraws !== undefined || !isFaulty(standing)) return undefined;
  const releases = content.releases.map(
    (each): ReleasedVersion =>
      isFaulty(each) && each.withdraws === undefined ? { ...each, standing: 'rolled-back' } : each,
  );
  const before = releases.findLast(
    (each) => each.standing === 'out' && !isRollback(each) && each.sequence < standing.sequence,
  );
  const sequence = content.sequence + 1;
  const { executionId, configuration, digest, document } = before ?? standing;
  const follows =
    before === undefined
      ? { releaseId: `${standing.releaseId}.withdrawn`, withdraws: standing.releaseId }
      : { releaseId: `${standing.releaseId}.restored`, restores: before.releaseId };
  const next: ReleasedVersion = {
    ...follows,
    sequence,
    executionId,
    configuration,
    digest,
    document,
    standing: 'owed',
    at,
  };
  return { ...content, sequence, releases: [...releases, next] };
}

/**
 * Hands over what is owed; where the publisher does not take it now, the sweeper comes back to it.
 * @returns whether the publisher may be asked for more: not where it cannot be reached.
 */
async function settle(
  runtime: Runtime,
  { skill, channel, contentId }: ContentName,
  content: ReleasedContent,
): Promise<boolean> {
  const owed = standingRelease(content);
  if (owed?.standing !== 'owed' || !isRollback(owed)) return true;
  const name = { skill, channel, contentId };
  const done = await attempt(() => deliverRelease(runtime, name, owed));
  const event = owed.withdraws === undefined ? 'release-not-restored' : 'release-not-withdrawn';
  if (done.ok) return true;
  log('warn', { event, ...name, error: done.error.code });
  // What is refused stays owed, and keeps nothing else from being settled.
  return done.error instanceof ReleaseRefused;
}

/** The content that stands as a configuration version released it. */
async function standingUnder(runtime: Runtime, skill: string, version: string): Promise<readonly ContentName[]> {
  const found = await listContent(runtime, 'gsi1', releasedUnder(skill, version));
  return found.map(({ channel, contentId }) => ({ skill, channel, contentId }));
}

/** Strikes what stands, tells the chain of its execution, and puts the version before it back or takes the content down. */
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
    const next = standingRelease(content);
    const follows = next?.withdraws === undefined ? { by: next?.restores } : { withdrawal: next.releaseId };
    const facts = { channel: name.channel, contentId: name.contentId, releaseId, digest, ...follows };
    await changeExecution(runtime, executionId, (current) =>
      withEvent(current, `content-rolled-back.${sequence}`, at, facts),
    );
  }
  return settle(runtime, name, content);
}

/**
 * Puts the last approved version back, or takes the content down where there is none, when an execution released content and ended
 * otherwise than published. Doing it again changes nothing; an execution that released nothing is left alone. Where it cannot be
 * said any more what it released, its payload having been erased, what is on record under its name counts.
 */
export async function takeBackRelease(runtime: Runtime, record: ExecutionRecord): Promise<void> {
  const { executionId, skill } = record;
  const found = await attempt(() => releaseOf(runtime, record));
  const names =
    found.ok && found.value !== undefined
      ? [{ skill, channel: found.value.channel, contentId: found.value.contentId }]
      : found.ok
        ? []
        : await standingUnder(runtime, skill, record.configuration.version);
  for (const name of names) {
    const content = await findContent(runtime, name);
    if (content?.releases.some(({ releaseId }) => releaseId === executionId) !== true) continue;
    await rollBack(runtime, name, ({ releaseId }) => releaseId === executionId);
  }
}

/**
 * Puts content back, or takes it down, that stands as a configuration version released it which was rolled back since, and finishes
 * what an outage left owed. It goes by what is on record, so whoever rolls a version back owes nothing here. A publisher that cannot
 * be reached is asked once, and the rest waits for the next time.
 */
export async function restoreReleases(runtime: Runtime, skill: AnySkill): Promise<void> {
  if (!releasesContent(skill) || runtime.publisher === undefined) return;
  const ledger = await findLedger(runtime, skill.name);
  const bad = new Set((ledger?.entries ?? []).filter(isRolledBack).map(({ version }) => version));
  for (const version of bad)
    for (const name of await standingUnder(runtime, skill.name, version))
      if (!(await rollBack(runtime, name, ({ configuration }) => bad.has(configuration)))) return;
  for (const owed of await listContent(runtime, 'gsi2', OWED_RELEASES)) {
    if (owed.skill !== skill.name) continue;
    const content = await findContent(runtime, owed);
    if (content !== undefined && !(await settle(runtime, owed, content))) return;
  }
}
