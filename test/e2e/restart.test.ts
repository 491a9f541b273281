import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { ApiClient, type ExecutionView } from '../../lib/local/api-client.ts';
import { type OpenPage, openLink, sendForm } from '../../lib/local/person.ts';
import { executionAccepted, executionList, executionTrace } from '../../lib/platform/contracts/api.ts';
import { verifyEvidence } from '../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../lib/platform/executions/engine-versions.ts';
import { runsSlowTests } from '../support/slow.ts';
import { whenOver } from './services/processes.ts';
import { type Answer, call } from './support/call.ts';
import { childrenOf } from './support/child-processes.ts';
import { requesterOf, requestOf, SKILL } from './support/example-requests.ts';
import { startWaiting, untilEnded, untilWaiting } from './support/flow.ts';
import { linkTo } from './support/mails.ts';
import { type SpawnedSystem, spawnSystem } from './support/spawned-system.ts';

const directory = mkdtempSync(join(tmpdir(), 'countersign-restart-'));
let system: SpawnedSystem;
let api: ApiClient;

async function start(): Promise<void> {
  system = await spawnSystem(directory);
  api = new ApiClient(system.api);
}

/** Ends the system as a power cut would, and waits until nothing of it is left. */
async function crash(): Promise<void> {
  const { pid = 0 } = system.process;
  const children = childrenOf(pid);
  expect(await system.stop('SIGKILL')).toBe('SIGKILL');
  await Promise.all([pid, ...children].map(whenOver));
}

async function expectSoundEvidence(executionId: string): Promise<void> {
  const report = await verifyEvidence(await api.evidence(executionId), { skills, versions: engineVersions });
  expect(report.firstFailure).toBeUndefined();
}

/** An execution that waits for people, and the page of its link as somebody left it open. */
let waiting: { executionId: string; view: ExecutionView; page: OpenPage };

beforeAll(async () => {
  await start();
  const executionId = await startWaiting(api, '02');
  const page = await openLink(await linkTo(system.inbox, executionId, 'javier.moreno'));
  // Time that was skipped stays skipped.
  await api.skipTime(3600);
  waiting = { executionId, view: await api.execution(executionId), page };
});
afterAll(async () => {
  await system?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(!runsSlowTests)('after kill -9 and a start on the same directory', () => {
  const moments = [
    ['as soon as the first answers are there', 1, 4],
    ['when most answers are there', 5, 10],
  ] as const;
  test.each(moments)('no post is lost or doubled, killed %s', async (_when, fewest, most) => {
    const from = await api.now();
    const { api: at, inbox, flags, states } = system;
    const keys = Array.from({ length: 10 }, () => randomUUID());
    const post = (key: string): Promise<Answer> =>
      call(system.api, 'POST', `/skills/${SKILL}/executions`, {
        caller: requesterOf('01'),
        body: requestOf('01'),
        headers: { 'Idempotency-Key': key },
      });
    const answered = new Map<string, string>();
    const enough = randomInt(fewest, most);
    await new Promise<void>((resolve) => {
      const taken = keys.map(async (key) => {
        const answer = await post(key).catch(() => undefined);
        if (answer?.status === 202) answered.set(key, executionAccepted.parse(answer.json).executionId);
        if (answered.size >= enough) resolve();
      });
      Promise.all(taken).then(() => resolve());
    });
    await crash();
    const promised = new Map(answered);
    expect(promised.size).toBeGreaterThanOrEqual(enough);
    await start();
    expect(system).toMatchObject({ api: at, inbox, flags, states });
    expect((await api.now()) > from).toBe(true);

    // Whoever got no answer asks again, and so does whoever got one.
    const ids = await Promise.all(keys.map(async (key) => executionAccepted.parse((await post(key)).json).executionId));
    expect(new Set(ids).size).toBe(keys.length);
    for (const [index, key] of keys.entries()) if (promised.has(key)) expect(ids[index]).toBe(promised.get(key));
    for (const id of ids) {
      expect((await untilEnded(api, id)).outcome).toBe('published');
      const answer = await call(system.api, 'GET', `/executions/${id}/trace`, { caller: 'auditor' });
      const types = executionTrace.parse(answer.json).steps.map(({ type }) => type);
      for (const once of ['execution-accepted', 'execution-concluded'])
        expect(
          types.filter((type) => type === once),
          `${id} ${once}`,
        ).toHaveLength(1);
      await expectSoundEvidence(id);
    }
    const listed = await call(system.api, 'GET', `/executions?from=${from}&limit=100`, { caller: 'auditor' });
    const found = executionList.parse(listed.json).executions.map(({ executionId }) => executionId);
    expect(found.sort()).toEqual([...ids].sort());
  });

  test('what waited goes on: deadline, link, and the form that was open in a browser all the while', async () => {
    expect((await api.execution(waiting.executionId)).waitingFor).toEqual(waiting.view.waitingFor);
    const answer = await sendForm(waiting.page, { choice: 'approve', comment: 'After the crash.' });
    expect(answer.status).toBe(200);
    await untilWaiting(api, waiting.executionId, 2);
    const second = await openLink(await linkTo(system.inbox, waiting.executionId, 'lucia.ortega'));
    expect((await sendForm(second, { choice: 'approve' })).status).toBe(200);
    const view = await untilEnded(api, waiting.executionId);
    expect(view.outcome).toBe('published');
    expect(view.outputs?.execution_scorecard.measures).toMatchObject({ levels: 2, decisions: 2 });
    expect((await openLink(waiting.page.url)).html).toContain('After the crash.');
    await expectSoundEvidence(waiting.executionId);
  });
});
