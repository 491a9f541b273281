import { createServer } from 'node:net';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { installRuntime } from '../../../functions/runtime.ts';
import { handler as mailFailed } from '../../../functions/scheduled/mail-failed.ts';
import { escalateStage } from '../../../lib/platform/approvals/escalate-stage.ts';
import { readChain } from '../../../lib/platform/audit/chain.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import { notingRefusals } from '../../../lib/platform/mail/mail-failures.ts';
import { MailNotAccepted } from '../../../lib/platform/mail/mail-not-accepted.ts';
import type { Mail, MailSender } from '../../../lib/platform/mail/mail-sender.ts';
import { smtpMailSender } from '../../../lib/platform/mail/smtp.ts';
import type { Runtime } from '../../../lib/platform/runtime.ts';
import { sweep } from '../../../lib/platform/watch/sweep.ts';
import {
  Browser,
  endWorlds,
  enterStage,
  flowAt,
  level,
  linkOf,
  plan,
  stageOf,
  startWorld,
  type World,
  waitFor,
} from '../../contract/approvals/world.ts';

afterAll(endWorlds);

let lines: Record<string, unknown>[] = [];
beforeEach(() => {
  lines = [];
  sendLogTo((line) => lines.push(JSON.parse(line)));
});

const sweepOf = (runtime: Runtime) => sweep(runtime, runtime.clock.now());
const givenUp = () => lines.filter(({ event }) => event === 'measured').map(({ MailsGivenUp }) => MailsGivenUp);

/** A port of this machine at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The world with another transport in front of its mail. */
function withTransport(world: World, send: (mail: Mail) => Promise<{ messageId: string }>): Runtime {
  return { ...world.runtime, mail: notingRefusals({ send }, world.runtime) };
}

/** A transport that refuses one address for good. */
const refusing = (world: World, address: string) =>
  withTransport(world, async (mail) => {
    if (mail.to === address) throw new MailNotAccepted('The SMTP server refused the mail.', true);
    return world.runtime.mail.send(mail);
  });

async function entered(world: World, runtime: Runtime): Promise<string> {
  return enterStage({ ...world, runtime: runtime as World['runtime'] });
}

describe('the mail server is down', () => {
  test('the request waits, the mail goes out later, and its link decides', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const down: MailSender = smtpMailSender({ host: '127.0.0.1', port: await closedPort(), from: 'c@example.com' });
    const runtime = withTransport(world, (mail) => down.send(mail));
    await entered(world, runtime);
    for (let minute = 0; minute < 5; minute += 1) {
      world.runtime.clock.advance(60);
      await sweepOf(runtime);
    }
    expect(await stageOf(world)).toMatchObject({ outcome: 'open', pendingMails: [{ kind: 'approval-request' }] });
    expect(givenUp()).toEqual([0, 0, 0, 0, 0]);

    world.runtime.clock.advance(3_600);
    await sweepOf(world.runtime);
    expect((await stageOf(world)).pendingMails).toEqual([]);
    expect((await new Browser(world).decide(linkOf(world, 'ada'), 'approve')).status).toBe(200);
    expect(await stageOf(world)).toMatchObject({ outcome: 'approved' });
  });
});

describe('a mail is refused for good', () => {
  const mailedOversight = (world: World) =>
    world.runtime.mail.to('oversight@example.com').filter(({ subject }) => subject.includes('did not reach'));

  test('the seat is on record, oversight is told once, nobody tries again, and others can decide', async () => {
    const world = await startWorld(plan([level('manager', ['ada', 'bob'], { required: 1 })]));
    const runtime = refusing(world, 'ada@example.com');
    await entered(world, runtime);
    await sweepOf(runtime);

    expect((await stageOf(world)).pendingMails).toEqual([]);
    const events = await readChain(runtime, world.executionId);
    expect(events.find(({ type }) => type === 'mail-undeliverable')?.data).toMatchObject({
      seatId: 'manager.1',
      reason: 'refused',
    });
    const [told] = mailedOversight(world);
    expect(told?.text).toContain('Ada Tester');
    expect(told?.text).toContain('manager.1');
    expect(givenUp()).toEqual([1]);

    world.runtime.clock.advance(600);
    await sweepOf(runtime);
    expect(givenUp()).toEqual([1, 0]);
    expect(mailedOversight(world)).toHaveLength(1);
    expect((await new Browser(world).decide(linkOf(world, 'bob'), 'approve')).status).toBe(200);
    expect(await stageOf(world)).toMatchObject({ outcome: 'approved' });
  });

  test('a level that nobody else can decide escalates at its deadline', async () => {
    const bob = { seatId: 'manager.2', principal: 'bob', approver: 'bob', delegations: [] };
    const escalation = [{ seats: [bob], serviceLevelBusinessMinutes: 240 }];
    const world = await startWorld(plan([level('manager', ['ada'], { escalation })]));
    const runtime = refusing(world, 'ada@example.com');
    await entered(world, runtime);
    await sweepOf(runtime);
    const { timerDueAt } = await stageOf(world);
    world.runtime.clock.set(timerDueAt);
    const flow = await escalateStage(runtime, flowAt(world, { stage: 1, round: 1, timeoutSeconds: 60 }));
    expect(flow).toMatchObject({ verdict: 'reopen', next: { stage: 1, round: 2 } });
    await waitFor(world, flow.next ?? { stage: 1, round: 2, timeoutSeconds: 60 });
    expect((await new Browser(world).decide(linkOf(world, 'bob'), 'approve')).status).toBe(200);
    expect(await stageOf(world)).toMatchObject({ outcome: 'approved' });
  });

  test('oversight cannot be told of it now: it is told with the next sweep', async () => {
    const world = await startWorld(plan([level('manager', ['ada', 'bob'])]));
    let oversightDown = true;
    const runtime = withTransport(world, async (mail) => {
      if (mail.to === 'ada@example.com') throw new MailNotAccepted('No such mailbox.', true);
      if (mail.to === 'oversight@example.com' && oversightDown) throw new MailNotAccepted('Busy.', false);
      return world.runtime.mail.send(mail);
    });
    await entered(world, runtime);
    await sweepOf(runtime);
    expect(lines.findLast(({ event }) => event === 'measured')).toMatchObject({ MailsGivenUp: 0, SweepFailures: 1 });
    oversightDown = false;
    await sweepOf(runtime);
    expect(mailedOversight(world)).toHaveLength(1);
    expect(givenUp()).toEqual([0, 1]);
  });

  test('and it was oversight’s own: the figure and the log tell, and nothing turns in circles', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const runtime = withTransport(world, async () => {
      throw new MailNotAccepted('No such mailbox.', true);
    });
    await entered(world, runtime);
    // Ada's mail, then the mail about it.
    for (let round = 0; round < 4; round += 1) await sweepOf(runtime);
    expect(givenUp().at(-1)).toBe(0);
    expect(givenUp().reduce<number>((sum, count) => sum + Number(count), 0)).toBeLessThanOrEqual(2);
    expect(lines.filter(({ event }) => event === 'mail-given-up').length).toBeGreaterThan(0);
  });
});

describe('a mail bounces after it was taken', () => {
  /** An event of SES, as EventBridge hands it on. */
  const sesEvent = (messageId: string, eventType = 'Bounce', bounceType = 'Permanent') => ({
    source: 'aws.ses',
    'detail-type': 'Email Bounced',
    detail: {
      eventType,
      bounce: { bounceType, bouncedRecipients: [{ emailAddress: 'ada@example.com' }] },
      mail: {
        messageId: '0102018f-ses-gave-it-another',
        tags: { 'ses:configuration-set': ['countersign-test'] },
        headers: [
          { name: 'From', value: 'countersign@example.com' },
          { name: 'Message-ID', value: messageId },
        ],
      },
    },
  });

  async function bounced(event: (messageId: string) => unknown): Promise<World> {
    const world = await startWorld(plan([level('manager', ['ada', 'bob'])]));
    await enterStage(world);
    const messageId = world.runtime.mail.to('ada@example.com')[0]?.headers?.['Message-ID'] ?? '';
    installRuntime(world.runtime);
    await mailFailed(event(messageId));
    await sweepOf(world.runtime);
    return world;
  }

  test('the seat it was for is on record, and oversight is told', async () => {
    const world = await bounced((messageId) => sesEvent(messageId));
    const events = await readChain(world.runtime, world.executionId);
    expect(events.find(({ type }) => type === 'mail-undeliverable')?.data).toMatchObject({
      seatId: 'manager.1',
      reason: 'bounced',
    });
    expect(
      world.runtime.mail
        .to('oversight@example.com')
        .map(({ text }) => text)
        .join(),
    ).toContain('Ada Tester');
    expect(givenUp()).toEqual([1]);
  });

  test.each<[string, (messageId: string) => unknown]>([
    ['a bounce that SES itself tries again', (id) => sesEvent(id, 'Bounce', 'Transient')],
    ['a delivery', (id) => sesEvent(id, 'Delivery')],
    ['a mail of somebody else', () => sesEvent('<foreign@example.com>')],
    ['a mail of an execution that does not exist', () => sesEvent('<ex-none.stage-01.request.manager.1@example.com>')],
  ])('%s tells nobody', async (_name, event) => {
    const world = await bounced(event);
    expect((await readChain(world.runtime, world.executionId)).map(({ type }) => type)).not.toContain(
      'mail-undeliverable',
    );
    expect(world.runtime.mail.to('oversight@example.com')).toEqual([]);
  });

  test('what is no event of SES is refused', async () => {
    await expect(mailFailed({ detail: 'rubbish' })).rejects.toThrow('The event of SES');
  });
});
