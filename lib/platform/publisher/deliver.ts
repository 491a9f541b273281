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

/** Hands over what is owed: a release, one that is put back, or the order to take the content down. */
async function handOver(runtime: Runtime, name: ContentName, owed: ReleasedVersion): Promise<Receipt> {
  const { releaseId, sequence, restores, withdraws, executionId, digest, at } = owed;
  const publisher = await publisherOf(runtime);
  if (withdraws !== undefined) {
    const schema = 'countersign/withdrawal/1';
    const kind = 'withdrawn';
    return publisher.takeDown({ schema, kind, releaseId, withdraws, ...name, executionId, sequence, digest, at });
  }
  const document = parseWith(releaseSchema, await runtime.artifacts.get(owed.document), 'The stored release');
  const given = { ...document, releaseId, sequence };
  return restores === undefined ? publisher.publish(given) : publisher.republish({ ...given, restores });
}

/** The event that the chain of the release's execution gets. */
function eventOf({ restores, withdraws, sequence }: ReleasedVersion): [type: string, facts: Record<string, string>] {
  if (withdraws !== undefined) return [`content-withdrawn.${sequence}`, { withdraws }];
  return restores === undefined ? ['content-published', {}] : [`content-republished.${sequence}`, { restores }];
}

/**
 * Hands over what is owed of a piece of content and notes that it is done, with the receipt. Safe to repeat: the publisher tells a
 * repetition by the release's id, and what is out already is not handed over again.
 * @throws PublisherUnavailable, ReleaseRefused.
 */
export async function deliverRelease(runtime: Runtime, name: ContentName, owed: ReleasedVersion): Promise<void> {
  if (owed.standing !== 'owed') return;
  const { releaseId, sequence, executionId, digest } = owed;
  const receipt = await handOver(runtime, name, owed);
  const kept = await runtime.artifacts.put(receipt);
  await changeContent(runtime, name, (current) => ({
    ...current,
    releases: current.releases.map((each) =>
      each.releaseId === releaseId && each.standing === 'owed' ? { ...each, standing: 'out', receipt: kept } : each,
    ),
  }));
  const { channel, contentId } = name;
  const [type, more] = eventOf(owed);
  const facts = {
    channel,
    contentId,
    releaseId,
    sequence,
    digest,
    receipt: kept,
    result: receipt.result,
    target: receipt.target,
    ...more,
  };
  await changeExecution(runtime, executionId, (current) => withEvent(current, type, receipt.at, facts));
}
