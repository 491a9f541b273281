import { afterAll, describe, expect, it, vi } from 'vitest';
import { addSeconds } from '../../../lib/core/instant.ts';
import { escalateStage } from '../../../lib/platform/approvals/escalate-stage.ts';
import { askFreshLink } from '../../../lib/platform/approvals/fresh-link.ts';
import { openLink } from '../../../lib/platform/approvals/link.ts';
import { openStage } from '../../../lib/platform/approvals/open-stage.ts';
import { prepareStage } from '../../../lib/platform/approvals/prepare-stage.ts';
import { sendStageMails } from '../../../lib/platform/approvals/send-mails.ts';
import { findSeat, withSeat } from '../../../lib/platform/approvals/stage.ts';
import { changeStage } from '../../../lib/platform/approvals/stage-store.ts';
import { sweepApprovals } from '../../../lib/platform/approvals/sweep.ts';
import { importDirectory } from '../../../lib/platform/configuration/directory-store.ts';
import type { Mail } from '../../../lib/platform/mail/mail-sender.ts';
import {
  addressIn,
  Browser,
  endWorlds,
  enterStage,
  flowAt,
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

const sweep = (world: World) => sweepApprovals(world.runtime, world.runtime.clock.now());
/** Ten days of work: links expire long before the deadline. */
const slow = (people: string[], more = {}) => level('manager', people, { serviceLevelBusinessMinutes: 4_800, ...more });

describe('the sweeper', () => {
  it('finishes what a crash between the decision and its signal left behind', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])], [level('director', ['bob'])]));
    const token = await enterStage(world);
    world.runtime.states.failure = new Error('The process died.');
    const answer = await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    expect([answer.status, says(answer, 'You approved.')]).toEqual([200, true]);
    expect(await stageOf(world)).toMatchObject({ outcome: 'approved', signal: 'pending', taskToken: token });
    expect((await sweep(world)).failures).toBe(1);
    world.runtime.states.failure = undefined;
    expect((await sweep(world)).signals).toBe(1);
    expect(world.runtime.states.signals).toMatchObject([
      { taskToken: token, flow: { verdict: 'next-stage', next: { stage: 2, round: 1 } } },
    ]);
    expect((await stageOf(world)).signal).toBe('accepted');
    expect(await sweep(world)).toMatchObject({ signals: 0, failures: 0 });
    expect(world.runtime.states.signals).toHaveLength(1);
  });

  it('sends mails that the transport refused, and those of a sender that crashed, without ever mailing twice at once', async () => {
    const world = await startWorld(plan([slow(['ada', 'bob'])]));
    world.runtime.mail.refusals = 2;
    await enterStage(world);
    expect(world.runtime.mail.sent).toEqual([]);
    await sweep(world);
    expect(world.runtime.mail.sent).toEqual([]);
    world.runtime.clock.advance(300);
    const { runtime, executionId } = world;
    await Promise.all(Array.from({ length: 8 }, () => sendStageMails(runtime, executionId, 1)));
    expect(world.runtime.mail.sent.map((mail) => mail.to).sort()).toEqual(['ada@example.com', 'bob@example.com']);
    expect((await stageOf(world)).pendingMails).toEqual([]);
    expect((await new Browser(world).decide(linkOf(world, 'ada'), 'approve')).status).toBe(200);
  });

  it('leaves a mail alone while another sender holds it', async () => {
    const world = await startWorld(plan([slow(['ada'])]));
    const { mail } = world.runtime;
    const meanwhile = {
      ...world.runtime,
      mail: {
        send: async (one: Mail) => {
          await sweep(world);
          return mail.send(one);
        },
      },
    };
    const next = await prepareStage(meanwhile, world.executionId, 1, meanwhile.clock.now());
    await openStage(meanwhile, { taskToken: 'a-token', flow: flowAt(world, next) });
    expect(mail.sent).toHaveLength(1);
    expect(findSeat(await stageOf(world), 'manager.1')?.seat.liveLinks).toHaveLength(1);
  });

  it('takes a mail up again when its sender has crashed', async () => {
    const world = await startWorld(plan([slow(['ada'])]));
    const never = { ...world.runtime, mail: { send: () => new Promise<never>(() => {}) } };
    const next = await prepareStage(never, world.executionId, 1, never.clock.now());
    void openStage(never, { taskToken: 'a-token', flow: flowAt(world, next) });
    await vi.waitFor(async () => expect((await stageOf(world)).pendingMails[0]?.attempts).toBe(1));
    await sweep(world);
    expect(world.runtime.mail.sent).toEqual([]);
    world.runtime.clock.advance(120);
    await sweep(world);
    expect(world.runtime.mail.sent).toHaveLength(1);
  });

  it('does not let the end of an old token undo what a newer one has got', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const first = await enterStage(world);
    const { states } = world.runtime;
    const succeedTask = states.succeedTask.bind(states);
    states.succeedTask = async (token, flow) => {
      if (token !== first) return succeedTask(token, flow);
      await enterStage(world);
      return 'gone';
    };
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    expect(states.signals).toHaveLength(1);
    expect(await stageOf(world)).toMatchObject({ outcome: 'approved', signal: 'accepted' });
  });

  it('reminds in the approver’s working time, once for several missed reminders, and keeps two links alive at most', async () => {
    const world = await startWorld(plan([slow(['ada'], { remindAfterBusinessMinutes: [60, 120, 540] })]));
    await enterStage(world);
    const first = linkOf(world, 'ada');
    await sweep(world);
    expect(world.runtime.mail.sent).toHaveLength(1);
    world.runtime.clock.advance(2 * 3600);
    await sweep(world);
    await sweep(world);
    expect(world.runtime.mail.sent).toHaveLength(2);
    const second = linkOf(world, 'ada');
    expect(says(await new Browser(world).get(first), 'Record my decision')).toBe(true);
    // 540 minutes of work from Friday 10:00 end on Monday 11:00 in Berlin.
    world.runtime.clock.set('2026-11-23T09:59:59.000Z');
    await sweep(world);
    expect(world.runtime.mail.sent).toHaveLength(2);
    world.runtime.clock.set('2026-11-23T10:00:00.000Z');
    await sweep(world);
    expect(world.runtime.mail.sent).toHaveLength(3);
    expect(findSeat(await stageOf(world), 'manager.1')?.seat.liveLinks).toHaveLength(2);
    expect(says(await new Browser(world).get(first), 'There is a newer link')).toBe(true);
    expect((await new Browser(world).decide(second, 'approve')).status).toBe(200);
    expect(world.runtime.mail.sent[1]?.text).toContain('reminder 1');
  });

  it('closes a stage whose state machine has ended, and names one that is stuck', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    await enterStage(world);
    const address = linkOf(world, 'ada');
    world.runtime.clock.advance(4 * 3600 + 14 * 60);
    expect(await sweep(world)).toMatchObject({ stuck: 0, abandoned: 0 });
    world.runtime.clock.advance(60);
    expect(await sweep(world)).toMatchObject({ stuck: 1, abandoned: 0 });
    world.runtime.states.statuses.set(world.executionId, 'FAILED');
    expect(await sweep(world)).toMatchObject({ stuck: 0, abandoned: 1 });
    expect(await stageOf(world)).toMatchObject({ outcome: 'abandoned', signal: 'gone' });
    expect(says(await new Browser(world).get(address), 'This request has ended')).toBe(true);
    expect(await sweep(world)).toMatchObject({ abandoned: 0, failures: 0 });
  });
});

describe('a fresh link', () => {
  async function expired() {
    const world = await startWorld(plan([slow(['ada'])]));
    await enterStage(world);
    const address = linkOf(world, 'ada');
    world.runtime.clock.advance(7 * 24 * 3600);
    return { world, address, browser: new Browser(world) };
  }

  it('is mailed to the registered address by POST only; the old link dies, the new one decides', async () => {
    const { world, address, browser } = await expired();
    const page = await browser.get(address);
    expect(says(page, 'This link has expired')).toBe(true);
    expect(says(page, 'ada@example.com')).toBe(false);
    expect(world.runtime.mail.sent).toHaveLength(1);
    await importDirectory(world.runtime, withPerson(sampleDirectory(), 'ada', { email: 'ada.new@example.com' }));
    const answer = await browser.post(address, { nonce: nonceOf(page) });
    expect([answer.status, says(answer, 'A fresh link is on its way')]).toEqual([200, true]);
    const mail = world.runtime.mail.to('ada.new@example.com');
    expect(mail).toHaveLength(1);
    expect(says(await browser.get(address), 'There is a newer link')).toBe(true);
    expect(findSeat(await stageOf(world), 'manager.1')?.seat.liveLinks).toHaveLength(1);
    expect((await new Browser(world).decide(addressIn(mail[0]!.text), 'approve')).status).toBe(200);
  });

  it('is not mailed for a decision that came too late, nor without nonce, cookie or our own origin', async () => {
    const { world, address, browser } = await expired();
    const nonce = nonceOf(await browser.get(address));
    expect((await browser.post(address, { nonce }, { origin: 'null' })).status).toBe(403);
    expect((await new Browser(world).post(address, { nonce })).status).toBe(403);
    expect((await browser.post(address, { nonce: 'wrong' })).status).toBe(409);
    const late = await browser.post(address, { nonce, choice: 'approve', comment: '' });
    expect([late.status, says(late, 'This link has expired')]).toEqual([409, true]);
    expect(world.runtime.mail.sent).toHaveLength(1);
    expect((await stageOf(world)).outcome).toBe('open');
  });

  it('is capped at three a day', async () => {
    const { world, address, browser } = await expired();
    const nonce = nonceOf(await browser.get(address));
    const now = world.runtime.clock.now();
    const asked = [-3 * 3600, -2 * 3600, -3600].map((seconds) => addSeconds(now, seconds));
    await changeStage(world.runtime, world.executionId, 1, (stage) =>
      withSeat(stage, 'manager.1', (seat) => ({ ...seat, freshLinksAskedAt: asked })),
    );
    const refused = await browser.post(address, { nonce });
    expect([refused.status, says(refused, 'the limit of fresh links')]).toEqual([409, true]);
    expect(nonceOf(refused)).toBe('');
    expect(await askFreshLink(world.runtime, (await openLink(world.runtime, address))!)).toBe(false);
    expect(world.runtime.mail.sent).toHaveLength(1);
    world.runtime.clock.advance(21 * 3600);
    const answer = await browser.post(address, { nonce: nonceOf(await browser.get(address)) });
    expect(says(answer, 'A fresh link is on its way')).toBe(true);
    expect(world.runtime.mail.sent).toHaveLength(2);
  });
});

describe('closing a stage by timeout', () => {
  it('drops requests that are still to be mailed', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    world.runtime.mail.refusals = 1;
    await enterStage(world);
    world.runtime.clock.advance(4 * 3600);
    await escalateStage(world.runtime, flowAt(world, { stage: 1, round: 1, timeoutSeconds: 4 * 3600 }));
    expect(world.runtime.mail.sent.map((mail) => addressOrNone(mail.text))).toEqual(['none']);
  });
});

function addressOrNone(text: string): string {
  return text.includes('/approvals/') ? 'link' : 'none';
}
