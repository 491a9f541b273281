import { afterAll, describe, expect, it } from 'vitest';
import { openOversight } from '../../../lib/platform/approvals/oversight.ts';
import { approvalRecords } from '../../../lib/platform/approvals/records.ts';
import { OVERSIGHT_STAGE } from '../../../lib/platform/approvals/stage.ts';
import { sweepApprovals } from '../../../lib/platform/approvals/sweep.ts';
import { withdrawStages } from '../../../lib/platform/approvals/withdraw.ts';
import { readChain } from '../../../lib/platform/audit/chain.ts';
import { seed } from '../../../lib/platform/configuration/seed.ts';
import { changeExecution, readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { snapshotOf } from '../../../lib/platform/flags/snapshot.ts';
import {
  addressIn,
  Browser,
  endWorlds,
  enterStage,
  level,
  linkOf,
  maybeStage,
  nonceOf,
  plan,
  says,
  stageOf,
  startWorld,
} from './world.ts';

afterAll(endWorlds);

describe('a withdrawal', () => {
  it('ends the wait; links die and say so, everyone who was asked is told', async () => {
    const world = await startWorld(plan([level('manager', ['ada', 'bob'])]));
    const token = await enterStage(world);
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    const address = linkOf(world, 'bob');
    const browser = new Browser(world);
    const nonce = nonceOf(await browser.get(address));
    expect(await withdrawStages(world.runtime, world.executionId, 'rita')).toBe(true);
    expect(world.runtime.states.signals).toMatchObject([{ taskToken: token, flow: { verdict: 'withdrawn' } }]);
    const page = await browser.get(address);
    expect([says(page, 'The request was withdrawn'), says(page, 'Rita Tester')]).toEqual([true, true]);
    expect((await browser.post(address, { nonce, choice: 'approve', comment: '' })).status).toBe(409);
    expect(approvalRecords([await stageOf(world)])).toHaveLength(1);
    expect(world.runtime.mail.to('bob@example.com')).toHaveLength(2);
    expect(world.runtime.mail.to('ada@example.com')).toHaveLength(1);
  });

  it('is idempotent, and leaves a stage that was settled first as it is', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    await enterStage(world);
    await withdrawStages(world.runtime, world.executionId, 'rita');
    expect(await withdrawStages(world.runtime, world.executionId, 'rita')).toBe(true);
    expect(world.runtime.states.signals).toHaveLength(1);

    const decided = await startWorld(plan([level('manager', ['ada'])]));
    await enterStage(decided);
    await new Browser(decided).decide(linkOf(decided, 'ada'), 'reject', 'No.');
    expect(await withdrawStages(decided.runtime, decided.executionId, 'rita')).toBe(false);
    expect((await stageOf(decided)).outcome).toBe('rejected');
  });

  it('that comes between two stages closes the next one as it opens, and asks nobody', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])], [level('director', ['bob'])]));
    await enterStage(world);
    await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    await changeExecution(world.runtime, world.executionId, (record) => ({
      ...record,
      withdrawal: { by: 'rita', at: world.runtime.clock.now() },
    }));
    const token = await enterStage(world, 2);
    expect(world.runtime.states.signals[1]).toMatchObject({ taskToken: token, flow: { verdict: 'withdrawn' } });
    expect(world.runtime.mail.to('bob@example.com')).toEqual([]);
  });
});

describe('oversight', () => {
  async function escalated() {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    await changeExecution(world.runtime, world.executionId, (record) => ({
      ...record,
      gates: [
        {
          gate: 'determinism-check',
          result: 'fail',
          onFail: 'escalate',
          reasons: [{ code: 'digest-differs', message: 'A second run gave another result.', pointer: '' }],
        },
      ],
    }));
    const flow = { executionId: world.executionId, skill: 'sample', verdict: 'escalate' } as const;
    await openOversight(world.runtime, { taskToken: 'oversight-token', flow });
    const [mail] = world.runtime.mail.to('oversight@example.com');
    return { world, flow, mail: mail!, address: addressIn(mail!.text), browser: new Browser(world) };
  }

  it('is asked once, by mail, with the gate and its reasons', async () => {
    const { world, flow, mail, address, browser } = await escalated();
    expect(mail.text).toContain('A second run gave another result.');
    await openOversight(world.runtime, { taskToken: 'second-token', flow });
    expect(world.runtime.mail.sent).toHaveLength(1);
    const page = await browser.get(address);
    expect(['close', 're-run', 'approve'].map((choice) => page.body.includes(`value="${choice}"`))).toEqual([
      true,
      true,
      false,
    ]);
    expect((await browser.post(address, { nonce: nonceOf(page), choice: 'approve', comment: '' })).status).toBe(400);
  });

  it('closes the execution: nothing is published', async () => {
    const { world, address, browser } = await escalated();
    const answer = await browser.decide(address, 'close', 'A faulty engine.');
    expect([answer.status, says(answer, 'You closed the execution.')]).toEqual([200, true]);
    expect(world.runtime.states.signals).toMatchObject([
      { taskToken: 'oversight-token', flow: { verdict: 'closed-by-oversight' } },
    ]);
    const stage = await maybeStage(world, OVERSIGHT_STAGE);
    expect(approvalRecords([stage!])).toMatchObject([{ stage: 0, action: 'close', approver: 'oversight' }]);
    expect((await readExecution(world.runtime, world.executionId)).rerunAs).toBeUndefined();
  });

  it('runs the same request again as a new execution, once', async () => {
    const { world, address, browser } = await escalated();
    await seed(world.runtime);
    world.runtime.flags.set(
      snapshotOf(
        {
          features: [
            {
              name: 'skill_00001_sample',
              enabled: true,
              strategies: [
                {
                  name: 'flexibleRollout',
                  parameters: { rollout: '100', stickiness: 'accountId', groupId: 'skill_00001_sample' },
                },
              ],
            },
          ],
        },
        world.runtime.clock.now(),
      ),
    );
    world.runtime.states.failure = new Error('The process died.');
    expect((await browser.decide(address, 're-run')).status).toBe(200);
    world.runtime.states.failure = undefined;
    await sweepApprovals(world.runtime, world.runtime.clock.now());
    const { rerunAs } = await readExecution(world.runtime, world.executionId);
    expect(rerunAs).toBeDefined();
    expect(new Set(world.runtime.states.started.map((one) => one.executionId))).toEqual(new Set([rerunAs]));
    expect((await readExecution(world.runtime, rerunAs!)).rerunOf).toBe(world.executionId);
    expect(world.runtime.states.signals).toMatchObject([{ flow: { verdict: 'closed-by-oversight' } }]);
  });

  it('says so in the record when a re-run is not to be had, and ends the execution all the same', async () => {
    const { world, address, browser } = await escalated();
    await seed(world.runtime);
    expect((await browser.decide(address, 're-run')).status).toBe(200);
    const chain = await readChain(world.runtime, world.executionId);
    expect(chain.filter((event) => event.type === 'rerun-refused').map((event) => event.data)).toEqual([
      { reason: 'not-rolled-out' },
    ]);
    expect(world.runtime.states.signals).toMatchObject([{ flow: { verdict: 'closed-by-oversight' } }]);
  });

  it('cannot decide after its deadline, and the sweeper closes what nobody waits for', async () => {
    const { world, address, browser } = await escalated();
    const nonce = nonceOf(await browser.get(address));
    world.runtime.clock.advance(3 * 24 * 3600);
    const late = await browser.post(address, { nonce, choice: 're-run', comment: '' });
    expect(late.status).toBe(409);
    world.runtime.states.statuses.set(world.executionId, 'SUCCEEDED');
    world.runtime.clock.advance(15 * 60);
    expect(await sweepApprovals(world.runtime, world.runtime.clock.now())).toMatchObject({ abandoned: 1, failures: 0 });
    expect(world.runtime.states.started).toEqual([]);
  });
});
