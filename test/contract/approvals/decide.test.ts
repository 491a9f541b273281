import { afterAll, describe, expect, it } from 'vitest';
import { decide } from '../../../lib/platform/approvals/decide.ts';
import { openLink } from '../../../lib/platform/approvals/link.ts';
import { approvalRecords, waitingFor } from '../../../lib/platform/approvals/records.ts';
import { readStages } from '../../../lib/platform/approvals/stage-store.ts';
import { withdrawStages } from '../../../lib/platform/approvals/withdraw.ts';
import { readChain, verifyChain } from '../../../lib/platform/audit/chain.ts';
import { importDirectory } from '../../../lib/platform/configuration/directory-store.ts';
import { changeExecution, readExecution } from '../../../lib/platform/executions/execution-store.ts';
import {
  Browser,
  endWorlds,
  enterStage,
  level,
  linkOf,
  nonceOf,
  plan,
  sampleDirectory,
  says,
  stageOf,
  startWorld,
  type World,
  withPerson,
} from './world.ts';

afterAll(endWorlds);

/** A stage that was planned while Ada had delegated to Dan, until an instant. */
async function delegatedUntil(end: string): Promise<World> {
  const directory = sampleDirectory((one) => ({
    ...one,
    delegations: [
      {
        id: 'holiday',
        from: 'ada',
        to: 'dan',
        start: '2026-11-16T00:00:00.000Z',
        end,
        createdBy: 'ada',
        createdAt: '2026-11-10T00:00:00.000Z',
        reason: '',
      },
    ],
  }));
  const seats = [{ seatId: 'manager.1', principal: 'ada', approver: 'dan', delegations: ['holiday'] }];
  const world = await startWorld(plan([level('manager', ['ada'], { seats })]), { directory });
  await enterStage(world);
  return world;
}

describe('deciding by link', () => {
  it('records one decision, signals once, and tells honestly what is recorded', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const token = await enterStage(world);
    const { runtime, executionId } = world;
    expect((await readExecution(runtime, executionId)).status).toBe('waiting');
    const browser = new Browser(world);
    const address = linkOf(world, 'ada');
    const page = await browser.get(address);
    expect(page.status).toBe(200);
    expect(says(page, 'Northwind Traders')).toBe(true);
    expect(/<input[^>]* checked/.test(page.body)).toBe(false);
    const answer = await browser.post(address, { nonce: nonceOf(page), choice: 'approve', comment: 'Fine by me.' });
    expect(answer.status).toBe(200);
    expect(says(answer, 'You approved.')).toBe(true);
    expect(runtime.states.signals).toEqual([
      { taskToken: token, flow: { executionId, skill: 'sample', verdict: 'approved' } },
    ]);
    const stage = await stageOf(world);
    expect(stage).toMatchObject({ outcome: 'approved', signal: 'accepted' });
    expect(stage.taskToken).toBeUndefined();
    expect((await readExecution(runtime, executionId)).status).toBe('running');
    expect(says(await browser.get(address), 'Already recorded')).toBe(true);
    expect(approvalRecords([stage])).toEqual([
      {
        stage: 1,
        round: 1,
        levelId: 'manager',
        seatId: 'manager.1',
        principal: 'ada',
        approver: 'ada',
        action: 'approve',
        comment: 'Fine by me.',
        at: runtime.clock.now(),
        assurance: 'link',
        termsDigest: stage.termsDigest,
      },
    ]);
  });

  it('records exactly one of fifty concurrent posts of one form', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    await enterStage(world);
    const browser = new Browser(world);
    const address = linkOf(world, 'ada');
    const nonce = nonceOf(await browser.get(address));
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => browser.post(address, { nonce, choice: 'approve', comment: '' })),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.every((answer) => [200, 409, 503].includes(answer.status))).toBe(true);
    expect(world.runtime.states.signals).toHaveLength(1);
    expect(approvalRecords([await stageOf(world)])).toHaveLength(1);
  });

  it('records exactly one of fifty concurrent decisions at one seat, even without forms', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    await enterStage(world);
    const link = await openLink(world.runtime, linkOf(world, 'ada'));
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        decide(world.runtime, link!, { action: index % 2 === 0 ? 'approve' : 'reject', comment: `Attempt ${index}` }),
      ),
    );
    const recorded = results.filter((result) => result.recorded);
    expect(recorded).toHaveLength(1);
    const [record] = approvalRecords([await stageOf(world)]);
    expect(recorded[0]?.standing.seat.decision?.comment).toBe(record?.comment);
    expect(world.runtime.states.signals).toHaveLength(1);
  });

  it('lets two approvers race for the last vote: one settles the stage, the other finds it closed or counts too', async () => {
    const world = await startWorld(plan([level('any', ['ada', 'bob'], { required: 1 })]));
    await enterStage(world);
    const links = await Promise.all(['ada', 'bob'].map((id) => openLink(world.runtime, linkOf(world, id))));
    const results = await Promise.all(
      links.map((link) => decide(world.runtime, link!, { action: 'approve', comment: '' })),
    );
    expect(results.filter((result) => result.recorded)).toHaveLength(1);
    expect(world.runtime.states.signals).toHaveLength(1);
    expect((await stageOf(world)).outcome).toBe('approved');
  });

  it('reaches a quorum of two of three and closes the third link with a notice', async () => {
    const world = await startWorld(plan([level('board', ['ada', 'bob', 'cleo'], { required: 2 })]));
    await enterStage(world);
    const third = linkOf(world, 'cleo');
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    expect((await stageOf(world)).outcome).toBe('open');
    await new Browser(world).decide(linkOf(world, 'bob'), 'approve');
    expect((await stageOf(world)).outcome).toBe('approved');
    const notice = world.runtime.mail.to('cleo@example.com').at(-1);
    expect(notice?.text).toContain('The board level');
    expect(notice?.text).not.toContain('/approvals/');
    expect(says(await new Browser(world).get(third), 'This level is done')).toBe(true);
    const late = await new Browser(world).post(third, { nonce: 'x', choice: 'reject', comment: 'No.' });
    expect(late.status).toBe(409);
    expect(approvalRecords([await stageOf(world)])).toHaveLength(2);
  });

  it('keeps a quorum open after one rejection and rejects when it is out of reach', async () => {
    const world = await startWorld(plan([level('board', ['ada', 'bob', 'cleo'], { required: 2 })]));
    await enterStage(world);
    await new Browser(world).decide(linkOf(world, 'ada'), 'reject', 'Too deep.');
    expect((await stageOf(world)).outcome).toBe('open');
    await new Browser(world).decide(linkOf(world, 'bob'), 'reject', 'I agree.');
    expect((await stageOf(world)).outcome).toBe('rejected');
    expect(world.runtime.states.signals.at(-1)?.flow.verdict).toBe('rejected');
  });

  it('joins parallel levels: the stage waits for all, and one rejection ends it and closes the others', async () => {
    const world = await startWorld(plan([level('legal', ['ada']), level('finance', ['bob'])]));
    await enterStage(world);
    const finance = linkOf(world, 'bob');
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    expect(await stageOf(world)).toMatchObject({
      outcome: 'open',
      levels: [{ result: 'approved' }, { result: 'open' }],
    });
    await new Browser(world).decide(finance, 'request-changes', 'Shorter payment term, please.');
    expect((await stageOf(world)).outcome).toBe('changes-requested');

    const other = await startWorld(plan([level('legal', ['ada']), level('finance', ['bob'])]));
    await enterStage(other);
    const open = linkOf(other, 'bob');
    await new Browser(other).decide(linkOf(other, 'ada'), 'reject', 'Not lawful.');
    expect(await stageOf(other)).toMatchObject({
      outcome: 'rejected',
      levels: [{ result: 'rejected' }, { result: 'closed' }],
    });
    expect(says(await new Browser(other).get(open), 'This request has ended')).toBe(true);
    expect(other.runtime.mail.to('bob@example.com')).toHaveLength(2);
  });

  it('goes on to the next stage with due instants of its own, then publishes', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])], [level('director', ['bob'])]));
    await enterStage(world);
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    const flow = world.runtime.states.signals[0]?.flow;
    // 240 minutes of work from Friday 10:00 in Berlin.
    expect(flow).toMatchObject({ verdict: 'next-stage', next: { stage: 2, round: 1, timeoutSeconds: 4 * 3600 } });
    expect(world.runtime.mail.to('bob@example.com')).toHaveLength(0);
    await enterStage(world, 2);
    expect(waitingFor(await readStages(world.runtime, world.executionId))).toMatchObject({
      stage: 2,
      levels: [{ levelId: 'director', seats: [{ approver: 'bob', status: 'open' }] }],
    });
    await new Browser(world).decide(linkOf(world, 'bob'), 'approve');
    expect(world.runtime.states.signals[1]?.flow.verdict).toBe('approved');
    expect(waitingFor(await readStages(world.runtime, world.executionId))).toBeUndefined();
  });

  it('chains every decision exactly once', async () => {
    const world = await startWorld(plan([level('legal', ['ada', 'bob'])]));
    await enterStage(world);
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    await new Browser(world).decide(linkOf(world, 'bob'), 'approve');
    const chain = await readChain(world.runtime, world.executionId);
    expect(verifyChain(chain).ok).toBe(true);
    expect(chain.map((event) => event.type)).toEqual([
      'stage-opened',
      'mail-sent',
      'mail-sent',
      'decision-recorded',
      'decision-recorded',
      'level-settled',
      'stage-settled',
    ]);
    expect((await stageOf(world)).pendingEvents).toEqual([]);
  });
});

describe('who may decide', () => {
  it('refuses a person who has left the company meanwhile', async () => {
    const directory = sampleDirectory();
    const world = await startWorld(plan([level('manager', ['ada'])]), { directory });
    await enterStage(world);
    const browser = new Browser(world);
    const address = linkOf(world, 'ada');
    const nonce = nonceOf(await browser.get(address));
    await importDirectory(world.runtime, withPerson(directory, 'ada', { employedUntil: '2026-11-19' }));
    const answer = await browser.post(address, { nonce, choice: 'approve', comment: '' });
    expect(answer.status).toBe(409);
    expect(says(answer, 'You may not decide this request')).toBe(true);
    expect((await stageOf(world)).outcome).toBe('open');
    expect(approvalRecords([await stageOf(world)])).toEqual([]);
  });

  it('mails no link to a person who may not decide: the requester, the record owner, an excluded person', async () => {
    const excluded = {
      ...plan([level('manager', ['rita', 'ada', 'bob'], { required: 1 })]),
      excluded: [{ personId: 'bob', reason: 'quote-editor' }],
    };
    const world = await startWorld(excluded, { owner: 'ada' });
    await enterStage(world);
    expect(world.runtime.mail.sent).toEqual([]);
    await withdrawStages(world.runtime, world.executionId, 'rita');
    expect(world.runtime.mail.sent).toEqual([]);
    const chain = await readChain(world.runtime, world.executionId);
    expect(chain.filter((event) => event.type === 'mail-not-sent').map((event) => event.data.reason)).toEqual([
      'own-request',
      'record-owner',
      'excluded',
    ]);
  });

  it('lets a delegate decide in the principal’s seat, and says for whom', async () => {
    const world = await delegatedUntil('2026-11-27T00:00:00.000Z');
    expect(world.runtime.mail.to('ada@example.com')).toEqual([]);
    const answer = await new Browser(world).decide(linkOf(world, 'dan'), 'approve');
    expect(says(answer, 'Dan Tester')).toBe(true);
    expect(approvalRecords([await stageOf(world)])).toMatchObject([
      { principal: 'ada', approver: 'dan', action: 'approve' },
    ]);
  });

  it('gives the seat back to the principal when the delegation has ended before the stage opens', async () => {
    const world = await delegatedUntil('2026-11-20T08:00:00.000Z');
    expect(world.runtime.mail.to('dan@example.com')).toEqual([]);
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    expect((await stageOf(world)).outcome).toBe('approved');
  });

  it('does not count a decision on terms that have changed', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    await enterStage(world);
    const browser = new Browser(world);
    const address = linkOf(world, 'ada');
    const nonce = nonceOf(await browser.get(address));
    await changeExecution(world.runtime, world.executionId, (record) => ({
      ...record,
      termsDigest: `sha256:${'0'.repeat(64)}`,
    }));
    const answer = await browser.post(address, { nonce, choice: 'approve', comment: '' });
    expect(answer.status).toBe(409);
    expect(says(answer, 'The terms have changed')).toBe(true);
    expect((await stageOf(world)).outcome).toBe('open');
  });
});
