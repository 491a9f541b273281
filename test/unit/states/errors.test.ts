import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import {
  BARE,
  begin,
  chain,
  eventTypes,
  execute,
  type Harness,
  history,
  INVOKE,
  named,
  outcome,
  START,
  start,
} from './support/harness.ts';

const LIMIT = 262_144;

/** Starts a machine whose task throws errors of these names, one after another, and then succeeds. */
async function failing(names: readonly string[], retry: Json, handlers: Json = []): Promise<Harness> {
  const definition = {
    StartAt: 'Work',
    States: {
      Work: { ...INVOKE, Retry: retry, Catch: handlers, Next: 'Done' },
      Done: { Type: 'Succeed' },
      ...((handlers as readonly Json[]).length === 0 ? {} : { Caught: { Type: 'Pass', End: true } }),
    },
  };
  return start(definition, {
    work: (_payload, call) => {
      const name = names[call - 1];
      if (name !== undefined) throw named(name);
      return 'done';
    },
  });
}

/** Seconds from the start at which each attempt was scheduled. */
async function attempts(harness: Harness, arn: string): Promise<number[]> {
  return (await history(harness, arn))
    .filter((event) => event.type === 'TaskScheduled')
    .map((event) => ((event.timestamp?.getTime() ?? 0) - START) / 1000);
}

describe('Retry', () => {
  it('counts attempts per retrier: the example of the States Language', async () => {
    const retry = [
      { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
      { ErrorEquals: ['ErrorC'], IntervalSeconds: 5 },
    ];
    const handlers = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const harness = await failing(['ErrorA', 'ErrorB', 'ErrorC', 'ErrorB', 'ErrorB'], retry, handlers);
    const arn = await execute(harness);
    await harness.advance(60_000);
    expect(await attempts(harness, arn)).toEqual([0, 1, 3, 8]);
    expect(await outcome(harness, arn)).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'ErrorB' } });
  });

  it('defaults to three attempts after 1, 2 and 4 seconds', async () => {
    const harness = await failing(['E', 'E', 'E', 'E'], [{ ErrorEquals: ['E'] }]);
    const arn = await execute(harness);
    await harness.advance(60_000);
    expect(await attempts(harness, arn)).toEqual([0, 1, 3, 7]);
    expect(await outcome(harness, arn)).toMatchObject({ status: 'FAILED', error: 'E' });
  });

  it('waits 3 and 4.5 seconds at a rate of 1.5', async () => {
    const harness = await failing(
      ['E', 'E'],
      [{ ErrorEquals: ['E'], IntervalSeconds: 3, MaxAttempts: 2, BackoffRate: 1.5 }],
    );
    const arn = await execute(harness);
    await harness.advance(60_000);
    expect(await attempts(harness, arn)).toEqual([0, 3, 7.5]);
  });

  it('waits no longer than MaxDelaySeconds', async () => {
    const harness = await failing(['E', 'E', 'E'], [{ ErrorEquals: ['E'], IntervalSeconds: 2, MaxDelaySeconds: 5 }]);
    const arn = await execute(harness);
    await harness.advance(60_000);
    expect(await attempts(harness, arn)).toEqual([0, 2, 6, 11]);
  });

  it('waits a random part of the delay with full jitter', async () => {
    const definition = chain({
      Work: { ...INVOKE, Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 8, JitterStrategy: 'FULL' }] },
    });
    const harness = await start(definition, {
      random: () => 0.25,
      work: (_payload, call) => {
        if (call < 3) throw named('E');
        return null;
      },
    });
    const arn = await execute(harness);
    await harness.advance(60_000);
    expect(await attempts(harness, arn)).toEqual([0, 2, 6]);
  });

  it('never retries with MaxAttempts 0, and asks no later retrier', async () => {
    const retry = [{ ErrorEquals: ['E'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    const harness = await failing(['E'], retry);
    expect(await outcome(harness, await execute(harness))).toMatchObject({ status: 'FAILED', error: 'E' });
  });

  it('counts anew when the state is entered again, and shows the count in the context object', async () => {
    const definition = {
      StartAt: 'Work',
      States: {
        Work: {
          ...INVOKE,
          Parameters: { FunctionName: 'work', Payload: { 'retry.$': '$$.State.RetryCount' } },
          Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
          Next: 'Again',
        },
        Again: { Type: 'Choice', Choices: [{ Variable: '$.value', NumericEquals: 4, Next: 'Done' }], Default: 'Work' },
        Done: { Type: 'Succeed' },
      },
    };
    const harness = await start(definition, {
      work: (_payload, call) => {
        if (call % 2 === 1) throw named('E');
        return call;
      },
    });
    const arn = await execute(harness);
    await harness.advance(10_000);
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: { value: 4 } });
    expect(harness.calls.map(({ payload }) => payload)).toEqual([
      { retry: 0 },
      { retry: 1 },
      { retry: 0 },
      { retry: 1 },
    ]);
    // Five states entered, two retries.
    expect(harness.states.transitionsOf(arn)).toBe(7);
  });
});

describe('Catch', () => {
  it('goes on with the error output at its ResultPath, leaving the state first', async () => {
    const definition = {
      StartAt: 'Work',
      States: {
        Work: {
          ...INVOKE,
          OutputPath: '$.missing',
          Catch: [{ ErrorEquals: ['E'], ResultPath: '$.problem', Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Pass', End: true },
      },
    };
    const harness = await start(definition, {
      work: () => {
        throw named('E', 'why');
      },
    });
    const arn = await execute(harness, { a: 1 });
    const Cause = '{"errorType":"E","errorMessage":"why","trace":[]}';
    expect(await outcome(harness, arn)).toEqual({
      status: 'SUCCEEDED',
      output: { a: 1, problem: { Error: 'E', Cause } },
    });
    expect((await eventTypes(harness, arn)).slice(4, 7)).toEqual(['TaskFailed', 'TaskStateExited', 'PassStateEntered']);
  });

  it('takes the first catcher that matches, after the retries are used up', async () => {
    const definition = {
      StartAt: 'Work',
      States: {
        Work: {
          ...INVOKE,
          Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
          Catch: [
            { ErrorEquals: ['Other'], Next: 'First' },
            { ErrorEquals: ['States.TaskFailed'], Next: 'Second' },
            { ErrorEquals: ['States.ALL'], Next: 'First' },
          ],
          End: true,
        },
        First: { Type: 'Pass', Result: 1, End: true },
        Second: { Type: 'Pass', Result: 2, End: true },
      },
    };
    const harness = await start(definition, {
      work: () => {
        throw named('E');
      },
    });
    const arn = await execute(harness);
    await harness.advance(1000);
    expect(harness.calls).toHaveLength(2);
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: 2 });
  });

  it('does not catch a timeout as States.TaskFailed', async () => {
    const definition = {
      StartAt: 'Work',
      States: {
        Work: {
          ...INVOKE,
          TimeoutSeconds: 1,
          Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Pass', End: true },
      },
    };
    const harness = await start(definition, { work: () => new Promise(() => undefined) });
    const arn = await begin(harness);
    await harness.clock.advance(1000);
    expect(await outcome(harness, arn)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });
});

describe('reserved errors', () => {
  const everything = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];

  async function caught(state: Record<string, Json>, input: Json, handlers: Json = everything, work: Json = null) {
    const definition = {
      StartAt: 'Work',
      States: { Work: { ...BARE, ...state, Catch: handlers, End: true }, Caught: { Type: 'Pass', End: true } },
    };
    const harness = await start(definition, { work: () => work });
    return outcome(harness, await execute(harness, input));
  }

  it.each<[string, Record<string, Json>]>([
    ['InputPath', { InputPath: '$.missing' }],
    ['OutputPath', { OutputPath: '$.missing' }],
    ['Parameters', { Parameters: { 'x.$': '$.missing' } }],
    ['ResultSelector', { ResultSelector: { 'x.$': '$.missing' } }],
    ['an intrinsic function', { Parameters: { 'x.$': "States.StringToJson('no')" } }],
  ])('States.Runtime ends the execution even under States.ALL: %s', async (_field, state) => {
    const result = await caught(state, {});
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(result.cause).toMatch(
      /^An error occurred while executing the state 'Work' \(entered at the event id #2\)\. /,
    );
  });

  it('keeps the data out of the cause of a missing path', async () => {
    const result = await caught({ Parameters: { 'x.$': '$.missing' } }, { secret: 'amount' });
    expect(result.cause).toContain(
      "The JSONPath '$.missing' specified for the field 'x.$' could not be found in the input",
    );
    expect(result.cause).not.toContain('amount');
  });

  it('States.DataLimitExceeded is caught by its own name, never by States.ALL or States.TaskFailed', async () => {
    const tooLarge = 'é'.repeat(LIMIT / 2);
    const failed = { status: 'FAILED', error: 'States.DataLimitExceeded' };
    expect(await caught({}, {}, everything, tooLarge)).toMatchObject(failed);
    expect(await caught({}, {}, [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught' }], tooLarge)).toMatchObject(
      failed,
    );
    const own = await caught({}, {}, [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'Caught' }], tooLarge);
    expect(own).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'States.DataLimitExceeded' } });
  });

  it('counts the limit in bytes of UTF-8, quotes and all', async () => {
    expect(await caught({ ResultPath: null }, {}, everything, 'é'.repeat(LIMIT / 2 - 1))).toMatchObject({
      status: 'SUCCEEDED',
    });
    expect(await caught({ ResultPath: null }, {}, everything, `a${'é'.repeat(LIMIT / 2 - 1)}`)).toMatchObject({
      status: 'FAILED',
    });
  });

  it('records a result that is too large as the failure of the task, in the words of AWS', async () => {
    const harness = await start(chain({ Work: INVOKE }), { work: () => 'x'.repeat(LIMIT) });
    const events = await history(harness, await execute(harness));
    expect(events.at(-2)?.taskFailedEventDetails).toMatchObject({
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });

  it('fails a state whose output is too large, though input and result are not', async () => {
    const half = 'x'.repeat(LIMIT - 100);
    const result = await caught({ ResultPath: '$.more' }, { half: 'x'.repeat(LIMIT - 200) }, everything, half);
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('States.ResultPathMatchFailure can be caught', async () => {
    const result = await caught({ ResultPath: '$.a.b' }, { a: 'text' });
    expect(result).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'States.ResultPathMatchFailure' } });
  });

  it('a Choice without a match is a States.Runtime error', async () => {
    const definition = {
      StartAt: 'Pick',
      States: {
        Pick: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'Done' }] },
        Done: { Type: 'Succeed' },
      },
    };
    const harness = await start(definition);
    expect(await outcome(harness, await execute(harness, { a: 2 }))).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Pick' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    });
  });

  it('ends a loop that never waits at the greatest length of a history', async () => {
    const definition = {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Variable: '$.stop', IsPresent: true, Next: 'End' }], Default: 'A' },
        End: { Type: 'Succeed' },
      },
    };
    const harness = await start(definition);
    const arn = await execute(harness);
    expect(await outcome(harness, arn)).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    const last = await harness.client.send(
      new GetExecutionHistoryCommand({ executionArn: arn, reverseOrder: true, maxResults: 1 }),
    );
    expect(last.events?.[0]).toMatchObject({ type: 'ExecutionFailed' });
    expect(last.events?.[0]?.id).toBeLessThanOrEqual(25_000);
    expect(last.events?.[0]?.id).toBeGreaterThan(24_980);
  });
});
