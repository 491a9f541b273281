import { InvalidInput } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { withEvent } from '../executions/events.ts';
import { changeExecution } from '../executions/execution-store.ts';
import type { Runtime } from '../runtime.ts';
import { type ContentName, changeContent, type ReleasedVersion } from './content-store.ts';
import { type Publisher, type Receipt, release as releaseSchema } from './publisher.ts';

/** @throws InvalidInput where this environment has no publisher, NotGranted where this function may not use it. */
export async function publisherOf({ publisher }: Pick<Runtime, 'publisher'>): Promise<Publisher> {
  if (publisher !== undefined) return publisher();
  const message = 'This environment has no publisher, so nothing can be released.';
  const mend = 'Set "publisher" in its settings, or let the receiver of the contract publish.';
  throw new InvalidInput(message, [{ pointer: '/publication', code: 'publisher-missing', message, mend }]);
}

/**
 * Hands a release to the publisher and notes that it is out, with the receipt. Safe to repeat: the publisher tells a repetition by
 * the release's id, and what is out already is not handed over again.
 * @throws PublisherUnavailable, ReleaseRefused.
 */
export async function deliverRelease(runtime: Runtime, name: ContentName, owed: ReleasedVersion): Promise<void> {
  if (owed.standing !== 'owed') return;
  const { releaseId, sequence, restores, executionId, digest } = owed;
  const publisher = await publisherOf(runtime);
  const document = parseWith(releaseSchema, await runtime.artifacts.get(owed.document), 'The stored release');
  const given = { ...document, releaseId, sequence };
  const receipt: Receipt =
    restores === undefined ? await publisher.publish(given) : await publisher.republish({ ...given, restores });
  const kept = await runtime.artifacts.put(receipt);
  await changeContent(runtime, name, (current) => ({
    ...current,
    releases: current.releases.map((each) =>
      each.releaseId === releaseId && each.standing === 'owed' ? { ...each, standing: 'out', receipt: kept } : each,
    ),
  }));
  const { channel, contentId } = name;
  const facts = {
    channel,
    contentId,
    releaseId,
    sequence,
    digest,
    receipt: kept,
    result: receipt.result,
    target: receipt.target,
  };
  await changeExecution(runtime, executionId, (current) =>
    restores === undefined
      ? withEvent(current, 'content-published', receipt.at, facts)
      : withEvent(current, `content-republished.${sequence}`, receipt.at, { ...facts, restores }),
  );
}
