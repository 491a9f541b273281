import { beforeEach, describe, expect, test } from 'vitest';
import { openStage } from '../../../lib/platform/approvals/open-stage.ts';
import { readStage } from '../../../lib/platform/approvals/stage-store.ts';
import { setPosture } from '../../../lib/platform/configuration/posture.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { preflight } from '../../../lib/platform/executions/preflight.ts';
import { reconcileExecutions } from '../../../lib/platform/executions/reconcile.ts';
import { leaseSlot, reapSlots } from '../../../lib/platform/executions/slots.ts';
import { sweepExecutions } from '../../../lib/platform/executions/sweep.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import { sweep } from '../../../lib/platform/watch/sweep.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { ask, compute, flowOf, started, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

const skill = tinySkill();
let store: StartedTable;
let runtime: TestRuntime;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  lines = [];
  sendLogTo((line) => lines.push(JSON.parse(line)));
  store = await startTable();
  runtime = await startSystem(store.table, skill);
  return () => store.close();
});

const reconcile = () => reconcileExecutions(runtime, runtime.clock.now());

/** The figures that a whole sweep writes. */
async function figures(): Promise<Record<string, unknown>> {
  lines = [];
  await sweep(runtime, runtime.clock.now());
  return lines.find((line) => line.event === 'measured') ?? {};
}

/** An execution that waits for its first stage. */
async function waiting(): Promise<string> {
  const executionId = await started(runtime, ask(skill, 1_000));
  await openStage(runtime, { taskToken: `token-${executionId}`, flow: await compute(runtime, executionId) });
  return executionId;
}

describe('A32: an execution whose state machine has ended without it', () => {
  test.each(['ABORTED', 'TIMED_OUT', 'FAILED', 'SUCCEEDED'])(
    'ends as rolled-back when that was %s: stage closed, links dead, packet whole, oversight and requester told',
    async (status) => {
      const executionId = await waiting();
      runtime.states.statuses.set(executionId, status);
      runtime.clock.advance(16 * 60);
      expect(await reconcile()).toEqual({ reconciled: 1, stuck: 0, failures: 0 });

      const record = await readExecution(runtime, executionId);
      expect(record).toMatchObject({
        status: 'failed',
        outcome: 'rolled-back',
        fault: { error: 'StateMachineEnded', message: expect.stringContaining(status) },
      });
      expect(await readStage(runtime, executionId, 1)).toMatchObject({ outcome: 'abandoned' });
      const packet = await assembleEvidence(runtime, executionId);
      expect((await verifyEvidence(packet, { skills: [skill], versions: engineVersions })).ok).toBe(true);
      expect(runtime.mail.to('oversight@example.com')).toHaveLength(1);
      expect(runtime.mail.to('ada@example.com').at(-1)?.subject).toBeDefined();
      expect(await reconcile()).toEqual({ reconciled: 0, stuck: 0, failures: 0 });
    },
  );

  test('one that never got a state machine, or whose history is gone, too', async () => {
    const executionId = await waiting();
    runtime.clock.advance(16 * 60);
    const { states } = runtime;
    states.describe = async () => undefined as never;
    expect(await reconcile()).toMatchObject({ reconciled: 1 });
    expect((await readExecution(runtime, executionId)).outcome).toBe('rolled-back');
  });

  test('is left alone while it may still be on its way, and while its state machine runs', async () => {
    const executionId = await waiting();
    runtime.states.statuses.set(executionId, 'ABORTED');
    runtime.clock.advance(14 * 60);
    expect(await reconcile()).toMatchObject({ reconciled: 0 });
    runtime.states.statuses.set(executionId, 'RUNNING');
    runtime.clock.advance(3_600);
    expect(await reconcile()).toEqual({ reconciled: 0, stuck: 0, failures: 0 });
  });

  test('is left alone when it ended between the list and the look', async () => {
    const executionId = await waiting();
    runtime.clock.advance(16 * 60);
    const { states } = runtime;
    states.describe = async () => {
      const { recover } = await import('../../../lib/platform/executions/recover.ts');
      await recover(runtime, { ...flowOf(runtime, executionId), fault: { Error: 'Faster' } });
      return { status: 'FAILED' };
    };
    expect(await reconcile()).toMatchObject({ reconciled: 0 });
    expect((await readExecution(runtime, executionId)).fault?.error).toBe('Faster');
  });

  test('one whose look fails keeps no other from being looked after', async () => {
    const broken = await waiting();
    const aborted = await waiting();
    runtime.states.statuses.set(aborted, 'ABORTED');
    runtime.clock.advance(16 * 60);
    const { states } = runtime;
    const describe = states.describe.bind(states);
    states.describe = (skillId, executionId) =>
      executionId === broken ? Promise.reject(new Error('Throttled.')) : describe(skillId, executionId);
    expect(await reconcile()).toEqual({ reconciled: 1, stuck: 0, failures: 1 });
  });

  test('fifty a sweep, in turn: with many that are well, one that is not is found all the same', {
    timeout: 60_000,
  }, async () => {
    const free = { ...skill, budget: { ...skill.budget, computingExecutions: 200 } };
    const many: string[] = [];
    const wide = { ...runtime, skills: [free] };
    for (let count = 0; count < 101; count += 1) {
      runtime.clock.advance(1);
      many.push(await started(wide as TestRuntime, ask(free, 1_000)));
    }
    runtime.states.statuses.set(many.at(-1)!, 'ABORTED');
    runtime.clock.advance(16 * 60);
    await sweepExecutions(runtime, runtime.clock.now());
    const found = [];
    for (let round = 0; round < 3; round += 1) found.push((await reconcile()).reconciled);
    expect(found).toEqual([0, 0, 1]);
  });
});

describe('an execution that runs far too long', () => {
  test('is counted as stuck, unless its publication is held', async () => {
    const executionId = await started(runtime, ask(skill, 100));
    await compute(runtime, executionId);
    runtime.clock.advance(2 * 3_600);
    expect(await reconcile()).toEqual({ reconciled: 0, stuck: 1, failures: 0 });
    expect(await figures()).toMatchObject({ StuckWaits: 1 });
    await setPosture(runtime, skill.name, 'critical', 'olga');
    expect(await reconcile()).toMatchObject({ stuck: 0 });
  });
});

describe('slots', () => {
  const slotsFree = async () => {
    const probe = await leaseSlot(
      runtime,
      { ...skill, budget: { ...skill.budget, computingExecutions: 1 } },
      'ex-probe',
    );
    return probe.leased;
  };

  test('of an execution that crashed while it computed come free when the lease ends, at the latest', async () => {
    await preflight(runtime, flowOf(runtime, await started(runtime, ask(skill, 1_000))));
    expect(await slotsFree()).toBe(false);
    expect(await reapSlots(runtime, runtime.clock.now())).toBe(0);
    runtime.clock.advance(900);
    expect(await reapSlots(runtime, runtime.clock.now())).toBe(1);
    expect(await reapSlots(runtime, runtime.clock.now())).toBe(0);
    expect(await slotsFree()).toBe(true);
  });

  test('of an execution whose state machine was aborted while it computed come free in the sweep that finds it', async () => {
    const executionId = await started(runtime, ask(skill, 1_000));
    runtime.states.statuses.set(executionId, 'ABORTED');
    runtime.clock.advance(16 * 60);
    await leaseSlot(runtime, skill, executionId);
    expect(await slotsFree()).toBe(false);
    expect(await figures()).toMatchObject({ Reconciled: 1, RolledBack: 0 });
    expect(await slotsFree()).toBe(true);
    expect(await figures()).toMatchObject({ Reconciled: 0, RolledBack: 1 });
  });

  test('of an execution that has ended come free before their lease', async () => {
    const executionId = await started(runtime, ask(skill, 9_000));
    const { block } = await import('../../../lib/platform/executions/block.ts');
    await block(runtime, await compute(runtime, executionId));
    await leaseSlot(runtime, skill, executionId);
    expect(await reapSlots(runtime, runtime.clock.now())).toBe(1);
  });
});

describe('what alarms watch', () => {
  test('is one line in the embedded metric format, each figure with its unit', async () => {
    const executionId = await waiting();
    const line = await figures();
    expect(line).toMatchObject({
      _aws: {
        Timestamp: Date.parse(runtime.clock.now()),
        CloudWatchMetrics: [{ Namespace: 'Countersign', Dimensions: [['Environment']] }],
      },
      Environment: 'test',
      OverdueApproval: 0,
      StuckWaits: 0,
      Reconciled: 0,
      RolledBack: 0,
      FlagSnapshotAge: 60,
      MailsGivenUp: 0,
      SweepFailures: 0,
    });
    const [{ Metrics }] = (line._aws as { CloudWatchMetrics: [{ Metrics: { Name: string; Unit: string }[] }] })
      .CloudWatchMetrics;
    expect(Object.fromEntries(Metrics.map(({ Name, Unit }) => [Name, Unit]))).toMatchObject({
      OverdueApproval: 'Seconds',
      StuckWaits: 'Count',
    });
    for (const { Name } of Metrics) expect(typeof line[Name]).toBe('number');
    expect(JSON.stringify(line)).not.toContain(executionId);
  });

  test('an approval past its deadline shows for how long, one that its state machine forgot as stuck', async () => {
    const executionId = await waiting();
    const { timerDueAt } = await readStage(runtime, executionId, 1);
    runtime.clock.set(timerDueAt);
    runtime.clock.advance(20 * 60);
    expect(await figures()).toMatchObject({ OverdueApproval: 1_200, StuckWaits: 1 });
  });

  test('a part that breaks off counts as a failure, and the others go on', async () => {
    const executionId = await waiting();
    runtime.states.statuses.set(executionId, 'ABORTED');
    runtime.clock.advance(16 * 60);
    runtime.flags.snapshot = async () => Promise.reject(new Error('The snapshot is damaged.'));
    const line = await figures();
    expect(line).toMatchObject({ SweepFailures: 1, Reconciled: 1 });
    expect(line).not.toHaveProperty('FlagSnapshotAge');
  });
});
