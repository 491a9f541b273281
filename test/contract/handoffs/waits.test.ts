import { afterAll, describe, expect, test } from 'vitest';
import { withdrawExecution } from '../../../lib/platform/api/withdraw.ts';
import { readChain } from '../../../lib/platform/audit/chain.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { conclude } from '../../../lib/platform/executions/conclude.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { answerByEvent } from '../../../lib/platform/handoffs/answer-event.ts';
import { offer } from '../../../lib/platform/handoffs/offer.ts';
import { missHandoffClock } from '../../../lib/platform/handoffs/overdue.ts';
import { sweepHandoffs } from '../../../lib/platform/handoffs/sweep.ts';
import { readQueue, readQueues, viewHandoff } from '../../../lib/platform/handoffs/views.ts';
import { noteMailFailure } from '../../../lib/platform/mail/mail-failures.ts';
import { handleFailedMails } from '../../../lib/platform/watch/failed-mails.ts';
import { handingSkill } from '../../support/handoff-skill.ts';
import {
  awaitHandoff,
  endHandoffWorlds,
  flowOf,
  HandoffBrowser,
  type HandoffWorld,
  handoffOf,
  linkOf,
  offered,
  RIGHT,
  says,
  signalOf,
  startHandoffWorld,
} from './world.ts';

afterAll(endHandoffWorlds);

const verifier = { skills: [handingSkill], versions: engineVersions };

async function typesIn({ runtime, executionId }: HandoffWorld): Promise<string[]> {
  return (await readChain(runtime, executionId)).map(({ type }) => type);
}

const deliver = (world: HandoffWorld, id = 'd-1', result = 'Fixed.', caller = 'tracker') =>
  answerByEvent(world.runtime, world.executionId, caller, { id, event: { type: 'deliver', result } });

describe('offering', () => {
  test('opens the first wait, mails nobody yet, and keeps due instants when it is tried again', async () => {
    const world = await startHandoffWorld();
    const flow = await offer(world.runtime, flowOf(world));
    expect(flow).toMatchObject({ verdict: 'await-handoff', wait: { number: 1, timeoutSeconds: 3600 } });
    expect(world.runtime.mail.sent).toEqual([]);
    const { wait } = await handoffOf(world);
    world.runtime.clock.advance(60);
    const again = await offer(world.runtime, flowOf(world));
    expect(again.wait).toEqual({ number: 1, timeoutSeconds: 3540 });
    expect((await handoffOf(world)).wait?.dueAt).toBe(wait?.dueAt);
  });

  test('goes straight to Publish where nothing is handed over, and notes it', async () => {
    const world = await startHandoffWorld({ handsOver: false });
    expect(await offer(world.runtime, flowOf(world))).toMatchObject({ verdict: 'publish' });
    expect((await readExecution(world.runtime, world.executionId)).handsOver).toBe(false);
  });

  test('blocks with the reason where the protocol refuses', async () => {
    const world = await startHandoffWorld({ ticket: 'none' });
    const flow = await offer(world.runtime, flowOf(world));
    expect(flow.verdict).toBe('block');
    await conclude(world.runtime, flow);
    const record = await readExecution(world.runtime, world.executionId);
    expect(record.outcome).toBe('blocked');
    expect(record.gates.find(({ result }) => result === 'fail')?.reasons[0]?.message).toBe(
      'There is no ticket to hand over.',
    );
  });

  test('blocks what does not fit one item of the table', async () => {
    const world = await startHandoffWorld({ padding: 320_000 });
    expect((await offer(world.runtime, flowOf(world))).verdict).toBe('block');
    const { gates } = await readExecution(world.runtime, world.executionId);
    expect(gates.flatMap(({ reasons }) => reasons).map(({ code }) => code)).toContain('too-large');
  });

  test('asks nobody where the request was withdrawn before', async () => {
    const world = await startHandoffWorld();
    await withdrawExecution(world.runtime, world.executionId, 'rita');
    expect((await offer(world.runtime, flowOf(world))).verdict).toBe('publish');
  });
});

describe('a wait', () => {
  test('mails who is asked once, however often its state is tried again, and signals the newest token', async () => {
    const world = await startHandoffWorld({ receivers: ['bob', 'cleo'] });
    const { token: first, flow } = await offered(world);
    const second = await awaitHandoff(world, flow);
    expect(world.runtime.mail.sent.map(({ to }) => to)).toEqual(['bob@example.com', 'cleo@example.com']);
    await new HandoffBrowser(world).answer(linkOf(world, 'bob'), 'accept', RIGHT);
    expect(signalOf(world, first)).toBeUndefined();
    expect(signalOf(world, second)).toMatchObject({ verdict: 'await-handoff', wait: { number: 2 } });
    // Cleo need not answer any more, and is told so.
    expect(world.runtime.mail.to('cleo@example.com').at(-1)?.subject).toContain('No answer needed any more');
    expect(world.runtime.mail.to('bob@example.com')).toHaveLength(1);
  });

  test('that was answered before its task came is signalled at once', async () => {
    const world = await startHandoffWorld({ receivers: ['tracker'] });
    const flow = await offer(world.runtime, flowOf(world));
    world.runtime.clock.advance(3600);
    await missHandoffClock(world.runtime, flow);
    const token = await awaitHandoff(world, flow);
    expect(signalOf(world, token)).toMatchObject({ verdict: 'await-handoff', wait: { number: 2 } });
  });

  test('never loses its token to a task of an earlier one', async () => {
    const world = await startHandoffWorld();
    const { flow } = await offered(world);
    await new HandoffBrowser(world).answer(linkOf(world, 'bob'), 'accept', RIGHT);
    const later = await awaitHandoff(world, flowOf(world, { wait: { number: 2, timeoutSeconds: 10 } }));
    const stale = await awaitHandoff(world, flow);
    expect(signalOf(world, stale)).toMatchObject({ wait: { number: 2 } });
    await deliver(world);
    expect(signalOf(world, later)).toMatchObject({ wait: { number: 3 } });
  });

  test('is refused to a task that names one that is still to come', async () => {
    const world = await startHandoffWorld();
    await offer(world.runtime, flowOf(world));
    await expect(awaitHandoff(world, flowOf(world, { wait: { number: 2, timeoutSeconds: 1 } }))).rejects.toThrow(
      'has not come to wait 2',
    );
  });
});

describe('from offer to publication', () => {
  test('a readback that is wrong is told without the right one, keeps the wait, and counts', async () => {
    const world = await startHandoffWorld();
    const { token } = await offered(world);
    const browser = new HandoffBrowser(world);
    const wrong = await browser.answer(linkOf(world, 'bob'), 'accept', { ticket: 'INC-1', seen: 'yes' });
    expect(wrong.status).toBe(400);
    expect(says(wrong, 'That is not the ticket.')).toBe(true);
    expect(says(wrong, 'value="INC-1"')).toBe(true);
    expect(signalOf(world, token)).toBeUndefined();
    const handoff = await handoffOf(world);
    expect(handoff.number).toBe(1);
    expect(JSON.parse(handoff.document).attempts).toBe(1);
    const right = await browser.answer(linkOf(world, 'bob'), 'accept', RIGHT);
    expect(right.status).toBe(200);
    expect(says(right, 'Your answer is recorded')).toBe(true);
  });

  test('what was refused for the last time moves on, and the page says so', async () => {
    const world = await startHandoffWorld();
    await offered(world);
    const browser = new HandoffBrowser(world);
    const answers = [];
    for (let attempt = 0; attempt < 3; attempt += 1)
      answers.push(await browser.answer(linkOf(world, 'bob'), 'accept', { ticket: 'x', seen: 'yes' }));
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(says(answers[2]!, 'It is <b>escalated</b>')).toBe(true);
    expect((await handoffOf(world)).wait).toMatchObject({ awaits: 'judgement', people: ['olga'] });
  });

  test('ends with the document as an artifact, named by record, outputs, statement, and replayed by the verifier', async () => {
    const world = await startHandoffWorld();
    const { runtime, executionId } = world;
    const first = await offered(world);
    await new HandoffBrowser(world).answer(linkOf(world, 'bob'), 'accept', RIGHT);
    const second = await awaitHandoff(world, signalOf(world, first.token)!);
    await deliver(world);
    const third = await awaitHandoff(world, signalOf(world, second)!);
    await new HandoffBrowser(world).answer(linkOf(world, 'rita'), 'verify');
    expect(signalOf(world, third)).toEqual({ executionId, skill: handingSkill.name, verdict: 'handed-over' });
    const { concludeExecution } = await import('../../../lib/platform/executions/conclusion.ts');
    const record = await readExecution(runtime, executionId);
    await concludeExecution(runtime, record, {
      outcome: 'published',
      gates: record.gates,
      reasons: [],
      incident: false,
      tellOversight: false,
    });
    const ended = await readExecution(runtime, executionId);
    expect(ended.handoff).toMatchObject({ state: 'closed', transitions: 4 });
    expect(ended.handoff?.artifacts).toHaveLength(2);
    const packet = await assembleEvidence(runtime, executionId);
    expect(packet.artifacts.map(({ role }) => role).filter((role) => role.startsWith('handoff'))).toEqual([
      'handoff-packet',
      'handoff',
      'handoff-artifact',
      'handoff-artifact',
    ]);
    const output = packet.artifacts.find(({ role }) => role === 'handoff-packet')!.document as { handoff: unknown };
    expect(output.handoff).toEqual({ document: ended.handoff?.document, state: 'closed' });
    const moved = packet.chain.events.filter(({ type }) => type === 'handoff-moved');
    expect(moved.map(({ data }) => data.type)).toEqual(
      ['offer', 'accept', 'deliver', 'verify'].map((event) => `countersign.handoff.${event}.v1`),
    );
    const report = await verifyEvidence(packet, verifier);
    const checks = new Map(report.checks.map(({ check, result, detail }) => [check, `${result}: ${detail}`]));
    expect(checks.get('handoff')).toMatch(/^pass/);
    expect(checks.get('handoff-replay')).toMatch(/^pass/);
    expect(checks.get('statement')).toMatch(/^unknown-key/);
    const statement = packet.artifacts.find(({ role }) => role === 'statement')!.document as { payload: string };
    const signed = JSON.parse(Buffer.from(statement.payload, 'base64').toString());
    expect(signed.subject.at(-1)).toEqual({ name: 'handoff', digest: { sha256: ended.handoff!.document.slice(7) } });
  });
});

describe('a clock', () => {
  test('that runs out leads to what the protocol says, with a new wait and new links', async () => {
    const world = await startHandoffWorld();
    const { flow } = await offered(world);
    const dead = linkOf(world, 'bob');
    world.runtime.clock.advance(3600);
    const after = await missHandoffClock(world.runtime, flow);
    expect(after).toMatchObject({ verdict: 'await-handoff', wait: { number: 2 } });
    await awaitHandoff(world, after);
    expect(says(await new HandoffBrowser(world).get(dead), 'ran out')).toBe(true);
    await new HandoffBrowser(world).answer(linkOf(world, 'olga'), 'resume');
    expect((await handoffOf(world)).wait?.awaits).toBe('receipt');
    expect(await typesIn(world)).toContain('handoff-clock-missed');
  });

  test('loses against an answer that was recorded before', async () => {
    const world = await startHandoffWorld();
    const { flow } = await offered(world);
    world.runtime.states.failure = new Error('Step Functions is away.');
    await new HandoffBrowser(world).answer(linkOf(world, 'bob'), 'accept', RIGHT);
    world.runtime.states.failure = undefined;
    world.runtime.clock.advance(3700);
    const after = await missHandoffClock(world.runtime, flow);
    expect(after).toMatchObject({ verdict: 'await-handoff', wait: { number: 2 } });
    expect((await handoffOf(world)).summary.state).toBe('in-delivery');
    expect(await typesIn(world)).not.toContain('handoff-clock-missed');
  });

  test('that runs out twice in an outage ends the handoff at once, and conclude tells why', async () => {
    const world = await startHandoffWorld({ seconds: 60 });
    const { flow } = await offered(world);
    world.runtime.clock.advance(60);
    const escalated = await missHandoffClock(world.runtime, flow);
    expect(await missHandoffClock(world.runtime, flow)).toEqual(escalated);
    world.runtime.clock.advance(60);
    const expired = await missHandoffClock(world.runtime, escalated);
    expect(expired.verdict).toBe('handoff-ended');
    await conclude(world.runtime, expired);
    const record = await readExecution(world.runtime, world.executionId);
    expect(record).toMatchObject({ outcome: 'expired', handoff: { state: 'expired' } });
    const report = await verifyEvidence(await assembleEvidence(world.runtime, world.executionId), verifier);
    expect(report.checks.filter(({ result }) => result === 'fail').map(({ check }) => check)).toEqual([
      // The record was seeded, so the chain holds no acceptance of it.
      'record',
      'completeness',
    ]);
  });
});

describe('events over the API', () => {
  test('count once by their id, and another event under it is refused', async () => {
    const world = await startHandoffWorld();
    await offered(world);
    await new HandoffBrowser(world).answer(linkOf(world, 'bob'), 'accept', RIGHT);
    expect((await deliver(world)).repeated).toBe(false);
    const { version } = await handoffOf(world);
    expect((await deliver(world)).repeated).toBe(true);
    expect((await handoffOf(world)).version).toBe(version);
    await expect(deliver(world, 'd-1', 'Something else.')).rejects.toMatchObject({ code: 'Conflict' });
  });

  test('are refused to strangers, for other parts, out of turn, empty, and after the clock', async () => {
    const world = await startHandoffWorld();
    await offered(world);
    await expect(deliver(world, 'd-1', 'Fixed.', 'stranger')).rejects.toMatchObject({ code: 'Forbidden' });
    const asSender = { id: 'x', as: 'sender', event: { type: 'deliver', result: 'x' } };
    await expect(answerByEvent(world.runtime, world.executionId, 'tracker', asSender)).rejects.toMatchObject({
      code: 'Forbidden',
    });
    await expect(deliver(world)).rejects.toMatchObject({ code: 'IllegalTransition' });
    await new HandoffBrowser(world).answer(linkOf(world, 'bob'), 'accept', RIGHT);
    // A repetition of what was refused must not look as if it had been taken.
    for (let sent = 0; sent < 2; sent += 1)
      await expect(deliver(world, 'd-2', '')).rejects.toMatchObject({ code: 'HandoffRefused' });
    world.runtime.clock.advance(3600);
    await expect(deliver(world, 'd-3')).rejects.toMatchObject({ code: 'NotPossibleNow' });
  });

  test('that only tell something keep the wait, its links and its token', async () => {
    const world = await startHandoffWorld();
    const { token } = await offered(world);
    const event = { id: 'n-1', event: { type: 'note', text: 'Looking into it.' } };
    await answerByEvent(world.runtime, world.executionId, 'tracker', event);
    expect((await handoffOf(world)).number).toBe(1);
    expect(signalOf(world, token)).toBeUndefined();
    const page = await new HandoffBrowser(world).get(linkOf(world, 'bob'));
    expect(says(page, '<b><bdi>note</bdi></b>')).toBe(true);
  });

  test('stop being taken when the item is nearly full, and the clock still can run out', async () => {
    const world = await startHandoffWorld({ padding: 295_000 });
    const { flow } = await offered(world);
    let refused: unknown;
    for (let number = 0; refused === undefined && number < 200; number += 1)
      await answerByEvent(world.runtime, world.executionId, 'tracker', {
        id: `n-${number}`,
        event: { type: 'note', text: 'x' },
      }).catch((error: unknown) => {
        refused = error;
      });
    expect(refused).toMatchObject({ code: 'HandoffTooLarge' });
    world.runtime.clock.advance(3600);
    expect(await missHandoffClock(world.runtime, flow)).toMatchObject({ wait: { number: 2 } });
  });
});

describe('withdrawal and rollback', () => {
  test('a withdrawal ends the handoff, kills its links and concludes', async () => {
    const world = await startHandoffWorld();
    const { token } = await offered(world);
    const link = linkOf(world, 'bob');
    expect(await withdrawExecution(world.runtime, world.executionId, 'rita')).toMatchObject({ status: 'withdrawn' });
    const flow = signalOf(world, token)!;
    expect(flow.verdict).toBe('handoff-ended');
    expect(says(await new HandoffBrowser(world).get(link), 'The request was withdrawn')).toBe(true);
    expect(world.runtime.mail.to('bob@example.com').at(-1)?.text).toContain('The request was withdrawn');
    await conclude(world.runtime, flow);
    expect((await readExecution(world.runtime, world.executionId)).outcome).toBe('withdrawn');
  });

  test('what the other side has accepted cannot be withdrawn, and nothing is recorded', async () => {
    const world = await startHandoffWorld();
    await offered(world);
    await new HandoffBrowser(world).answer(linkOf(world, 'bob'), 'accept', RIGHT);
    await expect(withdrawExecution(world.runtime, world.executionId, 'rita')).rejects.toMatchObject({
      code: 'IllegalTransition',
    });
    expect((await readExecution(world.runtime, world.executionId)).withdrawal).toBeUndefined();
  });

  test('a fault rolls the handoff back with the execution', async () => {
    const world = await startHandoffWorld();
    await offered(world);
    await recover(world.runtime, flowOf(world, { fault: { Error: 'States.TaskFailed', Cause: 'x' } }));
    const record = await readExecution(world.runtime, world.executionId);
    expect(record).toMatchObject({
      outcome: 'rolled-back',
      handoff: { state: 'rolled-back' },
      fault: { state: 'AwaitHandoff' },
    });
    await sweepHandoffs(world.runtime, world.runtime.clock.now());
    expect(world.runtime.mail.to('bob@example.com').at(-1)?.subject).toContain('No answer needed any more');
    const handoff = await handoffOf(world);
    expect([handoff.signal, handoff.pendingMails, handoff.pendingEvents]).toEqual(['gone', [], []]);
  });

  test('a fault in the protocol itself cannot keep the handoff open', async () => {
    const world = await startHandoffWorld();
    await offered(world);
    const broken = {
      ...handingSkill,
      handoff: {
        ...handingSkill.handoff!,
        end: () => {
          throw new TypeError('Oh.');
        },
      },
    };
    const runtime = { ...world.runtime, skills: [broken] };
    await recover(runtime, flowOf(world, { fault: { Error: 'x' } }));
    expect((await handoffOf(world)).end).toMatchObject({ outcome: 'rolled-back', state: 'offered' });
  });
});

describe('the sweeper', () => {
  test('delivers a signal that a crash left behind', async () => {
    const world = await startHandoffWorld();
    const { token } = await offered(world);
    world.runtime.states.failure = new Error('The process was killed.');
    await new HandoffBrowser(world).answer(linkOf(world, 'bob'), 'accept', RIGHT);
    expect(signalOf(world, token)).toBeUndefined();
    world.runtime.states.failure = undefined;
    expect(await sweepHandoffs(world.runtime, world.runtime.clock.now())).toMatchObject({ signals: 1, failures: 0 });
    expect(signalOf(world, token)).toMatchObject({ wait: { number: 2 } });
    expect(await sweepHandoffs(world.runtime, world.runtime.clock.now())).toMatchObject({ signals: 0 });
  });

  test('sends mails that the transport refused, and one reminder when half of the time is gone', async () => {
    const world = await startHandoffWorld();
    world.runtime.mail.refusals = 1;
    await offered(world);
    expect(world.runtime.mail.sent).toHaveLength(0);
    world.runtime.clock.advance(300);
    await sweepHandoffs(world.runtime, world.runtime.clock.now());
    expect(world.runtime.mail.sent).toHaveLength(1);
    const first = linkOf(world, 'bob');
    world.runtime.clock.advance(1500);
    await sweepHandoffs(world.runtime, world.runtime.clock.now());
    await sweepHandoffs(world.runtime, world.runtime.clock.now());
    expect(world.runtime.mail.sent.map(({ subject }) => subject.split(':')[0])).toEqual([
      expect.stringContaining('Please answer'),
      'Reminder',
    ]);
    // Both links work until one of them is used.
    expect(says(await new HandoffBrowser(world).get(first), 'Record my answer')).toBe(true);
    expect(says(await new HandoffBrowser(world).get(linkOf(world, 'bob')), 'Record my answer')).toBe(true);
  });

  test('rolls back what nobody waits for any more, and counts what is stuck', async () => {
    const world = await startHandoffWorld();
    await offered(world);
    world.runtime.clock.advance(3600 + 16 * 60);
    const at = world.runtime.clock.now();
    expect(await sweepHandoffs(world.runtime, at)).toMatchObject({ stuck: 1, abandoned: 0 });
    world.runtime.states.statuses.set(world.executionId, 'ABORTED');
    expect(await sweepHandoffs(world.runtime, at)).toMatchObject({ stuck: 0, abandoned: 1 });
    expect((await handoffOf(world)).end?.outcome).toBe('rolled-back');
  });
});

test('a mail that bounces is recorded with its reader, and told to oversight; the wait goes on', async () => {
  const world = await startHandoffWorld();
  const { runtime, executionId } = world;
  await offered(world);
  await noteMailFailure(runtime, `${executionId}.handoff.w1.ask.bob@example.com`, 'bounced');
  expect(await handleFailedMails(runtime)).toEqual({ mailsGivenUp: 1, failures: 0 });
  expect(runtime.mail.to('oversight@example.com').at(-1)?.text).toContain('Reader: Bob Tester');
  const chain = await readChain(runtime, executionId);
  expect(chain.find(({ type }) => type === 'mail-undeliverable')?.data).toMatchObject({ personId: 'bob', wait: 1 });
  expect((await handoffOf(world)).wait?.awaits).toBe('receipt');
});

describe('queues and views', () => {
  test('show due work by team, what is due first in front, and nothing that opens anything', async () => {
    const world = await startHandoffWorld();
    const { token } = await offered(world);
    const queue = await readQueue(world.runtime, 'tier-2');
    expect(queue.work).toMatchObject([
      { executionId: world.executionId, title: 'Read back and accept', people: ['bob'] },
    ]);
    expect(await readQueues(world.runtime)).toMatchObject({ queues: [{ party: 'tier-2', count: 1 }] });
    const view = await viewHandoff(world.runtime, world.executionId);
    expect(view.wait).toMatchObject({ number: 1, part: 'receiver' });
    const shown = JSON.stringify([queue, view]);
    for (const secret of [token, linkOf(world, 'bob').split('.')[0]!, 'pending']) expect(shown).not.toContain(secret);
    await withdrawExecution(world.runtime, world.executionId, 'rita');
    expect((await readQueue(world.runtime, 'tier-2')).work).toEqual([]);
  });
});
