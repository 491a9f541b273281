import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { readChain } from '../../../lib/platform/audit/chain.ts';
import { beginLedger, changeLedger, moved } from '../../../lib/platform/configuration/ledger.ts';
import { setPosture } from '../../../lib/platform/configuration/posture.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { PublishHeld } from '../../../lib/platform/executions/publish-held.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { readHandoffFile } from '../../../lib/platform/handoffs/file.ts';
import { documentOf } from '../../../lib/platform/handoffs/handoff.ts';
import { changeHandoff } from '../../../lib/platform/handoffs/handoff-store.ts';
import { moved as movedHandoff } from '../../../lib/platform/handoffs/move.ts';
import { offer } from '../../../lib/platform/handoffs/offer.ts';
import { findContent } from '../../../lib/platform/publisher/content-store.ts';
import {
  type Publisher,
  PublisherUnavailable,
  type Receipt,
  type Release,
  ReleaseRefused,
} from '../../../lib/platform/publisher/publisher.ts';
import { restoreReleases } from '../../../lib/platform/publisher/restore.ts';
import type { HandoffDocument, HandoffRelease } from '../../../lib/platform/skill/handoff-protocol.ts';
import { endHandoffWorlds, seed, startHandoffWorld } from '../../contract/handoffs/world.ts';
import { handingSkill, tinyProtocol } from '../../support/handoff-skill.ts';
import type { TestRuntime } from '../../support/runtime.ts';

afterAll(endHandoffWorlds);

const NAME = { skill: handingSkill.name, channel: 'website', contentId: 'campaign-coat' };
const EMBARGO = '2026-11-21T08:00:00.000Z';

/** A publisher that keeps what is out, and fails as often as it is told to. */
class RecordingPublisher implements Publisher {
  readonly calls: { readonly how: 'publish' | 'republish'; readonly release: Release }[] = [];
  readonly out = new Map<string, Release>();
  fail: Error | undefined;

  async #take(how: 'publish' | 'republish', release: Release, at: string): Promise<Receipt> {
    this.calls.push({ how, release });
    if (this.fail !== undefined) throw this.fail;
    const { releaseId, digest, sequence, channel, contentId } = release;
    const there = this.out.get(`${channel}/${contentId}`);
    if ((there?.sequence ?? 0) < sequence) this.out.set(`${channel}/${contentId}`, release);
    const schema = 'countersign/release-receipt/1';
    return { schema, releaseId, digest, sequence, target: 'memory', result: 'published', at };
  }

  publish = (release: Release) => this.#take('publish', release, '2026-11-20T09:00:00.000Z');
  republish = (release: Release) => this.#take('republish', release, '2026-11-20T09:00:00.000Z');

  get headline(): unknown {
    return this.out.get('website/campaign-coat')?.content.headline;
  }
}

/** A handoff of a ticket, whose ticket is the headline that is released. */
function skillThatReleases(notBefore: string) {
  const release = ({ input }: { readonly input: unknown }): HandoffRelease => {
    const { ticket } = input as { readonly ticket: string };
    if (ticket === 'erased')
      throw new InvalidInput('It is gone.', [
        { pointer: '/payload', code: 'payload-erased', message: 'It is gone.', mend: 'Release something else.' },
      ]);
    const content = { headline: ticket };
    return { contentId: NAME.contentId, channel: NAME.channel, notBefore, digest: digestOf(content), content };
  };
  return { ...handingSkill, handoff: { ...tinyProtocol, release } };
}

interface World {
  readonly runtime: TestRuntime;
  readonly publisher: RecordingPublisher;
}

async function startWorld(notBefore = '2026-11-20T08:00:00.000Z'): Promise<World> {
  const { runtime: bare } = await startHandoffWorld();
  const publisher = new RecordingPublisher();
  const runtime = { ...bare, skills: [skillThatReleases(notBefore)], publisher: async () => publisher };
  const at = runtime.clock.now();
  const [one, two] = [{ version: '1' }, { version: '2' }];
  await beginLedger(runtime, NAME.skill, { version: '1', digest: digestOf(one) }, { at, by: 'ops', because: 'First.' });
  const stable = { at, by: 'ops', because: 'Better.', from: 'new', to: 'stable' } as const;
  await changeLedger(runtime, NAME.skill, (ledger) => ({
    ...ledger,
    stables: ['1', '2'],
    entries: [...ledger.entries, { version: '2', digest: digestOf(two), status: 'stable', since: at, moves: [stable] }],
  }));
  return { runtime, publisher };
}

let executions = 0;
beforeEach(() => {
  executions = 0;
});

/** An execution whose handoff has been closed: Publish comes next. */
async function closedHandoff({ runtime }: World, headline: string, version = '1') {
  executions += 1;
  const executionId = `release-${executions}`;
  await seed(runtime, executionId, { ticket: headline }, version);
  const flow = { executionId, skill: NAME.skill, verdict: 'publish' as const };
  await offer(runtime, flow);
  const file = await readHandoffFile(runtime, executionId);
  const at = runtime.clock.now();
  await changeHandoff(runtime, executionId, (current) => {
    const document = documentOf(current) as { readonly history: readonly HandoffDocument[] };
    const history = [...document.history, { at, event: 'verify', by: 'rita', to: 'closed' }];
    const closed = { ...document, state: 'closed', history } as HandoffDocument;
    return movedHandoff(current, file, closed, { at, by: 'rita', did: 'Verify', endsWait: true });
  });
  return flow;
}

const outcomeOf = async ({ runtime }: World, { executionId }: { readonly executionId: string }) =>
  (await readExecution(runtime, executionId)).outcome;

const releaseEvents = async ({ runtime }: World, { executionId }: { readonly executionId: string }) =>
  (await readChain(runtime, executionId)).filter(({ type }) => type.startsWith('content-'));

describe('a release', () => {
  test('reaches the publisher once, is noted with its receipt, and ends the execution as published', async () => {
    const world = await startWorld();
    const flow = await closedHandoff(world, 'Eight hours of rain.');
    await publish(world.runtime, flow);
    expect(await outcomeOf(world, flow)).toBe('published');
    expect(world.publisher.calls.map(({ how, release }) => [how, release.releaseId])).toEqual([
      ['publish', flow.executionId],
    ]);
    const [event] = await releaseEvents(world, flow);
    const digest = digestOf({ headline: 'Eight hours of rain.' });
    expect(event).toMatchObject({ type: 'content-published', data: { digest, channel: 'website', sequence: 1 } });
    const receipt = (await findContent(world.runtime, NAME))?.releases[0]?.receipt;
    expect(event?.data.receipt).toBe(receipt);
    expect(await world.runtime.artifacts.get(receipt!)).toMatchObject({ releaseId: flow.executionId, digest });
  });

  test('is held while it is under embargo, minute for minute, and never reaches the publisher before', async () => {
    const world = await startWorld(EMBARGO);
    const flow = await closedHandoff(world, 'Eight hours of rain.');
    for (const at of ['2026-11-20T09:00:00.000Z', '2026-11-21T07:59:59.999Z']) {
      world.runtime.clock.set(at);
      await expect(publish(world.runtime, flow)).rejects.toBeInstanceOf(PublishHeld);
      expect(world.publisher.calls).toEqual([]);
      expect(await outcomeOf(world, flow)).toBeUndefined();
    }
    world.runtime.clock.set(EMBARGO);
    await publish(world.runtime, flow);
    expect(world.publisher.headline).toBe('Eight hours of rain.');
    expect(await outcomeOf(world, flow)).toBe('published');
  });

  test('is held while the publisher cannot be reached, and then published under the same id', async () => {
    const world = await startWorld();
    const flow = await closedHandoff(world, 'Eight hours of rain.');
    world.publisher.fail = new PublisherUnavailable('Down.');
    await expect(publish(world.runtime, flow)).rejects.toBeInstanceOf(PublishHeld);
    await expect(publish(world.runtime, flow)).rejects.toBeInstanceOf(PublishHeld);
    world.publisher.fail = undefined;
    await publish(world.runtime, flow);
    expect(new Set(world.publisher.calls.map(({ release }) => `${release.releaseId} ${release.sequence}`))).toEqual(
      new Set([`${flow.executionId} 1`]),
    );
    expect((await findContent(world.runtime, NAME))?.releases).toHaveLength(1);
    expect(await outcomeOf(world, flow)).toBe('published');
  });

  test('that two runs of Publish carry out at once is one release', async () => {
    const world = await startWorld();
    const flow = await closedHandoff(world, 'Eight hours of rain.');
    await Promise.all([publish(world.runtime, flow), publish(world.runtime, flow)]);
    await publish(world.runtime, flow);
    expect(new Set(world.publisher.calls.map(({ release }) => release.releaseId)).size).toBe(1);
    expect((await findContent(world.runtime, NAME))?.releases.map(({ standing }) => standing)).toEqual(['out']);
    expect(await releaseEvents(world, flow)).toHaveLength(1);
  });

  test.each([
    ['is refused by the publisher', 'Eight hours of rain.', 'ReleaseRefused'],
    ['is not there any more', 'erased', 'InvalidInput'],
  ])('that %s blocks, with the reason', async (_, headline, code) => {
    const world = await startWorld();
    const flow = await closedHandoff(world, headline);
    world.publisher.fail = new ReleaseRefused('No such channel.');
    await publish(world.runtime, flow);
    const { outcome, gates } = await readExecution(world.runtime, flow.executionId);
    expect(outcome).toBe('blocked');
    const codes = gates.flatMap(({ reasons }) => reasons.map((reason) => reason.code));
    expect(codes).toContain(code === 'InvalidInput' ? 'payload-erased' : code);
    expect(world.publisher.out.size).toBe(0);
  });

  test('blocks where the environment has no publisher', async () => {
    const world = await startWorld();
    const flow = await closedHandoff(world, 'Eight hours of rain.');
    const { publisher: _, ...without } = world.runtime;
    await publish(without as TestRuntime, flow);
    expect(await outcomeOf(world, flow)).toBe('blocked');
  });

  test('waits while the posture is critical', async () => {
    const world = await startWorld();
    const flow = await closedHandoff(world, 'Eight hours of rain.');
    await setPosture(world.runtime, NAME.skill, 'critical', 'ops');
    await expect(publish(world.runtime, flow)).rejects.toBeInstanceOf(PublishHeld);
    expect(world.publisher.calls).toEqual([]);
  });
});

describe('a rollback', () => {
  async function twoVersions(world: World) {
    const first = await closedHandoff(world, 'Eight hours of rain.', '1');
    await publish(world.runtime, first);
    const second = await closedHandoff(world, 'Nine hours of rain.', '2');
    await publish(world.runtime, second);
    expect(world.publisher.headline).toBe('Nine hours of rain.');
    return { first, second };
  }

  const rollBackTwo = ({ runtime }: World) =>
    changeLedger(runtime, NAME.skill, (ledger) => ({
      ...ledger,
      stables: ['1'],
      entries: ledger.entries.map((entry) =>
        entry.version === '2'
          ? moved(entry, 'retired', { at: runtime.clock.now(), by: 'system', because: 'It failed.', rolledBack: true })
          : entry,
      ),
    }));

  test('of the baseline puts the last approved version back, once, and both chains say so', async () => {
    const world = await startWorld();
    const { first, second } = await twoVersions(world);
    await rollBackTwo(world);
    const [skill] = world.runtime.skills;
    await restoreReleases(world.runtime, skill!);
    await restoreReleases(world.runtime, skill!);
    expect(world.publisher.headline).toBe('Eight hours of rain.');
    const again = world.publisher.calls.filter(({ how }) => how === 'republish').map(({ release }) => release);
    expect(again).toMatchObject([
      { restores: first.executionId, sequence: 3, digest: digestOf({ headline: 'Eight hours of rain.' }) },
    ]);
    const types = async (flow: { readonly executionId: string }) =>
      (await readExecution(world.runtime, flow.executionId)).pendingEvents.map(({ type }) => type);
    expect(await types(first)).toEqual(['content-republished.3']);
    expect(await types(second)).toEqual(['content-rolled-back.2']);
  });

  test('that the publisher does not take now is finished later', async () => {
    const world = await startWorld();
    await twoVersions(world);
    await rollBackTwo(world);
    const [skill] = world.runtime.skills;
    world.publisher.fail = new PublisherUnavailable('Down.');
    await restoreReleases(world.runtime, skill!);
    expect(world.publisher.headline).toBe('Nine hours of rain.');
    world.publisher.fail = undefined;
    await restoreReleases(world.runtime, skill!);
    expect(world.publisher.headline).toBe('Eight hours of rain.');
  });

  test('of an execution puts the version before it back', async () => {
    const world = await startWorld();
    const first = await closedHandoff(world, 'Eight hours of rain.');
    await publish(world.runtime, first);
    const second = await closedHandoff(world, 'Nine hours of rain.');
    // The publisher has taken it, and its answer is lost in a fault.
    world.publisher.fail = new TypeError('A fault.');
    await expect(publish(world.runtime, second)).rejects.toBeInstanceOf(TypeError);
    world.publisher.fail = undefined;
    await recover(world.runtime, { ...second, fault: { Error: 'TypeError', Cause: 'A fault.' } });
    expect(await outcomeOf(world, second)).toBe('rolled-back');
    expect(world.publisher.headline).toBe('Eight hours of rain.');
    expect(world.publisher.calls.at(-1)).toMatchObject({ how: 'republish', release: { restores: first.executionId } });
  });

  test('of the only version leaves nothing to put back, and publishes nothing else', async () => {
    const world = await startWorld();
    const only = await closedHandoff(world, 'Nine hours of rain.', '2');
    await publish(world.runtime, only);
    await rollBackTwo(world);
    const [skill] = world.runtime.skills;
    await restoreReleases(world.runtime, skill!);
    expect(world.publisher.calls.filter(({ how }) => how === 'republish')).toEqual([]);
    expect((await findContent(world.runtime, NAME))?.releases[0]?.standing).toBe('rolled-back');
  });
});
