import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendTaskSuccessCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { VirtualClock } from '../../../lib/local/clock.ts';
import {
  begin,
  CALLBACK,
  eventTypes,
  execute,
  type Harness,
  type HarnessOptions,
  outcome,
  START,
  start,
  tokenOf,
} from './support/harness.ts';
import { mapOver } from './support/machines.ts';
import { childrenOf, openGates } from './support/map-runs.ts';
import { mapAlone } from './support/synthesized.ts';

const root = mkdtempSync(join(tmpdir(), 'states-map-'));
afterAll(() => rmSync(root, { recursive: true }));

function newDirectory(): string {
  return mkdtempSync(join(root, 'd-'));
}

/** Starts anew in the directory of an instance that was dropped without being closed, a second later. */
function restart(definition: Json, directory: string, options: HarnessOptions = {}): Promise<Harness> {
  return start(definition, { ...options, directory, clock: new VirtualClock(START + 1000) });
}

/** The files of all executions, each with its lines in the order of writing. */
function journalOf(directory: string): ReadonlyMap<string, readonly string[]> {
  const folder = join(directory, 'executions');
  const files = readdirSync(folder).map((file) => join(folder, file));
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8').split('\n').slice(0, -1)]));
}

describe('a Map after a crash', () => {
  it('runs no child again that has ended, invokes those that ran, and starts the others', async () => {
    const definition = mapAlone({ maxConcurrency: 2 });
    const directory = newDirectory();
    const gates = openGates();
    const before = await start(definition, { directory, work: (payload) => gates.pass(payload) });
    const arn = await begin(before, { items: ['a', 'b', 'c', 'd'] });
    await gates.open('b', 'B');
    await gates.settled();
    expect(gates.waiting()).toEqual(['a', 'c']);

    const after = await restart(definition, directory, { work: (payload) => (payload as string).toUpperCase() });
    await after.states.idle();
    expect(after.calls.map(({ payload }) => payload).sort()).toEqual(['a', 'c', 'd']);
    expect(await outcome(after, arn)).toEqual({ status: 'SUCCEEDED', output: ['A', 'B', 'C', 'D'] });
  });

  it('every step of every execution can be the last before it, and the outcome is the same', async () => {
    const definition = mapAlone({ maxConcurrency: 1, toleratedFailureCount: 1 });
    const work = (payload: Json) => {
      if (payload === 'b') throw new Error('bad');
      return payload;
    };
    const directory = newDirectory();
    // What the journal held after each step, and how many children had ended by then.
    const steps: { readonly files: ReadonlyMap<string, readonly string[]>; readonly ended: number }[] = [];
    const whole = await start(definition, {
      directory,
      work,
      onTransition: ({ executionArn, status }) => {
        const hasEnded = status !== 'RUNNING' && executionArn.includes(':express:');
        steps.push({ files: journalOf(directory), ended: (steps.at(-1)?.ended ?? 0) + (hasEnded ? 1 : 0) });
      },
    });
    const arn = await execute(whole, { items: ['a', 'b', 'c'] });
    const expected = await outcome(whole, arn);
    const types = await eventTypes(whole, arn);
    expect(expected).toEqual({ status: 'SUCCEEDED', output: ['a', 'c'] });
    expect(steps.length).toBeGreaterThan(10);

    for (const [index, { files, ended }] of steps.entries()) {
      const copy = newDirectory();
      cpSync(directory, copy, { recursive: true });
      rmSync(join(copy, 'finished.jsonl'), { force: true });
      for (const file of journalOf(copy).keys()) rmSync(file);
      for (const [file, lines] of files) {
        writeFileSync(file.replace(directory, copy), lines.map((line) => `${line}\n`).join(''));
      }
      const after = await restart(definition, copy, { work });
      await after.states.idle();
      const at = `after ${index + 1} of ${steps.length} steps`;
      expect(await outcome(after, arn), at).toEqual(expected);
      expect(await eventTypes(after, arn), at).toEqual(types);
      expect(after.calls, at).toHaveLength(3 - ended);
    }
  });

  it('stops STANDARD children whose Map ended, when the crash came in between', async () => {
    const definition = mapAlone({ mapExecutionType: StateMachineType.STANDARD });
    const directory = newDirectory();
    const before = await start(definition, { directory, work: () => new Promise(() => undefined) });
    const arn = await begin(before, { items: ['a'] });
    for (let turn = 0; turn < 5; turn += 1) await before.clock.advance(0);
    const running = journalOf(directory);
    await before.client.send(new StopExecutionCommand({ executionArn: arn }));
    // The child's journal as it was before it was stopped: that is what the crash lost.
    const stopped = journalOf(directory);
    for (const [file, lines] of running) {
      if ((stopped.get(file)?.[0] ?? '').includes('"mapRunArn"')) writeFileSync(file, `${lines.join('\n')}\n`);
    }
    rmSync(join(directory, 'finished.jsonl'));
    const after = await restart(definition, directory);
    await after.states.idle();
    expect(after.calls).toEqual([]);
    expect((await childrenOf(after, arn)).map(({ status }) => status)).toEqual(['ABORTED']);
  });

  it('gives a child that waits for its token the same token, which is redeemed once', async () => {
    const ask = { ...CALLBACK, End: true };
    const definition = { StartAt: 'Each', States: { Each: mapOver({ Ask: ask }, 'STANDARD') } } as Json;
    const directory = newDirectory();
    const before = await start(definition, { directory, work: () => new Promise(() => undefined) });
    const arn = await begin(before, ['a', 'b'] as Json);
    for (let turn = 0; turn < 5; turn += 1) await before.clock.advance(0);
    const after = await restart(definition, directory);
    await after.states.idle();
    const byToken = (calls: Harness['calls']) => calls.map(({ payload }) => JSON.stringify(payload)).sort();
    expect(byToken(after.calls)).toEqual(byToken(before.calls));
    for (const call of after.calls) {
      const answer = new SendTaskSuccessCommand({
        taskToken: tokenOf(call),
        output: JSON.stringify((call.payload as { input: Json }).input),
      });
      await after.client.send(answer);
      await expect(after.client.send(answer)).rejects.toMatchObject({ name: 'TaskTimedOut' });
    }
    await after.states.idle();
    expect(await outcome(after, arn)).toEqual({ status: 'SUCCEEDED', output: ['a', 'b'] });
  });
});

describe('a Map that is closed', () => {
  it('starts no more children until the next start', async () => {
    const definition = mapAlone({ maxConcurrency: 1 });
    const directory = newDirectory();
    const gates = openGates();
    const before = await start(definition, { directory, work: (payload) => gates.pass(payload) });
    const arn = await begin(before, { items: ['a', 'b'] });
    await gates.settled();
    const closed = before.states.close();
    await gates.open('a', 'A');
    await closed;
    expect(before.calls).toHaveLength(1);
    const after = await restart(definition, directory, { work: () => 'B' });
    await after.states.idle();
    expect(after.calls.map(({ payload }) => payload)).toEqual(['b']);
    expect(await outcome(after, arn)).toEqual({ status: 'SUCCEEDED', output: ['A', 'B'] });
  });
});
