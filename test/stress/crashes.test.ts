import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { linkIn } from '../../lib/local/person.ts';
import { requesterOf, requestOf, SKILL } from '../e2e/support/example-requests.ts';
import { addressOf } from '../e2e/support/mails.ts';
import { runsSlowTests } from '../support/slow.ts';
import { CarriedExecution, type Story } from './support/carry-through.ts';
import { deep, printFigures, randomFrom, sample, seed } from './support/counts.ts';
import { LightHost } from './support/light-host.ts';
import { expectOneDecisionPerSeat, type Traces, tracesOf } from './support/soundness.ts';

const host = new LightHost(inject('templateFile'));
const began = performance.now();
const figures = { cases: 0, kills: 0 };

const example = (number: string, answers: Story['answers']): Story => ({
  skill: SKILL,
  requester: requesterOf(number),
  request: requestOf(number),
  answers,
});

const panel = (people: readonly string[], answers: Story['answers'], required = people.length): Story => ({
  skill: 'u99990',
  requester: 'ana.ruiz',
  request: { input: { account: 'acc-aurelia', required, panel: people, businessMinutes: 60 } },
  answers,
});

/** What happens, and how it must end. */
const STORIES: readonly (readonly [string, Story, string])[] = [
  ['an automatic approval', example('01', {}), 'published'],
  [
    'two stages, one after the other',
    example('02', { 'javier.moreno': 'approve', 'lucia.ortega': 'approve', 'anil.deshpande': 'approve' }),
    'published',
  ],
  ['a missed deadline that escalates', example('09', { 'marcus.oyelaran': 'approve' }), 'published'],
  ['silence until it expires', panel(['javier.moreno', 'lucia.ortega'], {}), 'expired'],
  [
    'a rejection in a panel',
    panel(['javier.moreno', 'lucia.ortega'], { 'javier.moreno': 'approve', 'lucia.ortega': 'reject' }),
    'rejected',
  ],
];

beforeAll(async () => {
  await host.start();
});
afterAll(async () => {
  await host.close();
  printFigures('kill -9', figures, began);
});

/**
 * At least one mail for everybody who decided or missed the deadline, and one of the outcome. A seat that others made
 * needless may never have been asked.
 */
function expectMails(executionId: string, { packet }: Traces): void {
  const mails = host.mails.of(executionId);
  const asked = packet.stages
    .flatMap(({ levels }) => levels.flatMap(({ seats }) => seats))
    .filter(({ standing }) => standing === 'decided' || standing === 'missed')
    .map(({ approver }) => approver);
  for (const approver of asked) {
    const links = mails.filter(({ to }) => to === addressOf(approver)).filter((mail) => linkIn(mail));
    expect(links.length, `mails to ${approver}`).toBeGreaterThanOrEqual(1);
  }
  const outcome = mails.filter((mail) => mail.headers?.['Message-ID']?.startsWith(`<${executionId}.outcome@`));
  expect(outcome.length, 'mails of the outcome').toBeGreaterThanOrEqual(1);
}

async function run(story: Story, manner: 'repeat' | 'patient', killAt: number, nextKills: readonly number[] = []) {
  const key = randomUUID();
  const from = await host.client.now();
  const carried = new CarriedExecution(host, story, manner, key, nextKills);
  await host.arm(killAt);
  const executionId = await carried.post();
  const view = await carried.carry(executionId);
  const moments = await host.disarm();
  if (!host.alive) {
    await host.start();
    carried.deaths += 1;
  }
  // Whoever asks once more gets the same execution, and there is no other.
  expect(await host.client.start(story.skill, story.requester, story.request, key)).toBe(executionId);
  expect(await carried.startedSince(from)).toEqual([executionId]);
  figures.cases += 1;
  figures.kills += carried.deaths;
  return { executionId, view, moments, deaths: carried.deaths };
}

/** Between these something is promised and not kept yet: most kills of a short run fall there. */
const SHARP = /SendTaskSuccess|StartExecution|mail|new EXECUTION|change of STAGE/;

/** Every moment and some beyond the last for the full count; else a few, most of them sharp ones. */
function placesToKill(moments: readonly string[], random: () => number): readonly number[] {
  if (deep) return sample(moments.length + 4, moments.length + 4, random);
  const sharp = moments.flatMap((name, index) => (SHARP.test(name) ? [index + 1] : []));
  const chosen = sample(sharp.length, 2, random).map((number) => sharp[number - 1] ?? 1);
  return [...new Set([...chosen, ...sample(moments.length, 1, random)])];
}

/** A developer's machine kills during the first story; CI and `npm run test:deep` during all. */
const told = runsSlowTests ? STORIES : STORIES.slice(0, 1);

describe.each(told)('kill -9 during %s', (_what, story, outcome) => {
  let undisturbed: Traces;
  let moments: readonly string[];

  beforeAll(async () => {
    const finished = await run(story, 'repeat', Number.POSITIVE_INFINITY);
    expect(finished.view.outcome).toBe(outcome);
    await host.client.skipTime(60);
    undisturbed = await tracesOf(host, finished.executionId);
    moments = finished.moments;
  });

  test('loses nothing, doubles nothing, leaves nothing stuck', async () => {
    const random = randomFrom(seed);
    for (const killAt of placesToKill(moments, random)) {
      const manner = random() < 0.5 ? 'repeat' : 'patient';
      const again = random() < 0.3 ? [1 + Math.floor(random() * 12)] : [];
      const where = `killed ${moments[killAt - 1]} (${killAt} of ${moments.length}), then at ${again}, ${manner}`;
      try {
        const { executionId, view } = await run(story, manner, killAt, again);
        await host.client.skipTime(300);
        const traces = await tracesOf(host, executionId);
        expect(view.outcome).toBe(outcome);
        expect(traces.visited).toEqual(undisturbed.visited);
        expect(traces.events).toEqual(undisturbed.events);
        expectOneDecisionPerSeat(traces);
        expectMails(executionId, traces);
      } catch (error) {
        throw new Error(where, { cause: error });
      }
    }
  }, 3_600_000);
});

test('in the end nobody is owed anything', async () => {
  await host.kill();
  await host.start();
  // Beyond every lease and grace; the round after that has nothing left to do.
  await host.client.skipTime(3600);
  await host.client.skipTime(60);
  expect(host.log().findLast(({ event }) => event === 'swept')).toMatchObject({
    open: 0,
    mails: 0,
    signals: 0,
    abandoned: 0,
    started: 0,
    settled: 0,
    reconciled: 0,
    reaped: 0,
    stuck: 0,
    failures: 0,
  });
  expect(host.complaints).toBe('');
});
