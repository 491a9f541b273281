import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../../lib/core/digest.ts';
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
  type Withdrawal,
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
  readonly withdrawals: Withdrawal[] = [];
  readonly out = new Map<string, Release>();
  fail: Error | undefined;
  /** The content that it does not take down. */
  keeps: string | undefined;

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

  takeDown = async (withdrawal: Withdrawal): Promise<Receipt> => {
    this.withdrawals.push(withdrawal);
    if (this.fail !== undefined) throw this.fail;
    if (withdrawal.contentId === this.keeps) throw new ReleaseRefused('It stays.');
    const { releaseId, digest, sequence, channel, contentId } = withdrawal;
    if ((this.out.get(`${channel}/${contentId}`)?.sequence ?? 0) < sequence) this.out.delete(`${channel}/${contentId}`);
    const schema = 'countersign/release-receipt/1';
    const at = '2026-11-20T09:30:00.000Z';
    return { schema, releaseId, digest, sequence, target: 'memory', result: 'withdrawn', at };
  };

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
    const contentId = ticket.startsWith('Gloves') ? 'campaign-gloves' : NAME.contentId;
    return { contentId, channel: NAME.channel, notBefore, digest: digestOf(content), content };
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

  const typesOf = async ({ runtime }: World, { executionId }: { readonly executionId: string }) =>
    (await readExecution(runtime, executionId)).pendingEvents.map(({ type }) => type);

  test('of the only version takes it down, once, and its chain says so with the receipt', async () => {
    const world = await startWorld();
    const only = await closedHandoff(world, 'Nine hours of rain.', '2');
    await publish(world.runtime, only);
    await rollBackTwo(world);
    const [skill] = world.runtime.skills;
    await restoreReleases(world.runtime, skill!);
    await restoreReleases(world.runtime, skill!);
    expect(world.publisher.out.size).toBe(0);
    expect(world.publisher.calls.filter(({ how }) => how === 'republish')).toEqual([]);
    const digest = digestOf({ headline: 'Nine hours of rain.' });
    const releaseId = `${only.executionId}.withdrawn`;
    expect(world.publisher.withdrawals).toMatchObject([
      { kind: 'withdrawn', releaseId, withdraws: only.executionId, digest, sequence: 2 },
    ]);
    const content = await findContent(world.runtime, NAME);
    expect(content?.releases.map(({ standing }) => standing)).toEqual(['rolled-back', 'out']);
    const { pendingEvents } = await readExecution(world.runtime, only.executionId);
    expect(pendingEvents).toMatchObject([
      { type: 'content-rolled-back.1', data: { withdrawal: releaseId } },
      { type: 'content-withdrawn.2', data: { withdraws: only.executionId, digest, result: 'withdrawn' } },
    ]);
    const receipt = pendingEvents[1]?.data.receipt as Digest;
    expect(await world.runtime.artifacts.get(receipt)).toMatchObject({ releaseId, result: 'withdrawn' });
  });

  test('that the publisher does not take down now is finished later, also when it had refused before', async () => {
    const world = await startWorld();
    const only = await closedHandoff(world, 'Nine hours of rain.', '2');
    await publish(world.runtime, only);
    await rollBackTwo(world);
    const [skill] = world.runtime.skills;
    for (const fail of [new PublisherUnavailable('Down.'), new ReleaseRefused('Not now.')]) {
      world.publisher.fail = fail;
      await restoreReleases(world.runtime, skill!);
      expect(world.publisher.headline).toBe('Nine hours of rain.');
      expect(await typesOf(world, only)).toEqual(['content-rolled-back.1']);
    }
    world.publisher.fail = undefined;
    await restoreReleases(world.runtime, skill!);
    expect(world.publisher.out.size).toBe(0);
    expect(new Set(world.publisher.withdrawals.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(await typesOf(world, only)).toEqual(['content-rolled-back.1', 'content-withdrawn.2']);
  });

  test('takes the rest down where the publisher refuses one', async () => {
    const world = await startWorld();
    await publish(world.runtime, await closedHandoff(world, 'Nine hours of rain.', '2'));
    await publish(world.runtime, await closedHandoff(world, 'Gloves for all of it.', '2'));
    expect(world.publisher.out.size).toBe(2);
    await rollBackTwo(world);
    const [skill] = world.runtime.skills;
    for (const keeps of [NAME.contentId, 'campaign-gloves']) {
      world.publisher.keeps = keeps;
      await restoreReleases(world.runtime, skill!);
    }
    expect(world.publisher.out.size).toBe(0);
  });

  test('takes down what was put back, when that is rolled back as well, and a new release follows', async () => {
    const world = await startWorld();
    const { first } = await twoVersions(world);
    await rollBackTwo(world);
    const [skill] = world.runtime.skills;
    await restoreReleases(world.runtime, skill!);
    expect(world.publisher.headline).toBe('Eight hours of rain.');
    await changeLedger(world.runtime, NAME.skill, (ledger) => ({
      ...ledger,
      stables: [],
      entries: ledger.entries.map((entry) =>
        entry.version === '1'
          ? moved(entry, 'retired', { at: '2026-11-20T10:00:00.000Z', by: 'ops', because: 'Bad.', rolledBack: true })
          : entry,
      ),
    }));
    await restoreReleases(world.runtime, skill!);
    expect(world.publisher.out.size).toBe(0);
    expect(world.publisher.withdrawals).toMatchObject([{ sequence: 4, executionId: first.executionId }]);
    await restoreReleases(world.runtime, skill!);
    expect(world.publisher.withdrawals).toHaveLength(1);
  });

  test('of an execution whose content was erased meanwhile still takes it down', async () => {
    const world = await startWorld();
    const only = await closedHandoff(world, 'Nine hours of rain.');
    // The publisher has taken it, and its answer is lost in a fault.
    world.publisher.fail = new TypeError('A fault.');
    await expect(publish(world.runtime, only)).rejects.toBeInstanceOf(TypeError);
    world.publisher.out.set('website/campaign-coat', world.publisher.calls[0]!.release);
    world.publisher.fail = undefined;
    const { request } = await readExecution(world.runtime, only.executionId);
    await world.runtime.artifacts.erase(request, await world.runtime.artifacts.put({ record: 'of the erasure' }));
    await recover(world.runtime, { ...only, fault: { Error: 'TypeError', Cause: 'A fault.' } });
    expect(await outcomeOf(world, only)).toBe('rolled-back');
    expect(world.publisher.out.size).toBe(0);
    const types = await typesOf(world, only);
    expect(types.filter((type) => type.startsWith('content-'))).toEqual([
      'content-rolled-back.1',
      'content-withdrawn.2',
    ]);
  });
});
