import { SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import {
  BARE,
  begin,
  CALLBACK,
  chain,
  eventTypes,
  execute,
  FUNCTION,
  history,
  INVOKE,
  named,
  outcome,
  ROLE,
  START,
  start,
  tokenOf,
} from './support/harness.ts';

const AT = new Date(START);
const WHOLE = { truncated: false };

describe('lambda:invoke', () => {
  it('records the events that AWS records, in their shapes and order', async () => {
    const harness = await start(chain({ Work: { ...INVOKE, TimeoutSeconds: 5 } }), { work: () => 7 });
    const arn = await execute(harness, { a: 1 });
    const integration = { resourceType: 'lambda', resource: 'invoke' };
    const result =
      '{"ExecutedVersion":"$LATEST","Payload":7,"SdkHttpMetadata":{"HttpStatusCode":200},"SdkResponseMetadata":{},"StatusCode":200}';
    expect(await history(harness, arn)).toEqual([
      {
        id: 1,
        previousEventId: 0,
        timestamp: AT,
        type: 'ExecutionStarted',
        executionStartedEventDetails: { input: '{"a":1}', inputDetails: WHOLE, roleArn: ROLE },
      },
      {
        id: 2,
        previousEventId: 0,
        timestamp: AT,
        type: 'TaskStateEntered',
        stateEnteredEventDetails: { name: 'Work', input: '{"a":1}', inputDetails: WHOLE },
      },
      {
        id: 3,
        previousEventId: 2,
        timestamp: AT,
        type: 'TaskScheduled',
        taskScheduledEventDetails: {
          ...integration,
          region: 'eu-central-1',
          parameters: JSON.stringify({ FunctionName: FUNCTION, Payload: { a: 1 } }),
          timeoutInSeconds: 5,
        },
      },
      { id: 4, previousEventId: 3, timestamp: AT, type: 'TaskStarted', taskStartedEventDetails: integration },
      {
        id: 5,
        previousEventId: 4,
        timestamp: AT,
        type: 'TaskSucceeded',
        taskSucceededEventDetails: { ...integration, output: result, outputDetails: WHOLE },
      },
      {
        id: 6,
        previousEventId: 5,
        timestamp: AT,
        type: 'TaskStateExited',
        stateExitedEventDetails: { name: 'Work', output: '{"value":7}', outputDetails: WHOLE },
      },
      {
        id: 7,
        previousEventId: 6,
        timestamp: AT,
        type: 'ExecutionSucceeded',
        executionSucceededEventDetails: { output: '{"value":7}', outputDetails: WHOLE },
      },
    ]);
  });

  it('reports the name of what the function threw, and the cause as JSON text', async () => {
    const harness = await start(chain({ Work: INVOKE }), {
      work: () => {
        throw named('TooLate', 'the window is closed');
      },
    });
    const arn = await execute(harness);
    const cause = '{"errorType":"TooLate","errorMessage":"the window is closed","trace":[]}';
    expect(await outcome(harness, arn)).toEqual({ status: 'FAILED', error: 'TooLate', cause });
    const events = await history(harness, arn);
    expect(events.at(-2)).toMatchObject({
      type: 'TaskFailed',
      taskFailedEventDetails: { resource: 'invoke', resourceType: 'lambda', error: 'TooLate', cause },
    });
    expect(events.at(-1)).toMatchObject({
      type: 'ExecutionFailed',
      executionFailedEventDetails: { error: 'TooLate', cause },
    });
  });

  it('reports an invoker that rejects as Lambda.Unknown', async () => {
    const harness = await start(chain({ Work: INVOKE }), { invoke: () => Promise.reject(new Error('gone')) });
    expect(await outcome(harness, await execute(harness))).toEqual({
      status: 'FAILED',
      error: 'Lambda.Unknown',
      cause: 'Error: gone',
    });
  });

  it('keeps functions from changing what the execution holds', async () => {
    const harness = await start(chain({ Work: { ...INVOKE, ResultPath: null } }), {
      work: (payload) => {
        (payload as { list: number[] }).list.push(4);
        return null;
      },
    });
    expect(await outcome(harness, await execute(harness, { list: [1, 2, 3] }))).toMatchObject({
      output: { list: [1, 2, 3] },
    });
  });

  it('names a pinned version as the executed one', async () => {
    const state = {
      ...INVOKE,
      Parameters: { FunctionName: `${FUNCTION}:42` },
      ResultSelector: { 'version.$': '$.ExecutedVersion' },
    };
    const harness = await start(chain({ Work: state }));
    expect(await outcome(harness, await execute(harness))).toMatchObject({ output: { version: '42' } });
    expect(harness.calls).toEqual([{ functionArn: `${FUNCTION}:42`, payload: {} }]);
  });
});

describe('a bare function', () => {
  it('records LambdaFunction events and takes the payload as the result', async () => {
    const harness = await start(chain({ Work: { ...BARE, TimeoutSeconds: 5 } }), { work: () => ({ b: 2 }) });
    const arn = await execute(harness, { a: 1 });
    const events = await history(harness, arn);
    expect(events.slice(2, 5)).toEqual([
      {
        id: 3,
        previousEventId: 2,
        timestamp: AT,
        type: 'LambdaFunctionScheduled',
        lambdaFunctionScheduledEventDetails: {
          resource: FUNCTION,
          input: '{"a":1}',
          inputDetails: WHOLE,
          timeoutInSeconds: 5,
        },
      },
      { id: 4, previousEventId: 3, timestamp: AT, type: 'LambdaFunctionStarted' },
      {
        id: 5,
        previousEventId: 4,
        timestamp: AT,
        type: 'LambdaFunctionSucceeded',
        lambdaFunctionSucceededEventDetails: { output: '{"b":2}', outputDetails: WHOLE },
      },
    ]);
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: { b: 2 } });
  });

  it('records a timeout as LambdaFunctionTimedOut', async () => {
    const harness = await start(chain({ Work: { ...BARE, TimeoutSeconds: 5 } }), {
      work: () => new Promise(() => undefined),
    });
    const executionArn = await begin(harness);
    await harness.clock.advance(5000);
    expect((await history(harness, executionArn)).slice(-2)).toMatchObject([
      { type: 'LambdaFunctionTimedOut', lambdaFunctionTimedOutEventDetails: { error: 'States.Timeout' } },
      { type: 'ExecutionFailed', executionFailedEventDetails: { error: 'States.Timeout' } },
    ]);
  });
});

describe('waitForTaskToken', () => {
  it('waits for the token and takes its output; the function result is only submitted', async () => {
    const harness = await start(chain({ Ask: { ...CALLBACK, ResultPath: '$.answer' } }), { work: () => 'ignored' });
    const arn = await execute(harness, { a: 1 });
    expect(await outcome(harness, arn)).toEqual({ status: 'RUNNING' });
    await harness.client.send(
      new SendTaskSuccessCommand({ taskToken: tokenOf(harness.calls[0]), output: '{"yes": true}' }),
    );
    await harness.states.idle();
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: { a: 1, answer: { yes: true } } });
    const events = await history(harness, arn);
    expect(events.map((event) => event.type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    const integration = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' };
    expect(events[4]?.taskSubmittedEventDetails).toMatchObject(integration);
    expect(events[5]?.taskSucceededEventDetails).toEqual({
      ...integration,
      output: '{"yes": true}',
      outputDetails: WHOLE,
    });
  });

  it('accepts the token before the function has returned, and ignores what it returns then', async () => {
    let answer: (() => void) | undefined;
    const harness = await start(chain({ Ask: CALLBACK }), {
      work: () =>
        new Promise((resolve) => {
          answer = () => resolve('late');
        }),
    });
    const executionArn = await begin(harness);
    await harness.clock.advance(0);
    await harness.client.send(new SendTaskSuccessCommand({ taskToken: tokenOf(harness.calls[0]), output: '1' }));
    expect(await outcome(harness, executionArn)).toEqual({ status: 'SUCCEEDED', output: 1 });
    const before = await history(harness, executionArn);
    answer?.();
    await harness.states.idle();
    expect(await history(harness, executionArn)).toEqual(before);
  });

  it('accepts the token from inside the function', async () => {
    const harness = await start(chain({ Ask: CALLBACK }), {
      work: async (payload) => {
        await harness.client.send(new SendTaskSuccessCommand({ taskToken: tokenOf({ payload }), output: '"inside"' }));
        return null;
      },
    });
    expect(await outcome(harness, await execute(harness))).toEqual({ status: 'SUCCEEDED', output: 'inside' });
  });

  it('fails the task at once when the function throws', async () => {
    const harness = await start(chain({ Ask: CALLBACK }), {
      work: () => {
        throw named('NoMail');
      },
    });
    const arn = await execute(harness);
    expect(await outcome(harness, arn)).toMatchObject({ status: 'FAILED', error: 'NoMail' });
    const late = harness.client.send(new SendTaskSuccessCommand({ taskToken: tokenOf(harness.calls[0]), output: '1' }));
    await expect(late).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('fails with the error and cause of SendTaskFailure', async () => {
    const harness = await start(chain({ Ask: CALLBACK }));
    const arn = await execute(harness);
    await harness.client.send(
      new SendTaskFailureCommand({ taskToken: tokenOf(harness.calls[0]), error: 'Refused', cause: 'not now' }),
    );
    expect(await outcome(harness, arn)).toEqual({ status: 'FAILED', error: 'Refused', cause: 'not now' });
    expect((await history(harness, arn)).at(-2)?.taskFailedEventDetails).toEqual({
      resourceType: 'lambda',
      resource: 'invoke.waitForTaskToken',
      error: 'Refused',
      cause: 'not now',
    });
  });

  it('gives each attempt a token of its own; an earlier one is closed', async () => {
    const harness = await start(chain({ Ask: { ...CALLBACK, Retry: [{ ErrorEquals: ['Again'] }] } }));
    const arn = await execute(harness);
    const first = tokenOf(harness.calls[0]);
    await harness.client.send(new SendTaskFailureCommand({ taskToken: first, error: 'Again' }));
    await harness.advance(1000);
    const second = tokenOf(harness.calls[1]);
    expect(second).not.toBe(first);
    const stale = harness.client.send(new SendTaskSuccessCommand({ taskToken: first, output: '1' }));
    await expect(stale).rejects.toMatchObject({
      name: 'TaskTimedOut',
      message: "Task Timed Out: 'Provided task does not exist anymore'",
    });
    await harness.client.send(new SendTaskSuccessCommand({ taskToken: second, output: '2' }));
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: 2 });
  });
});

describe('timeouts', () => {
  it('reads TimeoutSecondsPath from the state input, after InputPath and before Parameters', async () => {
    const definition = chain({
      Ask: {
        ...CALLBACK,
        InputPath: '$.inner',
        TimeoutSecondsPath: '$.limit',
        Parameters: { FunctionName: FUNCTION, Payload: { 'token.$': '$$.Task.Token', limit: 1 } },
      },
    });
    const harness = await start(definition);
    const arn = await execute(harness, { limit: 2, inner: { limit: 30 } });
    expect((await history(harness, arn))[2]?.taskScheduledEventDetails?.timeoutInSeconds).toBe(30);
    await harness.advance(29_999);
    expect(await outcome(harness, arn)).toEqual({ status: 'RUNNING' });
    await harness.advance(1);
    expect(await outcome(harness, arn)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
    const [timedOut, failed] = (await history(harness, arn)).slice(-2);
    expect(timedOut).toMatchObject({
      type: 'TaskTimedOut',
      taskTimedOutEventDetails: {
        resourceType: 'lambda',
        resource: 'invoke.waitForTaskToken',
        error: 'States.Timeout',
      },
      timestamp: new Date(START + 30_000),
    });
    expect(failed?.executionFailedEventDetails).toEqual({ error: 'States.Timeout' });
  });

  it.each([[0], [1.5], ['10'], [null], [100_000_000]])('refuses a timeout of %j with States.Runtime', async (limit) => {
    const harness = await start(chain({ Work: { ...INVOKE, TimeoutSecondsPath: '$.limit' } }));
    expect(await outcome(harness, await execute(harness, { limit }))).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
    });
  });

  it('restarts the heartbeat at each SendTaskHeartbeat, without an event', async () => {
    const harness = await start(chain({ Ask: { ...CALLBACK, HeartbeatSeconds: 10, TimeoutSeconds: 25 } }));
    const arn = await execute(harness);
    const before = await eventTypes(harness, arn);
    await harness.advance(9000);
    await harness.client.send(new SendTaskHeartbeatCommand({ taskToken: tokenOf(harness.calls[0]) }));
    await harness.advance(9999);
    expect(await outcome(harness, arn)).toEqual({ status: 'RUNNING' });
    expect(await eventTypes(harness, arn)).toEqual(before);
    expect(harness.calls).toHaveLength(1);
    await harness.advance(1);
    // AWS records a missed heartbeat as a States.Timeout.
    expect(await outcome(harness, arn)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('ends the task at its timeout however many heartbeats arrive', async () => {
    const harness = await start(chain({ Ask: { ...CALLBACK, HeartbeatSecondsPath: '$.beat', TimeoutSeconds: 15 } }));
    const arn = await execute(harness, { beat: 10 });
    await harness.advance(8000);
    await harness.client.send(new SendTaskHeartbeatCommand({ taskToken: tokenOf(harness.calls[0]) }));
    await harness.advance(7000);
    expect(await outcome(harness, arn)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('tells a missed heartbeat apart as States.HeartbeatTimeout, which is still a States.Timeout', async () => {
    const handler = (name: string) => ({ ErrorEquals: [name], Next: 'Late' });
    for (const [names, caught] of [
      [['States.HeartbeatTimeout'], true],
      [['States.Timeout'], true],
      [['States.ALL'], true],
      [['States.TaskFailed'], false],
    ] as const) {
      const definition = {
        StartAt: 'Ask',
        States: {
          Ask: { ...CALLBACK, HeartbeatSeconds: 10, Catch: names.map(handler), End: true },
          Late: { Type: 'Pass', End: true },
        },
      };
      const harness = await start(definition);
      const arn = await execute(harness);
      await harness.advance(10_000);
      expect(await outcome(harness, arn)).toEqual(
        caught
          ? { status: 'SUCCEEDED', output: { Error: 'States.Timeout', Cause: '' } }
          : { status: 'FAILED', error: 'States.Timeout' },
      );
    }
  });

  it('ends the whole execution as TIMED_OUT at the TimeoutSeconds of the machine, whatever is caught', async () => {
    const definition = {
      TimeoutSeconds: 60,
      StartAt: 'Ask',
      States: {
        Ask: { ...CALLBACK, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Late' }], End: true },
        Late: { Type: 'Pass', End: true },
      },
    };
    const harness = await start(definition);
    const arn = await execute(harness);
    await harness.advance(60_000);
    expect(await outcome(harness, arn)).toEqual({ status: 'TIMED_OUT' });
    expect((await eventTypes(harness, arn)).at(-1)).toBe('ExecutionTimedOut');
  });
});
