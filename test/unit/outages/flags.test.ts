import { beforeEach, describe, expect, test } from 'vitest';
import { installRuntime } from '../../../functions/runtime.ts';
import { handler as syncFlags } from '../../../functions/scheduled/sync-flags.ts';
import { checkHealth } from '../../../lib/platform/api/health.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { startExecution } from '../../../lib/platform/executions/start.ts';
import { fetchSnapshot } from '../../../lib/platform/flags/fetch-snapshot.ts';
import { lastSnapshot, storeSnapshot } from '../../../lib/platform/flags/snapshot-store.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import { sweep } from '../../../lib/platform/watch/sweep.ts';
import { type Answer, startLoopback } from '../../contract/loopback.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { ask, compute, started, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

const skill = tinySkill();
const features = [
  {
    name: skill.flag,
    enabled: true,
    strategies: [{ name: 'flexibleRollout', parameters: { rollout: '100', stickiness: 'accountId', groupId: 'g' } }],
  },
];
const good: Answer = { status: 200, body: JSON.stringify({ version: 2, features }) };

let store: StartedTable;
let runtime: TestRuntime;
let server: Awaited<ReturnType<typeof startLoopback>>;
let answer: Answer;
let figures: Record<string, unknown>;

beforeEach(async () => {
  sendLogTo((line) => {
    const parsed = JSON.parse(line);
    if (parsed.event === 'measured') figures = parsed;
  });
  answer = good;
  store = await startTable();
  server = await startLoopback(() => answer);
  const system = await startSystem(store.table, skill);
  // Snapshots as functions see them: the last good one in the table.
  const flags = {
    snapshot: () => lastSnapshot(store.table),
    source: async () => ({ url: server.url, clientToken: 'a-token' }),
  };
  runtime = { ...system, flags } as unknown as TestRuntime;
  installRuntime(runtime);
  return async () => {
    await server.close();
    await store.close();
  };
});

/** The flag server is gone: nobody listens any more. The waits between attempts are not waited for. */
const syncWithoutServer = async () => {
  const snapshot = await fetchSnapshot(
    { url: server.url, clientToken: 'a-token' },
    { now: runtime.clock.now(), wait: async () => {} },
  );
  await storeSnapshot(store.table, snapshot);
};

describe('Unleash is down', () => {
  test('from the start: everything is off, and on once it has answered', async () => {
    answer = { status: 403 };
    await expect(syncFlags()).rejects.toThrow('answered 403');
    expect(await startExecution(runtime, ask(skill, 100))).toMatchObject({ kind: 'not-rolled-out' });
    expect(await checkHealth(runtime)).toMatchObject({ status: 'degraded', flags: {} });
    await sweep(runtime, runtime.clock.now());
    expect(figures).not.toHaveProperty('FlagSnapshotAge');

    answer = good;
    await syncFlags();
    expect(await startExecution(runtime, ask(skill, 100))).toMatchObject({ kind: 'accepted' });
    expect(await checkHealth(runtime)).toMatchObject({ status: 'ok' });
  });

  test('in the middle: the last good snapshot decides, executions end, and health and figures say how old it is', async () => {
    await syncFlags();
    const snapshot = await lastSnapshot(store.table);
    const before = await started(runtime, ask(skill, 100));
    await server.close();
    runtime.clock.advance(20 * 60);
    await expect(syncWithoutServer()).rejects.toThrow('cannot be reached');
    expect(await lastSnapshot(store.table)).toEqual(snapshot);

    const during = await started(runtime, ask(skill, 100));
    expect((await readExecution(runtime, during)).flag).toMatchObject({
      enabled: true,
      snapshotDigest: snapshot?.digest,
    });
    for (const executionId of [before, during]) {
      await publish(runtime, await compute(runtime, executionId));
      expect((await readExecution(runtime, executionId)).outcome).toBe('published');
    }
    expect(await checkHealth(runtime)).toMatchObject({ status: 'degraded', flags: { ageSeconds: 1_200 } });
    await sweep(runtime, runtime.clock.now());
    expect(figures).toMatchObject({ FlagSnapshotAge: 1_200 });
  });

  test('or answers rubbish: the last good snapshot stays', async () => {
    await syncFlags();
    const snapshot = await lastSnapshot(store.table);
    for (const body of ['<html>', '{"features": 1}', '']) {
      answer = { status: 200, body };
      await expect(syncFlags()).rejects.toThrow();
    }
    expect(await lastSnapshot(store.table)).toEqual(snapshot);
  });
});
