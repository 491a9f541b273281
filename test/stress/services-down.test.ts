import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { ApiClient } from '../../lib/local/api-client.ts';
import { decideByMail } from '../../lib/local/person.ts';
import { health } from '../../lib/platform/contracts/api.ts';
import { whenOver } from '../e2e/services/processes.ts';
import { call } from '../e2e/support/call.ts';
import { requesterOf, requestOf, SKILL } from '../e2e/support/example-requests.ts';
import { untilEnded, untilWaiting } from '../e2e/support/flow.ts';
import { addressOf } from '../e2e/support/mails.ts';
import { type SpawnedSystem, spawnSystem } from '../e2e/support/spawned-system.ts';
import { slowTest } from '../support/slow.ts';
import { childrenOf, commandOf } from './support/process-list.ts';

const directory = mkdtempSync(join(tmpdir(), 'countersign-services-'));
let system: SpawnedSystem;
let api: ApiClient;

async function start(): Promise<void> {
  system = await spawnSystem(directory);
  api = new ApiClient(system.api);
}

/** Ends one of the servers that the system has started, as a power cut would. */
async function killService(entry: string): Promise<void> {
  const pid = childrenOf(system.process.pid ?? 0).find((child) => commandOf(child).includes(entry));
  if (pid === undefined) throw new Error(`No process runs ${entry}.`);
  process.kill(pid, 'SIGKILL');
  await whenOver(pid);
}

const logged = (event: string): boolean =>
  readFileSync(join(directory, 'countersign.log'), 'utf8').includes(`"event":"${event}"`);

const healthNow = async () => health.parse((await call(system.api, 'GET', '/healthz')).json);

beforeAll(start);
afterAll(async () => {
  await system.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('the flag server dies in the middle', () => {
  slowTest('executions still start by the last good snapshot; log and health say that it grows old', async () => {
    const before = await healthNow();
    expect(before.status).toBe('ok');
    await killService('unleash-process');
    await vi.waitFor(() => expect(system.output()).toContain('The flag server stopped.'), 10_000);
    // Skipping an hour runs what is scheduled: the sync fails, and the snapshot stays.
    await api.skipTime(3600);
    const executionId = await api.start(SKILL, requesterOf('01'), requestOf('01'));
    expect((await untilEnded(api, executionId)).outcome).toBe('published');
    expect(logged('service-lost')).toBe(true);
    expect(logged('scheduled-function-failed')).toBe(true);
    const now = await healthNow();
    expect(now.status).toBe('degraded');
    expect(now.flags.fetchedAt).toBe(before.flags.fetchedAt);
    expect(now.flags.ageSeconds).toBeGreaterThanOrEqual(3600);
  });
});

describe('the mail server dies in the middle', () => {
  slowTest(
    'the request waits, and the mail comes once there is a server again; the flags are fresh again too',
    async () => {
      await killService('mail-process');
      const executionId = await api.start(SKILL, requesterOf('02'), requestOf('02'));
      await untilWaiting(api, executionId);
      await vi.waitFor(() => expect(logged('approval-mail-failed')).toBe(true), 10_000);
      await system.stop();
      await start();
      // The sender waits longer after each failure.
      await api.skipTime(600);
      await decideByMail(system.inbox, addressOf('javier.moreno'), executionId, { choice: 'approve' });
      await untilWaiting(api, executionId, 2);
      expect((await healthNow()).status).toBe('ok');
    },
  );
});
