import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SendTaskSuccessCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { clientOf, outcome, tokenOf } from './support/harness.ts';

const children: ChildProcess[] = [];
const directory = mkdtempSync(join(tmpdir(), 'states-kill-'));
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  rmSync(directory, { recursive: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** A process of Step Functions: what it says, line by line. */
function spawnStates(script: 'child.ts' | 'map-child.ts', ...options: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'support', script), directory, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<{ url?: string; invoked?: Json }> => JSON.parse((await lines.next()).value ?? '{}');
  return { child, next };
}

describe('kill -9', () => {
  it('loses nothing: the function is invoked again with the same token, which completes the execution', async () => {
    const first = spawnStates('child.ts', 'silent');
    const { url = '' } = await first.next();
    const client = clientOf({ url });
    const stateMachineArn = 'arn:aws:states:eu-central-1:000000000000:stateMachine:machine';
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({ stateMachineArn, name: 'n', input: '{"a":1}' }),
    );
    const { invoked = null } = await first.next();
    await kill(first.child);

    const second = spawnStates('child.ts', 'answers');
    const said = [await second.next(), await second.next()];
    expect(said.find((line) => line.invoked !== undefined)?.invoked).toEqual(invoked);
    const again = clientOf({ url: said.find((line) => line.url !== undefined)?.url ?? '' });
    expect(await again.send(new StartExecutionCommand({ stateMachineArn, name: 'n', input: '{"a":1}' }))).toMatchObject(
      { executionArn },
    );
    await again.send(new SendTaskSuccessCommand({ taskToken: tokenOf({ payload: invoked }), output: '"after"' }));
    expect(await outcome({ client: again }, executionArn)).toEqual({ status: 'SUCCEEDED', output: 'after' });
    await kill(second.child);

    const third = spawnStates('child.ts', 'answers');
    const last = clientOf({ url: (await third.next()).url ?? '' });
    expect(await outcome({ client: last }, executionArn)).toEqual({ status: 'SUCCEEDED', output: 'after' });
  });

  it('runs no child of a Map again that had ended: the next process goes on where the first one was killed', async () => {
    const first = spawnStates('map-child.ts', 'a');
    const { url = '' } = await first.next();
    const { executionArn = '' } = await clientOf({ url }).send(
      new StartExecutionCommand({
        stateMachineArn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:machine',
        input: '["a","b","c"]',
      }),
    );
    expect([await first.next(), await first.next()]).toEqual([{ invoked: 'a' }, { invoked: 'b' }]);
    await kill(first.child);

    const second = spawnStates('map-child.ts', 'b', 'c');
    const said = [await second.next(), await second.next(), await second.next()];
    expect(said.flatMap(({ invoked }) => invoked ?? [])).toEqual(['b', 'c']);
    const client = clientOf({ url: said.find((line) => line.url !== undefined)?.url ?? '' });
    await expect
      .poll(() => outcome({ client }, executionArn))
      .toEqual({ status: 'SUCCEEDED', output: ['a', 'b', 'c'] });
  });
});
