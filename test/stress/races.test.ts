import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type LevelResult, levelResult, type SeatVote } from '../../lib/core/approval/level-result.ts';
import { epochMilliseconds } from '../../lib/core/instant.ts';
import type { ExecutionView } from '../../lib/local/api-client.ts';
import { type OpenPage, openLink, sendForm } from '../../lib/local/person.ts';
import { untilEnded } from '../e2e/support/flow.ts';
import { count, printFigures, randomFrom, seed } from './support/counts.ts';
import { LightHost } from './support/light-host.ts';
import { askPanel, newestLink, PANEL } from './support/panel.ts';
import { expectOneDecisionPerSeat, type Traces, tracesOf } from './support/soundness.ts';

const host = new LightHost(inject('templateFile'));
const began = performance.now();
const figures = { links: 0, posts: 0, lastVotes: 0, timeouts: 0, decisionsThatWon: 0, timeoutsThatWon: 0 };
const random = randomFrom(seed);
const RACES = count(3, 200);

const CHOICES = ['approve', 'reject', 'request-changes'] as const;

const OUTCOMES: Readonly<Record<LevelResult, ExecutionView['outcome']>> = {
  open: undefined,
  approved: 'published',
  rejected: 'rejected',
  'changes-requested': 'changes-requested',
  expired: 'expired',
};

beforeAll(async () => {
  await host.start();
});
afterAll(async () => {
  expect(host.complaints).toBe('');
  await host.close();
  printFigures('races', figures, began);
});

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** Lets some turns of the event loop and some requests go by, so that every race starts another way. */
async function linger(most = 3): Promise<void> {
  for (let turns = Math.floor(random() * 20); turns > 0; turns -= 1)
    await new Promise((resolve) => setImmediate(resolve));
  for (let calls = Math.floor(random() * most); calls > 0; calls -= 1) await host.client.now();
}

/** The votes of the panel as the evidence shows them. */
function votesOf({ packet }: Traces): SeatVote[] {
  return (packet.stages[0]?.levels[0]?.seats ?? []).map(({ decision, standing }) => {
    if (decision !== undefined) return decision.action as SeatVote;
    return standing === 'missed' ? 'timeout' : 'open';
  });
}

/** One effect per stage: settled once, published at most once, ended once. */
function expectOneEffect({ events, visited, packet }: Traces): void {
  expect(events['stage-settled']).toBe(1);
  expect(events['level-settled']).toBe(1);
  expect(events['execution-concluded']).toBe(1);
  expect(visited.filter((state) => state === 'Publish')).toHaveLength(packet.record.outcome === 'published' ? 1 : 0);
}

test(`fifty posts at once on one link: one decision`, async () => {
  for (let race = 0; race < RACES; race += 1) {
    const executionId = await askPanel(host, 1, 1);
    const link = await newestLink(host, executionId, PANEL[0]);
    // As many open forms as a link has room for; each is posted several times.
    const pages: OpenPage[] = [];
    for (let page = 0; page < 1 + (race % 8); page += 1) pages.push(await openLink(link));
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const page = pages[index % pages.length] as OpenPage;
        const choice = pick(CHOICES);
        const comment = `Post ${index}`;
        await linger();
        return { ...(await sendForm(page, { choice, comment })), choice, comment };
      }),
    );
    const taken = answers.filter(({ status }) => status === 200);
    expect(taken).toHaveLength(1);
    for (const { status } of answers) expect([200, 403, 409, 503]).toContain(status);
    await untilEnded(host.client, executionId);
    const traces = await tracesOf(host, executionId);
    expectOneDecisionPerSeat(traces);
    expectOneEffect(traces);
    const decision = traces.packet.stages[0]?.levels[0]?.seats[0]?.decision;
    expect(decision).toMatchObject({ action: taken[0]?.choice, comment: taken[0]?.comment });
    figures.links += 1;
    figures.posts += answers.length;
  }
}, 3_600_000);

test('two approvers race for the last vote: one effect', async () => {
  for (let race = 0; race < RACES; race += 1) {
    // One of three has approved, two are enough: either of the others can settle it.
    const executionId = await askPanel(host, 3, 2);
    const pages = await Promise.all(
      PANEL.slice(0, 3).map(async (person) => openLink(await newestLink(host, executionId, person))),
    );
    const [first, second, third] = pages as [OpenPage, OpenPage, OpenPage];
    expect((await sendForm(first, { choice: 'approve' })).status).toBe(200);
    const answers = await Promise.all(
      [second, third].map(async (page) => {
        const choice = pick(CHOICES);
        await linger();
        return { ...(await sendForm(page, { choice, comment: 'Racing.' })), choice };
      }),
    );
    const view = await host.client.until(
      executionId,
      ({ outcome, waitingFor }) => outcome !== undefined || waitingFor !== undefined,
      'decided',
    );
    const ended = view.outcome === undefined ? await untilEnded(host.client, executionId) : view;
    const traces = await tracesOf(host, executionId);
    expectOneDecisionPerSeat(traces);
    expectOneEffect(traces);
    const votes = votesOf(traces);
    expect(ended.outcome).toBe(OUTCOMES[levelResult(2, votes)]);
    // Whoever was told that it is recorded is on record, and nobody else.
    for (const [index, { status, choice }] of answers.entries()) {
      expect([200, 409]).toContain(status);
      expect(votes[index + 1]).toBe(status === 200 ? choice : 'open');
    }
    figures.lastVotes += 1;
  }
}, 3_600_000);

describe('a decision races its timeout', () => {
  test('a recorded decision wins, and a timeout never approves', async () => {
    for (let race = 0; race < RACES; race += 1) {
      const executionId = await askPanel(host, 1, 1);
      const page = await openLink(await newestLink(host, executionId, PANEL[0]));
      const { waitingFor } = await host.client.execution(executionId);
      const left = epochMilliseconds(waitingFor?.deadlineAt ?? '') - epochMilliseconds(await host.client.now());
      const post = async (): Promise<number> => {
        await linger();
        return (await sendForm(page, { choice: 'approve' })).status;
      };
      const expire = async (): Promise<void> => {
        // A post has further to go than a skip of time, so it gets a start in many of the races.
        await linger(24);
        await host.client.skipTime(Math.ceil(left / 1000));
      };
      const [status] = await Promise.all([post(), expire()]);
      const ended = await untilEnded(host.client, executionId);
      const traces = await tracesOf(host, executionId);
      expectOneDecisionPerSeat(traces);
      expectOneEffect(traces);
      expect([200, 409]).toContain(status);
      expect(votesOf(traces)).toEqual([status === 200 ? 'approve' : 'timeout']);
      expect(ended.outcome).toBe(status === 200 ? 'published' : 'expired');
      figures.timeouts += 1;
      figures[status === 200 ? 'decisionsThatWon' : 'timeoutsThatWon'] += 1;
    }
  }, 3_600_000);
});
