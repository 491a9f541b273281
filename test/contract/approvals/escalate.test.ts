import { afterAll, describe, expect, it } from 'vitest';
import { decide } from '../../../lib/platform/approvals/decide.ts';
import { escalateStage } from '../../../lib/platform/approvals/escalate-stage.ts';
import { openLink } from '../../../lib/platform/approvals/link.ts';
import { approvalRecords } from '../../../lib/platform/approvals/records.ts';
import { readChain } from '../../../lib/platform/audit/chain.ts';
import {
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
  waitFor,
  withPerson,
} from './world.ts';

afterAll(endWorlds);

let seats = 100;

const step = (...people: string[]) => ({
  seats: people.map((id) => {
    seats += 1;
    return { seatId: `manager.${seats}`, principal: id, approver: id, delegations: [] };
  }),
  serviceLevelBusinessMinutes: 120,
});

/** Lets the first deadline pass (Friday 14:00 in Berlin) and does what the state machine does then. */
async function timeOut(world: World, token: string, next = { stage: 1, round: 1, timeoutSeconds: 4 * 3600 }) {
  world.runtime.clock.advance(next.timeoutSeconds);
  world.runtime.states.goneTokens.add(token);
  return escalateStage(world.runtime, flowAt(world, next));
}

describe('a missed deadline', () => {
  it('expires a level that has no step left: a timeout never approves', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const token = await enterStage(world);
    const address = linkOf(world, 'ada');
    const flow = await timeOut(world, token);
    expect(flow).toEqual({ executionId: world.executionId, skill: 'sample', verdict: 'expired' });
    expect(await stageOf(world)).toMatchObject({ outcome: 'expired', signal: 'gone' });
    expect(world.runtime.states.signals).toEqual([]);
    expect(says(await new Browser(world).get(address), 'A missed deadline never approves')).toBe(true);
    expect(world.runtime.mail.to('ada@example.com')).toHaveLength(2);
  });

  it('escalates: new seats join, everyone undecided gets a new link, the older round’s links are refused honestly', async () => {
    const world = await startWorld(plan([level('manager', ['ada'], { required: 1, escalation: [step('bob')] })]));
    const token = await enterStage(world);
    const old = linkOf(world, 'ada');
    const browser = new Browser(world);
    const nonce = nonceOf(await browser.get(old));
    const flow = await timeOut(world, token);
    // 120 minutes of work from Friday 14:00 in Berlin.
    expect(flow).toMatchObject({ verdict: 'reopen', next: { stage: 1, round: 2, timeoutSeconds: 7_200 } });
    const between = await browser.post(old, { nonce, choice: 'approve', comment: '' });
    expect(between.status).toBe(409);
    await waitFor(world, flow.next!);
    expect(world.runtime.mail.to('bob@example.com')).toHaveLength(1);
    expect(world.runtime.mail.to('bob@example.com')[0]?.text).toContain('Ada Tester');
    expect(linkOf(world, 'ada')).not.toBe(old);
    const refused = await browser.get(old);
    expect(says(refused, 'There is a newer link')).toBe(true);
    expect(says(await new Browser(world).get(linkOf(world, 'ada')), 'Record my decision')).toBe(true);
    const answer = await new Browser(world).decide(linkOf(world, 'bob'), 'approve');
    expect(answer.status).toBe(200);
    expect(await stageOf(world)).toMatchObject({ outcome: 'approved', round: 2 });
    expect(approvalRecords([await stageOf(world)])).toMatchObject([{ approver: 'bob', round: 2 }]);
  });

  it('keeps recorded decisions, and counts them together with those of the next round', async () => {
    const world = await startWorld(
      plan([level('manager', ['ada', 'cleo'], { required: 2, escalation: [step('bob')] })]),
    );
    const token = await enterStage(world);
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    const flow = await timeOut(world, token);
    await waitFor(world, flow.next!);
    expect(world.runtime.mail.to('ada@example.com')).toHaveLength(1);
    await new Browser(world).decide(linkOf(world, 'bob'), 'approve');
    expect((await stageOf(world)).outcome).toBe('approved');
    expect(approvalRecords([await stageOf(world)]).map((one) => [one.approver, one.round])).toEqual([
      ['ada', 1],
      ['bob', 2],
    ]);
  });

  it('skips people who are seated already or may not decide, and steps that reach nobody', async () => {
    const directory = withPerson(sampleDirectory(), 'dan', { employedUntil: '2026-11-01' });
    const escalation = [step('ada', 'dan'), step('rita'), step('dan', 'bob')];
    const world = await startWorld(plan([level('manager', ['ada'], { escalation })]), { directory });
    const flow = await timeOut(world, await enterStage(world));
    expect(flow.verdict).toBe('reopen');
    const stage = await stageOf(world);
    expect(stage.levels[0]?.seats.map((seat) => seat.approver)).toEqual(['ada', 'bob']);
    expect(stage.levels[0]?.escalation).toEqual([]);
  });

  it('gives a seat back to its principal when the delegation has ended by then; the delegate’s link says so', async () => {
    const holiday = {
      id: 'holiday',
      from: 'ada',
      to: 'dan',
      start: '2026-11-16T00:00:00.000Z',
      end: '2026-11-20T12:00:00.000Z',
      createdBy: 'ada',
      createdAt: '2026-11-10T00:00:00.000Z',
      reason: '',
    };
    const directory = sampleDirectory((one) => ({ ...one, delegations: [holiday] }));
    const held = [{ seatId: 'manager.1', principal: 'ada', approver: 'dan', delegations: ['holiday'] }];
    const manager = level('manager', ['ada'], { seats: held, escalation: [step('bob')] });
    const world = await startWorld(plan([manager]), { directory });
    const token = await enterStage(world);
    const old = linkOf(world, 'dan');
    const flow = await timeOut(world, token);
    await waitFor(world, flow.next!);
    const page = await new Browser(world).get(old);
    expect([says(page, 'You may not decide this request'), says(page, 'Ada Tester fills this seat now')]).toEqual([
      true,
      true,
    ]);
    expect((await new Browser(world).decide(linkOf(world, 'ada'), 'approve')).status).toBe(200);
  });

  it('takes one step per missed deadline and expires after the last', async () => {
    const world = await startWorld(plan([level('manager', ['ada'], { escalation: [step('bob'), step('cleo')] })]));
    let flow = await timeOut(world, await enterStage(world));
    for (const person of ['bob', 'cleo']) {
      const token = await waitFor(world, flow.next!);
      expect(world.runtime.mail.to(`${person}@example.com`)).toHaveLength(1);
      flow = await timeOut(world, token, flow.next!);
    }
    expect(flow.verdict).toBe('expired');
    expect((await stageOf(world)).round).toBe(3);
    const types = (await readChain(world.runtime, world.executionId)).map((event) => event.type);
    expect(types.filter((type) => type === 'stage-escalated')).toHaveLength(2);
  });

  it('only sets the timer anew when the level with the earliest deadline was settled in time', async () => {
    const slow = level('finance', ['bob'], { serviceLevelBusinessMinutes: 420 });
    const world = await startWorld(plan([level('legal', ['ada']), slow]));
    const token = await enterStage(world);
    const address = linkOf(world, 'bob');
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    const flow = await timeOut(world, token);
    expect(flow).toMatchObject({ verdict: 'reopen', next: { stage: 1, round: 1, timeoutSeconds: 3 * 3600 } });
    const mails = world.runtime.mail.sent.length;
    const again = await waitFor(world, flow.next!);
    expect(world.runtime.mail.sent).toHaveLength(mails);
    await new Browser(world).decide(address, 'approve');
    expect(world.runtime.states.signals).toMatchObject([{ taskToken: again, flow: { verdict: 'approved' } }]);
  });

  it('does the same when it is run again for the same timeout', async () => {
    const world = await startWorld(plan([level('manager', ['ada'], { escalation: [step('bob')] })]));
    const token = await enterStage(world);
    const first = await timeOut(world, token);
    const second = await escalateStage(world.runtime, flowAt(world, { stage: 1, round: 1, timeoutSeconds: 4 * 3600 }));
    expect(second).toEqual(first);
    expect((await stageOf(world)).round).toBe(2);
  });

  it('believes the timer even when this machine’s clock is behind', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    await enterStage(world);
    const flow = await escalateStage(world.runtime, flowAt(world, { stage: 1, round: 1, timeoutSeconds: 4 * 3600 }));
    expect(flow.verdict).toBe('expired');
  });
});

describe('a decision racing the timeout', () => {
  it('wins when it is recorded first, although its signal comes too late', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const token = await enterStage(world);
    world.runtime.states.goneTokens.add(token);
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    expect(await stageOf(world)).toMatchObject({ outcome: 'approved', signal: 'gone' });
    const flow = await timeOut(world, token);
    expect(flow.verdict).toBe('approved');
  });

  it('is refused when the timeout is recorded first', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const token = await enterStage(world);
    const link = await openLink(world.runtime, linkOf(world, 'ada'));
    await timeOut(world, token);
    const result = await decide(world.runtime, link!, { action: 'approve', comment: '' });
    expect(result.recorded).toBe(false);
    expect(approvalRecords([await stageOf(world)])).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5, 6])('has one outcome when both come at once (%i)', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const token = await enterStage(world);
    const link = await openLink(world.runtime, linkOf(world, 'ada'));
    const next = { stage: 1, round: 1, timeoutSeconds: 4 * 3600 };
    world.runtime.states.goneTokens.add(token);
    const [decision, flow] = await Promise.all([
      decide(world.runtime, link!, { action: 'approve', comment: '' }),
      escalateStage(world.runtime, flowAt(world, next)),
    ]);
    expect(flow.verdict).toBe(decision.recorded ? 'approved' : 'expired');
    expect((await stageOf(world)).outcome).toBe(flow.verdict);
  });
});

describe('RequestApproval, tried again', () => {
  it('replaces the token, keeps the due instants and mails nobody twice', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const first = await enterStage(world);
    const before = await stageOf(world);
    world.runtime.clock.advance(60);
    const second = await enterStage(world);
    const after = await stageOf(world);
    expect(after.levels).toEqual(before.levels);
    expect(after.taskToken).toBe(second);
    expect(second).not.toBe(first);
    expect(world.runtime.mail.sent).toHaveLength(1);
  });

  it('is signalled at once when the stage was settled before its token came', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const first = await enterStage(world);
    world.runtime.states.goneTokens.add(first);
    await new Browser(world).decide(linkOf(world, 'ada'), 'reject', 'No.');
    expect((await stageOf(world)).signal).toBe('gone');
    const second = await enterStage(world);
    expect(world.runtime.states.signals).toMatchObject([{ taskToken: second, flow: { verdict: 'rejected' } }]);
    expect((await stageOf(world)).signal).toBe('accepted');
  });

  it('refuses a task of a round that is over', async () => {
    const world = await startWorld(plan([level('manager', ['ada'], { escalation: [step('bob')] })]));
    await timeOut(world, await enterStage(world));
    await expect(waitFor(world, { stage: 1, round: 1, timeoutSeconds: 1 })).rejects.toMatchObject({
      code: 'StaleRound',
    });
  });
});
