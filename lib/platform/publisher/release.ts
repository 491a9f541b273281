import type { ExecutionRecord } from '../contracts/execution.ts';
import { PublishHeld } from '../executions/publish-held.ts';
import { readHandoffFile } from '../handoffs/file.ts';
import { documentOf } from '../handoffs/handoff.ts';
import { readHandoff } from '../handoffs/handoff-store.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { HandoffRelease } from '../skill/handoff-protocol.ts';
import { changeContent, type ReleasedContent, type ReleasedVersion } from './content-store.ts';
import { deliverRelease, publisherOf } from './deliver.ts';
import { PublisherUnavailable, type Release } from './publisher.ts';

/** Whether executions of a skill may release content. */
export function releasesContent({ handoff }: Pick<AnySkill, 'handoff'>): boolean {
  return handoff?.release !== undefined;
}

/**
 * What an execution releases once its handoff has been closed; `undefined` where it releases nothing.
 * @throws InvalidInput where the content is not what people approved, or there is no publisher.
 */
export async function releaseOf(runtime: Runtime, record: ExecutionRecord): Promise<HandoffRelease | undefined> {
  const skill = runtime.skills.find(({ name }) => name === record.skill);
  if (skill === undefined || !releasesContent(skill) || record.handsOver !== true) return undefined;
  const { executionId } = record;
  const [file, handoff] = await Promise.all([readHandoffFile(runtime, executionId), readHandoff(runtime, executionId)]);
  const release = file.protocol.release?.(file.case, documentOf(handoff));
  if (release !== undefined) await publisherOf(runtime);
  return release;
}

/** The content with one release more, at its end; the same one again changes nothing. */
function withRelease(
  content: ReleasedContent,
  added: Omit<ReleasedVersion, 'sequence' | 'standing'>,
): ReleasedContent | undefined {
  if (content.releases.some(({ releaseId }) => releaseId === added.releaseId)) return undefined;
  const sequence = content.sequence + 1;
  return { ...content, sequence, releases: [...content.releases, { ...added, sequence, standing: 'owed' }] };
}

/**
 * Releases what an execution publishes, if it releases anything, and notes it before the publisher hears of it. Doing it again
 * publishes nothing twice.
 * @throws PublishHeld before the content's time, and while the publisher cannot be reached: the state machine comes again.
 * @throws ReleaseRefused where the publisher never takes it.
 */
export async function carryOutRelease(runtime: Runtime, record: ExecutionRecord): Promise<void> {
  const release = await releaseOf(runtime, record);
  if (release === undefined) return;
  const at = runtime.clock.now();
  // The handoff has waited for this instant; nothing rests on that alone.
  if (at < release.notBefore) throw new PublishHeld(`Nothing of it is released before ${release.notBefore}.`);
  const { executionId, skill, configuration } = record;
  const { contentId, channel, digest } = release;
  const name = { skill, channel, contentId };
  const handed: Release = {
    schema: 'countersign/release/1',
    releaseId: executionId,
    executionId,
    sequence: 1,
    ...name,
    digest,
    notBefore: release.notBefore,
    content: release.content,
  };
  const document = await runtime.artifacts.put(handed);
  const entry = { releaseId: executionId, executionId, configuration: configuration.version, digest, document, at };
  const content = await changeContent(runtime, name, (current) => withRelease(current, entry));
  const owed = content.releases.find(({ releaseId }) => releaseId === executionId);
  if (owed === undefined) return;
  try {
    await deliverRelease(runtime, name, owed);
  } catch (error) {
    if (!(error instanceof PublisherUnavailable)) throw error;
    throw new PublishHeld(error.message, [], { cause: error });
  }
}
