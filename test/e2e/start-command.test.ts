import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { executionList } from '../../lib/platform/contracts/api.ts';
import { slowTest } from '../support/slow.ts';
import { whenClosed, whenOver } from './services/processes.ts';
import { call } from './support/call.ts';
import { childrenOf } from './support/child-processes.ts';
import { examples } from './support/example-requests.ts';
import { runCommand, type SpawnedSystem, spawnSystem } from './support/spawned-system.ts';

/** What one start may take on two cores that the tests share with others; alone it takes a fraction of it. */
const SECONDS_ON_SHARED_CORES = 60;

const directory = mkdtempSync(join(tmpdir(), 'countersign-start-'));
let system: SpawnedSystem;
beforeAll(async () => {
  system = await spawnSystem(directory, { args: [], group: true });
});
afterAll(async () => {
  if (system?.process.exitCode === null) await system.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Everything that the system executes or has executed. */
async function executions(): Promise<string[]> {
  const answer = await call(system.api, 'GET', '/executions?limit=100', { caller: 'auditor' });
  return executionList.parse(answer.json).executions.map(({ executionId }) => executionId);
}

/** Stops the system as Ctrl-C does; nothing of it may be left. */
async function expectCleanStop(signal: NodeJS.Signals): Promise<void> {
  const { pid = 0 } = system.process;
  const children = childrenOf(pid);
  // The flag server and the mail server are processes of their own.
  expect(children.length).toBeGreaterThanOrEqual(2);
  expect(await system.stop(signal)).toBe(0);
  expect(system.output()).toContain('Stopped. Everything is kept.');
  await Promise.all([pid, ...children].map(whenOver));
  for (const url of [system.api, system.inbox, system.flags, system.states])
    await whenClosed(Number(new URL(url).port));
  expect(existsSync(join(directory, 'lock'))).toBe(false);
}

describe('countersign start', () => {
  let first: readonly string[];
  let places: Pick<SpawnedSystem, 'api' | 'inbox' | 'flags' | 'states'>;

  test('is up in time, shows progress, and says where everything is', async () => {
    const output = system.output();
    const seconds = Number(/is up after ([\d.]+) s/.exec(output)?.[1]);
    console.info(`The local system was up after ${seconds} s.`);
    expect(seconds).toBeLessThan(SECONDS_ON_SHARED_CORES);
    expect(output.indexOf('Starting the flag server')).toBeLessThan(output.indexOf('is up after'));
    const { api, inbox, flags, states } = system;
    places = { api, inbox, flags, states };
    for (const told of [api, inbox, flags, `${api}/status`, `${api}/openapi.json`, 'curl', 'Ctrl-C'])
      expect(output).toContain(told);
    for (const url of [`${api}/healthz`, `${api}/openapi.json`, `${api}/status`, inbox, flags])
      expect((await fetch(url)).status, url).toBe(200);
  });

  test('submits the bundled examples, so that there is something to approve', async () => {
    first = await executions();
    expect(first).toHaveLength(examples.length);
    expect(system.output()).toContain(`Submitted the ${examples.length} bundled examples`);
  });

  test('refuses a port that is taken: it says which, what to do, and exits with 2', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const elsewhere = mkdtempSync(join(tmpdir(), 'countersign-taken-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
    const ask = ['start', '--state', elsewhere, '--ports', 'auto', '--port-inbox', String(port)];
    const { code, stderr } = await runCommand(ask);
    expect(code).toBe(2);
    expect(stderr).toContain(`Port ${port}, which inbox needs, is in use.`);
    expect(stderr).toContain('--port-inbox NUMBER');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(join(elsewhere, 'lock'))).toBe(false);
  });

  test('refuses ports that are none, and a directory that is in use', async () => {
    const [word, range, busy] = await Promise.all([
      runCommand(['start', '--state', join(directory, 'nowhere'), '--ports', 'some']),
      runCommand(['start', '--state', join(directory, 'nowhere'), '--port-api', '70000']),
      runCommand(['start', '--state', directory, '--ports', 'auto']),
    ]);
    expect([word.code, range.code, busy.code]).toEqual([2, 2, 2]);
    expect(word.stderr).toContain('--ports auto');
    expect(range.stderr).toContain('/api');
    expect(busy.stderr).toContain(`already runs on ${directory}, as process ${system.process.pid}`);
    expect((await call(system.api, 'GET', '/healthz')).status).toBe(200);
  });

  test('is stopped by Ctrl-C with nothing left: no process, no port, no lock', async () => {
    await expectCleanStop('SIGINT');
  });

  slowTest('finds its state and its ports again, and submits no example twice', async () => {
    system = await spawnSystem(directory, { args: [], group: true });
    expect(system).toMatchObject(places);
    expect(await executions()).toEqual(first);
  });

  slowTest('is stopped by a request to terminate just as well; --fresh then empties the state', async () => {
    await expectCleanStop('SIGTERM');
    system = await spawnSystem(directory, { args: ['--fresh', '--no-examples'], group: true });
    expect(await executions()).toEqual([]);
    expect(readdirSync(join(directory, 'artifacts')).length).toBeLessThan(10);
    const mails = (await (await fetch(`${system.inbox}/email`)).json()) as unknown[];
    expect(mails).toEqual([]);
    expect(await system.stop()).toBe(0);
  });
});
