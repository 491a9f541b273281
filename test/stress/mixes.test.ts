import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openLink, sendForm } from '../../lib/local/person.ts';
import { skipBeyond, untilEnded } from '../e2e/support/flow.ts';
import { count, printFigures, randomFrom, sample, seed } from './support/counts.ts';
import { LightHost } from './support/light-host.ts';
import { askPanel, newestLink, PANEL } from './support/panel.ts';
import { expectOneDecisionPerSeat, tracesOf } from './support/soundness.ts';

const host = new LightHost(inject('templateFile'));
const began = performance.now();
const figures: Record<string, number> = { mixes: 0 };

const VOTES = ['approve', 'reject', 'request-changes', 'timeout'] as const;
type Vote = (typeof VOTES)[number];

interface Mix {
  readonly required: number;
  readonly votes: readonly Vote[];
}

function votesOf(seats: number): readonly (readonly Vote[])[] {
  return seats === 0 ? [[]] : votesOf(seats - 1).flatMap((votes) => VOTES.map((vote) => [...votes, vote]));
}

/** Every mix of two and three seats under every quorum. */
const MIXES: readonly Mix[] = [2, 3].flatMap((seats) =>
  votesOf(seats).flatMap((votes) => votes.map((_, index) => ({ required: index + 1, votes }))),
);

/** The written table in other words: approved when enough approve; else by the strongest word against it. */
function expected({ required, votes }: Mix): string {
  if (votes.filter((vote) => vote === 'approve').length >= required) return 'published';
  // Voting stops as soon as the level is out of reach, so later words are not heard.
  const heard: Vote[] = [];
  for (const vote of votes.filter((one) => one !== 'timeout')) {
    const against = heard.filter((one) => one !== 'approve').length;
    if (votes.length - against < required) break;
    heard.push(vote);
  }
  if (heard.includes('reject')) return 'rejected';
  return heard.includes('request-changes') ? 'changes-requested' : 'expired';
}

beforeAll(async () => {
  await host.start();
});
afterAll(async () => {
  expect(host.complaints).toBe('');
  await host.close();
  printFigures('mixes of votes', figures, began);
});

/** Plays one mix up to the point where only silence is left. */
async function play({ required, votes }: Mix): Promise<string> {
  const executionId = await askPanel(host, votes.length, required);
  for (const [index, vote] of votes.entries()) {
    if (vote === 'timeout') continue;
    const page = await openLink(await newestLink(host, executionId, PANEL[index] ?? ''));
    // The level may be settled already; then there is no form any more.
    if (page.nonce === undefined) continue;
    expect((await sendForm(page, { choice: vote, comment: `My ${vote}.` })).status).toBe(200);
  }
  return executionId;
}

test('the outcome is that of the written table, through mail, pages and deadlines', async () => {
  const numbers = sample(MIXES.length, count(8, MIXES.length), randomFrom(seed));
  const mixes = numbers.map((number) => MIXES[number - 1] as Mix);
  // Many at a time: one skip of time then ends all that silence is left of.
  for (let from = 0; from < mixes.length; from += 16) {
    const batch = mixes.slice(from, from + 16);
    const played: { mix: Mix; executionId: string }[] = [];
    for (const mix of batch) played.push({ mix, executionId: await play(mix) });
    const views = await Promise.all(played.map(({ executionId }) => host.client.execution(executionId)));
    for (const { waitingFor } of views)
      if (waitingFor !== undefined) await skipBeyond(host.client, waitingFor.deadlineAt);
    for (const { mix, executionId } of played) {
      const { outcome } = await untilEnded(host.client, executionId);
      expect(outcome, `${mix.required} of ${mix.votes.join(', ')}`).toBe(expected(mix));
      expectOneDecisionPerSeat(await tracesOf(host, executionId));
      figures.mixes = (figures.mixes ?? 0) + 1;
      figures[outcome ?? 'none'] = (figures[outcome ?? 'none'] ?? 0) + 1;
    }
  }
}, 3_600_000);
