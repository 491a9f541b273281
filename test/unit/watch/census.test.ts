import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { checkHealth } from '../../../lib/platform/api/health.ts';
import { statusView } from '../../../lib/platform/api/status-view.ts';
import { openStage } from '../../../lib/platform/approvals/open-stage.ts';
import { health } from '../../../lib/platform/contracts/api.ts';
import { block } from '../../../lib/platform/executions/block.ts';
import { takeCensus } from '../../../lib/platform/executions/census.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { sweepExecutions } from '../../../lib/platform/executions/sweep.ts';
import { countEnded, type Ended } from '../../../lib/platform/executions/tally.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import type { Table } from '../../../lib/platform/store/table.ts';
import { sweep } from '../../../lib/platform/watch/sweep.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { ask, compute, started, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

const skill = tinySkill();
let store: StartedTable;
let runtime: TestRuntime;

beforeEach(async () => {
  sendLogTo(() => {});
  store = await startTable();
  runtime = await startSystem(store.table, skill);
  return () => store.close();
});

async function ended(outcome: 'published' | 'blocked'): Promise<string> {
  const executionId = await started(runtime, ask(skill, outcome === 'published' ? 100 : 9_000));
  await (outcome === 'published' ? publish : block)(runtime, await compute(runtime, executionId));
  return executionId;
}

async function waiting(): Promise<void> {
  const executionId = await started(runtime, ask(skill, 1_000));
  await openStage(runtime, { taskToken: `token-${executionId}`, flow: await compute(runtime, executionId) });
}

const counts = async () =>
  Object.fromEntries((await takeCensus(runtime)).executions.map(({ state, count }) => [state, count]));

/** A table that dies at the n-th write. */
function dyingAt(table: Table, writes: number): Table {
  let left = writes;
  const die = async <T>(write: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left < 0) throw new Error('The process died.');
    return write();
  };
  return Object.assign(Object.create(table), {
    get: table.get.bind(table),
    queryAll: table.queryAll.bind(table),
    query: table.query.bind(table),
    putNew: (item: never) => die(() => table.putNew(item)),
    putVersion: (item: never, version: number) => die(() => table.putVersion(item, version)),
    put: (item: never) => die(() => table.put(item)),
  });
}

describe('the census', () => {
  test('counts every execution, ended or not, before and after the sweeper took them up', async () => {
    await ended('published');
    await ended('published');
    await ended('blocked');
    await waiting();
    await started(runtime, ask(skill, 100));
    const all = { blocked: 1, published: 2, running: 1, waiting: 1 };
    expect(await counts()).toEqual(all);
    expect(await sweepExecutions(runtime, runtime.clock.now())).toMatchObject({ counted: 3, rolledBack: 0 });
    expect(await counts()).toEqual(all);
    expect(await sweepExecutions(runtime, runtime.clock.now())).toMatchObject({ counted: 0 });
    expect(await counts()).toEqual(all);
  });

  test('once counted, an ended execution stands in no work list, and a later change does not bring it back', async () => {
    const executionId = await ended('published');
    await sweepExecutions(runtime, runtime.clock.now());
    expect(await store.table.queryAll({ index: 'gsi2', pk: 'OWING-EXECUTIONS' })).toEqual([]);
    const { changeExecution } = await import('../../../lib/platform/executions/execution-store.ts');
    await changeExecution(runtime, executionId, (record) => ({ ...record, rerunAs: 'ex-other' }));
    expect(await store.table.queryAll({ index: 'gsi2', pk: 'OWING-EXECUTIONS' })).toEqual([]);
    expect(await readExecution(runtime, executionId)).not.toHaveProperty('counted');
    expect(await counts()).toEqual({ published: 1 });
  });

  test('counts each exactly once wherever the counter dies, and however many count at once', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(6), { maxLength: 4 }),
        fc.integer({ min: 1, max: 3 }),
        async (deaths, atOnce) => {
          const before = (await counts()).published ?? 0;
          const batch: Ended[] = [];
          for (let count = 0; count < 2; count += 1)
            batch.push({ executionId: await ended('published'), outcome: 'published' as const });
          for (const writes of deaths)
            await countEnded({ ...runtime, table: dyingAt(store.table, writes) }, batch).catch((error: Error) =>
              expect(error.message).toBe('The process died.'),
            );
          await Promise.all(Array.from({ length: atOnce }, () => countEnded(runtime, batch)));
          expect((await counts()).published).toBe(before + 2);
        },
      ),
      { numRuns: 8 },
    );
  });

  test('knows since when the oldest request waits', async () => {
    expect(await takeCensus(runtime)).not.toHaveProperty('oldestWaitSince');
    const since = runtime.clock.now();
    await waiting();
    runtime.clock.advance(600);
    await waiting();
    expect(await takeCensus(runtime)).toMatchObject({ oldestWaitSince: since });
  });
});

describe('GET /healthz', () => {
  test('says executions by state, oldest wait, postures and the age of the flags, as the sweeper counted them', async () => {
    expect(await checkHealth(runtime)).not.toHaveProperty('executions');
    await ended('blocked');
    await waiting();
    runtime.clock.advance(120);
    await sweep(runtime, runtime.clock.now());
    const answer = health.parse(await checkHealth(runtime));
    expect(answer).toMatchObject({
      status: 'ok',
      flags: { ageSeconds: 180 },
      skills: [{ name: skill.name, posture: 'normal' }],
      executions: {
        countedAt: runtime.clock.now(),
        byState: [
          { state: 'blocked', count: 1 },
          { state: 'waiting', count: 1 },
        ],
        oldestWaitSeconds: 120,
      },
    });
  });
});

describe('the status page', () => {
  test('counts all executions, not only those of its page', async () => {
    for (let count = 0; count < 26; count += 1) await ended('blocked');
    const view = await statusView(runtime, undefined);
    expect(view.executions).toHaveLength(25);
    expect(view.counts).toEqual([{ state: 'blocked', count: 26 }]);
  });
});
