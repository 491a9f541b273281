import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startUnleash } from '../../../lib/local/services/unleash.ts';
import { runsSlowTests } from '../../support/slow.ts';
import { whenClosed, whenOver } from './processes.ts';

// A first start of the flag server takes seconds, so the tests share its directory.
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  await (await startUnleash({ port: 0, directory })).close();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Runs all services in a process of its own, which says where they are and then does what it is told. */
function startSystem(): ChildProcess {
  const script = fileURLToPath(new URL('./all-services.ts', import.meta.url));
  const system = spawn(process.execPath, [script, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void system.kill('SIGKILL'));
  return system;
}

interface Whereabouts {
  readonly pids: number[];
  readonly ports: number[];
  readonly pages: string[];
}

async function whereabouts(system: ChildProcess): Promise<Whereabouts> {
  const [line] = await once(createInterface({ input: system.stdout! }), 'line');
  return JSON.parse(line);
}

describe('the services’ processes', { timeout: 60_000 }, () => {
  it('leave nothing behind after a clean close: no process, no port, nothing that keeps the parent alive', async () => {
    const system = startSystem();
    const { pids, ports } = await whereabouts(system);
    system.stdin?.end();
    expect(await once(system, 'exit')).toEqual([0, null]);
    await Promise.all([...pids.map(whenOver), ...ports.map(whenClosed)]);
  });

  it.skipIf(!runsSlowTests)('end with a parent that is killed', async () => {
    const system = startSystem();
    const { pids, ports } = await whereabouts(system);
    system.kill('SIGKILL');
    await Promise.all([...pids.map(whenOver), ...ports.map(whenClosed)]);
  });

  it.skipIf(!runsSlowTests)('stay when Ctrl-C reaches the whole terminal, until the parent closes them', async () => {
    const system = startSystem();
    const { pids, pages } = await whereabouts(system);
    for (const pid of pids) process.kill(pid, 'SIGINT');
    for (const page of pages) expect((await fetch(page)).status).toBe(200);
    system.stdin?.end();
    // A service that had died on its own would have been reported as lost, which this parent answers with 1.
    expect(await once(system, 'exit')).toEqual([0, null]);
  });
});
