import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { respondToThrown } from '../../../lib/platform/api/respond.ts';
import { ArtifactsUnavailable } from '../../../lib/platform/artifacts/artifacts-unavailable.ts';
import { folderArtifactStore } from '../../../lib/platform/artifacts/folder.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { execute } from '../../../lib/platform/executions/execute.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { preflight } from '../../../lib/platform/executions/preflight.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { startExecution } from '../../../lib/platform/executions/start.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import { sweep } from '../../../lib/platform/watch/sweep.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { ask, compute, flowOf, started, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

const disk = vi.hoisted(() => ({ full: false }));

// A disk that is full takes the first bytes of a file and then no more.
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...real,
    writeFile: async (file: string, text: string, options: object) => {
      if (!disk.full) return real.writeFile(file, text, options);
      await real.writeFile(file, text.slice(0, 10), options);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    },
  };
});

const skill = tinySkill();
let folder: string;
let store: StartedTable;
let runtime: TestRuntime;
let figures: Record<string, unknown>;

beforeEach(async () => {
  sendLogTo((line) => {
    const parsed = JSON.parse(line);
    if (parsed.event === 'measured') figures = parsed;
  });
  disk.full = false;
  folder = await mkdtemp(join(tmpdir(), 'countersign-outage-'));
  store = await startTable();
  const system = await startSystem(store.table, skill);
  const artifacts = folderArtifactStore(join(folder, 'artifacts'));
  for (const text of system.artifacts.documents.values()) await artifacts.put(JSON.parse(text));
  runtime = { ...system, artifacts } as unknown as TestRuntime;
  return async () => {
    disk.full = false;
    await store.close();
    await rm(folder, { recursive: true, force: true });
  };
});

const halfFiles = async () =>
  (await readdir(join(folder, 'artifacts'), { recursive: true })).filter((name) => name.endsWith('.tmp'));

/** Takes the folder away and puts a file in its place: every access fails, and not because something is missing. */
async function unreadable(): Promise<() => Promise<void>> {
  const [place, aside] = [join(folder, 'artifacts'), join(folder, 'aside')];
  await rename(place, aside);
  await writeFile(place, '');
  return async () => {
    await rm(place);
    await rename(aside, place);
  };
}

describe('the artifacts folder is full', () => {
  test('a request is refused with a typed error, and nothing of it stays', async () => {
    disk.full = true;
    const refused = await startExecution(runtime, ask(skill, 100)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ArtifactsUnavailable);
    expect((refused as Error).message).toContain('ENOSPC');
    expect(respondToThrown(refused, 'request-1')).toMatchObject({
      statusCode: 503,
      body: expect.stringContaining('ArtifactsUnavailable'),
    });
    expect(runtime.states.started).toEqual([]);
    expect(await store.table.queryAll({ index: 'gsi1', pk: 'EXECUTIONS#2026-11' })).toEqual([]);
    expect(await halfFiles()).toEqual([]);
  });

  test('an execution that meets it ends with whole evidence once there is room, and half of nothing before', async () => {
    const executionId = await started(runtime, ask(skill, 1_000));
    const flow = await preflight(runtime, flowOf(runtime, executionId));
    disk.full = true;
    await expect(execute(runtime, flow)).rejects.toBeInstanceOf(ArtifactsUnavailable);
    // The state machine catches the fault, and Recover meets the same disk.
    const fault = { Error: 'ArtifactsUnavailable' };
    await expect(recover(runtime, { ...flow, fault })).rejects.toBeInstanceOf(ArtifactsUnavailable);
    runtime.states.statuses.set(executionId, 'FAILED');
    const record = await readExecution(runtime, executionId);
    expect([record.outcome, record.outputs, record.result]).toEqual([undefined, undefined, undefined]);

    runtime.clock.advance(3_600);
    await sweep(runtime, runtime.clock.now());
    expect(figures).toMatchObject({ Reconciled: 0, SweepFailures: 1 });
    expect((await readExecution(runtime, executionId)).outcome).toBeUndefined();
    expect(await halfFiles()).toEqual([]);

    disk.full = false;
    await sweep(runtime, runtime.clock.now());
    expect(figures).toMatchObject({ Reconciled: 1, SweepFailures: 0 });
    expect((await readExecution(runtime, executionId)).outcome).toBe('rolled-back');
    const packet = await assembleEvidence(runtime, executionId);
    expect((await verifyEvidence(packet, { skills: [skill], versions: engineVersions })).ok).toBe(true);
    expect(runtime.mail.to('oversight@example.com')).toHaveLength(1);
  });
});

describe('the artifacts folder cannot be read', () => {
  test('it is a fault, never a gate’s verdict: the step can be run again and publishes', async () => {
    const executionId = await started(runtime, ask(skill, 100));
    const flow = await compute(runtime, executionId);
    const restore = await unreadable();
    await expect(publish(runtime, flow)).rejects.toBeInstanceOf(ArtifactsUnavailable);
    await expect(recover(runtime, flow)).rejects.toBeInstanceOf(ArtifactsUnavailable);
    expect((await readExecution(runtime, executionId)).outcome).toBeUndefined();
    await restore();
    await publish(runtime, flow);
    expect((await readExecution(runtime, executionId)).outcome).toBe('published');
  });

  test('a missing artifact stays a missing artifact', async () => {
    await expect(runtime.artifacts.get(`sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'NotFound' });
  });
});
