import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { traceExecution, viewExecution } from '../../../lib/platform/api/execution-view.ts';
import { listExecutions } from '../../../lib/platform/api/list-executions.ts';
import { openApiDocument } from '../../../lib/platform/api/openapi.ts';
import { withdrawExecution } from '../../../lib/platform/api/withdraw.ts';
import { approvalRecords } from '../../../lib/platform/approvals/records.ts';
import { readStages } from '../../../lib/platform/approvals/stage-store.ts';
import { readChain } from '../../../lib/platform/audit/chain.ts';
import { importDirectory } from '../../../lib/platform/configuration/directory-store.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { startTable } from '../../support/dynamodb.ts';
import { ask, compute, started, startSystem } from '../../unit/executions/system.ts';
import { tinySkill } from '../../unit/executions/tiny-skill.ts';
import {
  Browser,
  endWorlds,
  enterStage,
  level,
  nonceOf,
  plan,
  sampleDirectory,
  says,
  stageOf,
  startWorld,
  withPerson,
} from '../approvals/world.ts';
import { everyItem, formsOf, openScene, type Scene, textsIn } from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(endWorlds);

/** Everything of the desk that must stay on the server: secrets, their digests, names of links, the token. */
async function serverSide(): Promise<readonly string[]> {
  const digests = (await everyItem(scene.world)).flatMap(textsIn).filter((text) => /^[0-9a-f]{64}$/.test(text));
  const linkIds = Object.values(scene.addresses).map((address) => address.split('.')[0] ?? '');
  return [...scene.secrets.flatMap(formsOf), ...digests, ...linkIds, scene.taskToken];
}

describe('a requester or an operator at the API', () => {
  it.each(['view', 'trace', 'list', 'evidence'])('reads no token, secret, link or digest of one: %s', async (what) => {
    const { runtime, executionId } = scene.world;
    const answer = {
      view: () => viewExecution(runtime, executionId),
      trace: () => traceExecution(runtime, executionId),
      list: () => listExecutions(runtime, {}),
      evidence: () => assembleEvidence(runtime, executionId),
    }[what];
    const text = JSON.stringify(await answer?.());
    expect(text).toContain(executionId);
    const kept = await serverSide();
    expect(kept.length).toBeGreaterThan(20);
    for (const secret of kept) expect(text.includes(secret)).toBe(false);
    expect(text).not.toMatch(/taskToken|secretHash|nonceHash|cookieHash|liveLinks|"codes"/);
  });

  it('sees who is asked and by when', async () => {
    const view = await viewExecution(scene.world.runtime, scene.world.executionId);
    expect(view.waitingFor?.levels.flatMap(({ seats }) => seats.map(({ approver }) => approver))).toEqual([
      'ada',
      'bob',
      'cleo',
    ]);
  });

  it('finds no operation that decides without an approval link’s secret', () => {
    const document = openApiDocument(scene.world.runtime.skills, 'http://127.0.0.1:8080');
    const writes = Object.entries(document.paths ?? {}).flatMap(([path, item]) => {
      const post = (item as { post?: { operationId?: string } } | undefined)?.post;
      return post === undefined ? [] : [{ path, operation: post.operationId ?? '', text: JSON.stringify(post) }];
    });
    expect(writes.length).toBeGreaterThan(2);
    const deciding = writes.filter(
      ({ path, operation, text }) =>
        /approv|decide|decision|seat|vote/i.test(`${path} ${operation}`) || text.includes('"choice"'),
    );
    // A handoff is answered by a link's secret as well, or by whoever its contract gives a part to, which is asked at each event.
    expect(deciding.map(({ path }) => path)).toEqual([
      '/approvals/{link}',
      '/handoffs/{link}',
      '/executions/{executionId}/handoff/events',
    ]);
  });

  it('withdraws only what they asked for themselves', async () => {
    const { runtime, executionId } = scene.world;
    await expect(withdrawExecution(runtime, executionId, 'bob')).rejects.toMatchObject({ code: 'Forbidden' });
    await expect(withdrawExecution(runtime, executionId, 'olga')).rejects.toMatchObject({ code: 'Forbidden' });
    expect((await stageOf(scene.world)).outcome).toBe('open');
  });
});

describe('a requester', () => {
  it('is mailed no link', () => {
    expect(scene.world.runtime.mail.to('rita@example.com').filter(({ text }) => text.includes('/approvals/'))).toEqual(
      [],
    );
  });

  it('is asked nothing about their own request, even where a plan or the record’s ownership names them', async () => {
    for (const world of [
      await startWorld(plan([level('manager', ['rita'])])),
      await startWorld(plan([level('manager', ['dan'])]), { owner: 'dan' }),
    ]) {
      await enterStage(world);
      expect(world.runtime.mail.sent).toEqual([]);
      const chain = await readChain(world.runtime, world.executionId);
      expect(chain.filter(({ type }) => type === 'mail-not-sent')).toHaveLength(1);
    }
  });
});

describe('an approver', () => {
  it('decides at their own seat only, and no more once they have left the company', async () => {
    const { world, addresses, browsers } = await openScene();
    const nonce = nonceOf(await browsers.bob.get(addresses.bob));
    await importDirectory(world.runtime, withPerson(sampleDirectory(), 'bob', { employedUntil: '2026-11-19' }));
    const refused = await browsers.bob.post(addresses.bob, { nonce, choice: 'approve', comment: '' });
    expect([refused.status, says(refused, 'You may not decide this request')]).toEqual([409, true]);
    expect(approvalRecords([await stageOf(world)])).toEqual([]);
  });

  it('reads the terms and the decisions of their level, and no address of anybody', async () => {
    const page = await scene.browsers.bob.get(scene.addresses.bob);
    expect([says(page, '31.25 %'), says(page, 'Cleo Tester'), says(page, '@example.com')]).toEqual([true, true, false]);
  });
});

describe('somebody with the link but not the mailbox', () => {
  it('decides where the link is all that is asked for, and nowhere else', async () => {
    const { world, addresses, code } = await openScene();
    const thief = new Browser(world);
    const nonce = nonceOf(await thief.get(addresses.ada));
    const asked = await thief.post(addresses.ada, { nonce, choice: 'approve', comment: '' });
    expect(says(asked, code)).toBe(false);
    const guess = await thief.post(addresses.ada, { nonce: nonceOf(asked), choice: 'approve', comment: '', code });
    expect(guess.status).toBe(403);
    expect((await thief.decide(addresses.bob, 'approve')).status).toBe(200);
    expect(approvalRecords([await stageOf(world)]).map(({ seatId, assurance }) => [seatId, assurance])).toEqual([
      ['manager.1', 'link'],
    ]);
  });
});

describe('somebody with the mailbox', () => {
  it('is the approver as far as the desk can tell: link and code both come there', async () => {
    const { world, addresses, browsers, code } = await openScene();
    const page = await browsers.ada.post(addresses.ada, {
      nonce: nonceOf(await browsers.ada.get(addresses.ada)),
      choice: 'approve',
      comment: '',
    });
    const done = await browsers.ada.post(addresses.ada, { nonce: nonceOf(page), choice: 'approve', comment: '', code });
    expect(done.status).toBe(200);
    expect(approvalRecords([await stageOf(world)])).toMatchObject([{ approver: 'ada', assurance: 'mail-code' }]);
  });
});

test('somebody who may signal the state machine with the token cannot publish: Publish counts the decisions anew', async () => {
  const database = await startTable();
  const skill = tinySkill();
  const runtime = await startSystem(database.table, skill);
  const executionId = await started(runtime, ask(skill, 1_000));
  const flow = await compute(runtime, executionId);
  await publish(runtime, { ...flow, verdict: 'approved' });
  const record = await readExecution(runtime, executionId);
  expect(record.outcome).toBe('blocked');
  expect(record.gates.flatMap(({ reasons }) => reasons.map(({ code }) => code))).toContain('ApprovalsMissing');
  expect(approvalRecords(await readStages(runtime, executionId))).toEqual([]);
  await database.close();
});
