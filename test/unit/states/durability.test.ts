import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { VirtualClock } from '../../../lib/local/clock.ts';
import { CorruptJournal } from '../../../lib/local/states/index.ts';
import {
  begin,
  CALLBACK,
  chain,
  eventTypes,
  execute,
  type Harness,
  type HarnessOptions,
  history,
  INVOKE,
  named,
  outcome,
  START,
  start,
  tokenOf,
} from './support/harness.ts';

const root = mkdtempSync(join(tmpdir(), 'states-'));
afterAll(() => rmSync(root, { recursive: true }));

function newDirectory(): string {
  return mkdtempSync(join(root, 'd-'));
}

/** Starts anew in the directory of an instance that was dropped without being closed, some time later. */
function restart(
  definition: Json,
  directory: string,
  laterMilliseconds: number,
  options: HarnessOptions = {},
): Promise<Harness> {
  return start(definition, { ...options, directory, clock: new VirtualClock(START + laterMilliseconds) });
}

function executionFile(directory: string): string {
  const [file] = readdirSync(join(directory, 'executions'));
  return join(directory, 'executions', file ?? '');
}

const ASK = chain({ Ask: { ...CALLBACK, TimeoutSeconds: 100, HeartbeatSeconds: 30 }, Done: { Type: 'Pass' } });

describe('after a crash', () => {
  it('a task waits on, and its token still completes it', async () => {
    const directory = newDirectory();
    const before = await start(ASK, { directory });
    const arn = await execute(before, { a: 1 }, 'n');
    const events = await history(before, arn);
    const after = await restart(ASK, directory, 1000);
    await after.states.idle();
    expect(after.calls).toEqual([]);
    expect(await history(after, arn)).toEqual(events);
    await after.client.send(new SendTaskSuccessCommand({ taskToken: tokenOf(before.calls[0]), output: '"yes"' }));
    await after.states.idle();
    expect(await outcome(after, arn)).toEqual({ status: 'SUCCEEDED', output: 'yes' });
  });

  it('a function that had not returned is invoked again, with the same token and payload and without another event', async () => {
    const directory = newDirectory();
    const before = await start(ASK, { directory, work: () => new Promise(() => undefined) });
    const arn = await begin(before, { a: 1 });
    await before.clock.advance(0);
    const after = await restart(ASK, directory, 1000);
    await after.states.idle();
    expect(after.calls).toEqual(before.calls);
    expect(after.calls).toHaveLength(1);
    expect((await eventTypes(after, arn)).slice(2)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted']);
  });

  it('timers fire at their original instants, and overdue ones at once', async () => {
    const definition = chain({ Pause: { Type: 'Wait', Seconds: 60 } });
    const directory = newDirectory();
    const arn = await execute(await start(definition, { directory }));
    const early = await restart(definition, directory, 10_000);
    await early.advance(49_999);
    expect(await outcome(early, arn)).toEqual({ status: 'RUNNING' });
    const copy = newDirectory();
    cpSync(directory, copy, { recursive: true });
    await early.advance(1);
    expect((await history(early, arn)).at(-1)?.timestamp).toEqual(new Date(START + 60_000));
    const late = await restart(definition, copy, 3_600_000);
    await late.advance(0);
    expect(await outcome(late, arn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('overdue timers of one execution fire in their order', async () => {
    const definition = {
      ...(chain({ Ask: { ...CALLBACK, TimeoutSeconds: 10 }, Late: { Type: 'Succeed' } }) as object),
      TimeoutSeconds: 5,
    } as Json;
    const directory = newDirectory();
    const arn = await execute(await start(definition, { directory }));
    const after = await restart(definition, directory, 60_000);
    await after.advance(0);
    expect(await outcome(after, arn)).toEqual({ status: 'TIMED_OUT' });
  });

  it('a task that is overdue times out, and its function is not invoked again', async () => {
    const directory = newDirectory();
    const before = await start(ASK, { directory, work: () => new Promise(() => undefined) });
    const arn = await begin(before);
    await before.clock.advance(0);
    const after = await restart(ASK, directory, 100_000);
    await after.advance(0);
    expect(after.calls).toEqual([]);
    expect(await outcome(after, arn)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('an answer after the timeout comes too late, also when the overdue timer has not fired yet', async () => {
    const directory = newDirectory();
    const before = await start(ASK, { directory });
    await execute(before);
    const after = await restart(ASK, directory, 100_000);
    const late = after.client.send(
      new SendTaskSuccessCommand({ taskToken: tokenOf(before.calls[0]), output: '"late"' }),
    );
    await expect(late).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('heartbeats that were sent still count', async () => {
    const directory = newDirectory();
    const before = await start(ASK, { directory });
    const arn = await execute(before);
    await before.advance(20_000);
    await before.client.send(new SendTaskHeartbeatCommand({ taskToken: tokenOf(before.calls[0]) }));
    const after = await restart(ASK, directory, 20_000);
    await after.advance(29_999);
    expect(await outcome(after, arn)).toEqual({ status: 'RUNNING' });
    await after.advance(1);
    expect(await outcome(after, arn)).toMatchObject({ status: 'FAILED' });
  });

  it('retries go on counting', async () => {
    const definition = chain({
      Work: { ...INVOKE, Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 10, MaxAttempts: 2 }] },
    });
    const directory = newDirectory();
    const work = () => {
      throw named('E');
    };
    const before = await start(definition, { directory, work });
    const arn = await execute(before);
    await before.advance(10_000);
    const after = await restart(definition, directory, 20_000, { work });
    await after.advance(9_999);
    expect(after.calls).toHaveLength(0);
    await after.advance(1);
    expect(after.calls).toHaveLength(1);
    expect(await outcome(after, arn)).toMatchObject({ status: 'FAILED', error: 'E' });
    expect(after.states.transitionsOf(arn)).toBe(3);
  });

  it('executions that ended are described and listed, and their names stay taken', async () => {
    const definition = chain({ Shape: { Type: 'Pass', Result: { b: 2 } } });
    const directory = newDirectory();
    const before = await start(definition, { directory });
    const arn = await execute(before, { a: 1 }, 'n');
    const described = await before.client.send(new DescribeExecutionCommand({ executionArn: arn }));
    const after = await restart(definition, directory, 1000);
    const again = await after.client.send(new DescribeExecutionCommand({ executionArn: arn }));
    expect({ ...again, $metadata: null }).toEqual({ ...described, $metadata: null });
    expect(await history(after, arn)).toEqual(await history(before, arn));
    expect(after.states.transitionsOf(arn)).toBe(1);
    const listed = await after.client.send(
      new ListExecutionsCommand({ stateMachineArn: after.states.stateMachineArn('machine') }),
    );
    expect(listed.executions).toMatchObject([{ name: 'n', status: 'SUCCEEDED' }]);
    await expect(begin(after, { a: 1 }, 'n')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('a running execution answers to its name and input', async () => {
    const directory = newDirectory();
    const arn = await execute(await start(ASK, { directory }), { a: 1 }, 'n');
    const after = await restart(ASK, directory, 1000);
    expect(await begin(after, { a: 1 }, 'n')).toBe(arn);
    await expect(begin(after, { a: 2 }, 'n')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('an execution keeps the definition it started with; a new one takes the new definition', async () => {
    const directory = newDirectory();
    const before = await start(ASK, { directory });
    const arn = await execute(before);
    const changed = chain({ Other: { Type: 'Pass', Result: 'new' } });
    const after = await restart(changed, directory, 1000);
    const machine = await after.client.send(new DescribeStateMachineForExecutionCommand({ executionArn: arn }));
    expect(JSON.parse(machine.definition ?? '')).toEqual(ASK);
    await after.client.send(new SendTaskSuccessCommand({ taskToken: tokenOf(before.calls[0]), output: '"old"' }));
    await after.states.idle();
    expect(await outcome(after, arn)).toEqual({ status: 'SUCCEEDED', output: 'old' });
    expect(await outcome(after, await execute(after))).toEqual({ status: 'SUCCEEDED', output: 'new' });
  });

  it('a name that is free again after 90 days starts anew, also when that is followed by a crash', async () => {
    const definition = chain({ Pause: { Type: 'Wait', Seconds: 60 } });
    const directory = newDirectory();
    const before = await start(definition, { directory });
    const arn = await execute(before, { run: 1 }, 'n');
    await before.advance(60_000 + 90 * 24 * 3_600_000);
    await execute(before, { run: 2 }, 'n');
    const after = await restart(definition, directory, before.clock.now() - START);
    expect(await outcome(after, arn)).toEqual({ status: 'RUNNING' });
    expect(await after.client.send(new DescribeExecutionCommand({ executionArn: arn }))).toMatchObject({
      input: '{"run":2}',
    });
  });

  it('every step can be the last one before the crash, and the outcome is the same', async () => {
    const definition = {
      StartAt: 'Shape',
      States: {
        Shape: { Type: 'Pass', Parameters: { 'id.$': '$$.Execution.Name' }, ResultPath: '$.p', Next: 'Work' },
        Work: {
          ...INVOKE,
          ResultPath: '$.w',
          Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['E'], ResultPath: '$.e', Next: 'Pause' }],
          Next: 'Pause',
        },
        Pause: { Type: 'Wait', Seconds: 5, Next: 'Pick' },
        Pick: { Type: 'Choice', Choices: [{ Variable: '$.e.Error', StringEquals: 'E', Next: 'End' }] },
        End: { Type: 'Succeed' },
      },
    };
    const work = () => {
      throw named('E');
    };
    const directory = newDirectory();
    const whole = await start(definition, { directory, work });
    const arn = await execute(whole, { a: 1 }, 'n');
    await whole.advance(60_000);
    const expected = await outcome(whole, arn);
    const types = await eventTypes(whole, arn);
    const lines = readFileSync(executionFile(directory), 'utf8').split('\n').slice(0, -1);
    expect(expected).toMatchObject({ status: 'SUCCEEDED' });
    expect(lines.length).toBeGreaterThan(8);
    for (let kept = 1; kept <= lines.length; kept += 1) {
      const copy = newDirectory();
      cpSync(directory, copy, { recursive: true });
      rmSync(join(copy, 'finished.jsonl'));
      // The last line is torn in the middle, too.
      const torn = (lines[kept] ?? '').slice(0, 40);
      writeFileSync(executionFile(copy), `${lines.slice(0, kept).join('\n')}\n${torn}`);
      const after = await restart(definition, copy, 0, { work });
      await after.advance(60_000);
      expect(await outcome(after, arn), `after ${kept} of ${lines.length} steps`).toEqual(expected);
      expect(await eventTypes(after, arn)).toEqual(types);
    }
  });
});

describe('the files', () => {
  it('survive a torn first line: the execution never started, and its name is free', async () => {
    const directory = newDirectory();
    await execute(await start(ASK, { directory }), { a: 1 }, 'n');
    truncateSync(executionFile(directory), 50);
    const after = await restart(ASK, directory, 1000);
    await execute(after, { a: 2 }, 'n');
    expect(after.calls).toHaveLength(1);
  });

  it('survive a torn last line of the index', async () => {
    const directory = newDirectory();
    const definition = chain({ End: { Type: 'Succeed' } });
    const arn = await execute(await start(definition, { directory }));
    appendFileSync(join(directory, 'finished.jsonl'), 'deadbeef {"ended":');
    expect(await outcome(await restart(definition, directory, 1000), arn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('are refused with file and line when another line is damaged', async () => {
    const directory = newDirectory();
    await execute(await start(ASK, { directory }), { a: 1 });
    const file = executionFile(directory);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"RUNNING"', '"RUNNINC"'));
    const failed = await restart(ASK, directory, 1000).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CorruptJournal);
    expect((failed as Error).message).toBe(`Line 1 of ${file} is damaged.`);
  });

  it('hold what a synchronous journal writes, too', async () => {
    const directory = newDirectory();
    const arn = await execute(await start(ASK, { directory, sync: true }));
    expect(await outcome(await restart(ASK, directory, 0), arn)).toEqual({ status: 'RUNNING' });
  });
});

describe('close', () => {
  it('waits for functions that run, and invokes no more', async () => {
    let finish: (() => void) | undefined;
    const directory = newDirectory();
    const definition = chain({ First: INVOKE, Second: INVOKE });
    const before = await start(definition, {
      directory,
      work: () =>
        new Promise((resolve) => {
          finish = () => resolve(1);
        }),
    });
    const arn = await begin(before);
    await before.clock.advance(0);
    const closed = before.states.close();
    finish?.();
    await closed;
    expect(before.calls).toHaveLength(1);
    const after = await restart(definition, directory, 1000, { work: () => 2 });
    await after.states.idle();
    expect(after.calls.map(({ payload }) => payload)).toEqual([{ value: 1 }]);
    expect(await outcome(after, arn)).toEqual({ status: 'SUCCEEDED', output: { value: 2 } });
  });

  it('leaves the port free', async () => {
    const before = await start(ASK);
    await before.states.close();
    const after = await start(ASK, { port: before.states.port });
    expect(after.states.port).toBe(before.states.port);
  });
});
