import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { awsVariables } from './place.ts';

const CDK = fileURLToPath(new URL('../../../node_modules/aws-cdk/bin/cdk', import.meta.url));

/** What became of one call of CDK's command line. */
export interface CdkRun {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
}

/** Runs CDK's command line in a folder against the server; never longer than it may take. */
export function cdk(url: string, folder: string, args: readonly string[], withinMs = 400_000): Promise<CdkRun> {
  const started = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<CdkRun>();
  const child = spawn(process.execPath, [CDK, ...args, '--ci', '--no-notices'], {
    cwd: folder,
    env: {
      PATH: `${join(folder, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
      HOME: folder,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      ...awsVariables(url),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: withinMs,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  child.once('error', reject);
  child.once('close', (code) => resolve({ code, output, seconds: (performance.now() - started) / 1000 }));
  return promise;
}

/** The same, where only success is expected. */
export async function cdkOrThrow(url: string, folder: string, args: readonly string[]): Promise<CdkRun> {
  const run = await cdk(url, folder, args);
  if (run.code !== 0) throw new Error(`cdk ${args.join(' ')} ended with ${run.code}:\n${run.output.slice(-6000)}`);
  return run;
}
