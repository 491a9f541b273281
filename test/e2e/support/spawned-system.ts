import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Where the parts of a started system are. */
export interface SystemPlaces {
  readonly api: string;
  readonly inbox: string;
  readonly flags: string;
  readonly states: string;
  readonly directory: string;
}

/** The local system as a process of its own, started by the command that `npm start` runs. */
export interface SpawnedSystem extends SystemPlaces {
  readonly process: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Sends a signal and waits for the process to end; answers its exit code, or the signal that ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** Runs the command line; resolves when the process ends. */
export function runCommand(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['bin/countersign.ts', ...args], {
      cwd: ROOT,
      env: { ...process.env, ...environment },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** How a system is started. */
export interface SpawnOptions {
  /** Arguments besides ports and state directory. */
  readonly args?: readonly string[];
  readonly environment?: Record<string, string>;
  /** In a process group of its own, so that a signal reaches all of it as Ctrl-C in a terminal does. */
  readonly group?: boolean;
}

/** Starts the system on free ports and resolves when it says that it is up. */
export function spawnSystem(directory: string, options: SpawnOptions = {}): Promise<SpawnedSystem> {
  const { args = ['--no-examples'], environment = {}, group = false } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['bin/countersign.ts', 'start', '--ports', 'auto', '--state', directory, ...args],
      {
        cwd: ROOT,
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: group,
      },
    );
    let printed = '';
    const ended = new Promise<number | NodeJS.Signals | null>((done) => {
      child.once('close', (code, signal) => done(code ?? signal));
    });
    const take = (chunk: Buffer): void => {
      printed += chunk.toString('utf8');
      if (!printed.includes('Ctrl-C stops everything')) return;
      child.stdout?.off('data', take);
      child.stdout?.on('data', (more) => {
        printed += more;
      });
      const ports = JSON.parse(readFileSync(join(directory, 'ports.json'), 'utf8')) as Record<string, number>;
      const at = (name: string): string => `http://127.0.0.1:${ports[name]}`;
      resolve({
        api: at('api'),
        inbox: at('inbox'),
        flags: at('flags'),
        states: at('states'),
        directory,
        process: child,
        output: () => printed,
        stop: (signal = 'SIGINT') => {
          if (group && child.pid !== undefined) process.kill(-child.pid, signal);
          else child.kill(signal);
          return ended;
        },
      });
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', (chunk) => {
      printed += chunk;
    });
    child.once('error', reject);
    ended.then((how) => reject(new Error(`The system ended with ${how} before it was up:\n${printed}`)));
  });
}
