import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ACCOUNT, REGION } from './place.ts';
import { installedServer } from './python.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The server while it runs. */
export interface MiniStack {
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}

/**
 * What the server is told, and every function that it runs inherits: nothing of this process but a path. Node 24, the runtime
 * of the functions, comes first in it. CDK's own functions load the AWS SDK of the Lambda runtime: this checkout's stands in,
 * in a folder with nothing else, so that a bundle of ours that lacks something still fails.
 */
function environmentOf(folder: string, port: number): NodeJS.ProcessEnv {
  const runtime = join(folder, 'runtime');
  mkdirSync(runtime);
  symlinkSync(join(ROOT, 'node_modules', '@aws-sdk'), join(runtime, '@aws-sdk'));
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  return {
    PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
    HOME: folder,
    TMPDIR: temporary,
    NODE_PATH: runtime,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: REGION,
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    LAMBDA_EXECUTOR: 'local',
    // Its broker for devices would listen on every interface.
    IOT_MTLS_ENABLED: '0',
  };
}

/**
 * Starts the local AWS API server on 127.0.0.1 with a free port, and waits until it answers.
 * @param folder where its log and the code of its functions go.
 * @throws NoPython when it cannot be installed.
 */
export async function startMiniStack(folder: string): Promise<MiniStack> {
  const programs = installedServer();
  const port = await freePort();
  const logFile = join(folder, 'ministack.log');
  const child = spawn(join(programs, 'ministack'), {
    cwd: folder,
    env: environmentOf(folder, port),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const close = async () => {
    child.kill('SIGTERM');
    // A function that still runs keeps it; what it holds is thrown away with the folder.
    const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(killer);
    log.end();
  };
  for (const end = performance.now() + 60_000; ; await delay(200)) {
    const health = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    if (health?.ok === true) return { url, pid: child.pid ?? 0, logFile, close };
    if (child.exitCode !== null || performance.now() > end) {
      await close();
      throw new Error(`MiniStack did not start; its log is ${logFile}.`);
    }
  }
}
