import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from 'vitest';
import { fixedRetries, RETRY_DELAYS_MS } from '../../lib/platform/aws/retry-strategy.ts';
import { stepFunctionsStateMachines } from '../../lib/platform/aws/state-machines.ts';
import type { FlowState } from '../../lib/platform/contracts/flow.ts';
import { type Answer, clientTo, startLoopback } from './loopback.ts';

const PREFIX = 'arn:aws:states:eu-central-1:123456789012:stateMachine:countersign-test-';
const flow: FlowState = { executionId: 'ex-1', skill: 'tiny', verdict: 'continue' };

const failure = (type: string, status = 400): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({ __type: `com.amazonaws.swf.service.v2.model#${type}`, message: type }),
});
const success = (body: unknown): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(body),
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function machines(...answers: Answer[]) {
  const server = await startLoopback(() => answers.shift() ?? failure('Unexpected', 500));
  const client = new SFNClient({ ...clientTo(server.url), retryStrategy: fixedRetries([1, 2, 3]), maxAttempts: 4 });
  closing.push(async () => {
    client.destroy();
    await server.close();
  });
  const calls = () =>
    server.asked.map(({ headers, body }) => ({
      target: String(headers['x-amz-target']),
      body: JSON.parse(body.toString()) as Record<string, string>,
    }));
  return { machines: stepFunctionsStateMachines(client, PREFIX), calls };
}

describe('Step Functions', () => {
  test('starts the live version of the skill’s machine under the execution’s id', async () => {
    const { machines: states, calls } = await machines(success({ executionArn: 'arn', startDate: 1 }));
    await states.start('u00001', 'ex-1', flow);
    const [call] = calls();
    expect(call!.target).toBe('AWSStepFunctions.StartExecution');
    expect(call!.body).toMatchObject({ stateMachineArn: `${PREFIX}u00001:live`, name: 'ex-1' });
    expect(JSON.parse(call!.body.input!)).toEqual(flow);
  });

  test('starting what has started is a success', async () => {
    const { machines: states, calls } = await machines(failure('ExecutionAlreadyExists'));
    await states.start('u00001', 'ex-1', flow);
    expect(calls()).toHaveLength(1);
  });

  test('any other refusal is an error, and not tried again', async () => {
    const { machines: states, calls } = await machines(failure('StateMachineDoesNotExist'));
    await expect(states.start('u00001', 'ex-1', flow)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    expect(calls()).toHaveLength(1);
  });

  test('a task that is taken, and one that nobody waits for any more', async () => {
    const { machines: states, calls } = await machines(
      success({}),
      failure('TaskTimedOut'),
      failure('TaskDoesNotExist'),
      failure('InvalidToken'),
    );
    expect(await states.succeedTask('token', flow)).toBe('accepted');
    expect(await states.succeedTask('token', flow)).toBe('gone');
    expect(await states.succeedTask('token', flow)).toBe('gone');
    expect(await states.succeedTask('token', flow)).toBe('gone');
    expect(JSON.parse(calls()[0]!.body.output!)).toEqual(flow);
  });

  test('describes an execution by the machine’s ARN without the alias; an unknown one is undefined', async () => {
    const { machines: states, calls } = await machines(
      success({ status: 'RUNNING' }),
      failure('ExecutionDoesNotExist'),
    );
    expect(await states.describe('u00001', 'ex-1')).toEqual({ status: 'RUNNING' });
    expect(calls()[0]!.body.executionArn).toBe(
      'arn:aws:states:eu-central-1:123456789012:execution:countersign-test-u00001:ex-1',
    );
    expect(await states.describe('u00001', 'ex-1')).toBeUndefined();
  });
});

describe('retries', () => {
  const down = () => failure('ServiceUnavailable', 503);

  test('a call that fails by itself gets four attempts', async () => {
    const { machines: states, calls } = await machines(down(), down(), down(), success({}));
    expect(await states.succeedTask('token', flow)).toBe('accepted');
    expect(calls()).toHaveLength(4);
  });

  test('and no fifth', async () => {
    const { machines: states, calls } = await machines(down(), down(), down(), down(), success({}));
    await expect(states.succeedTask('token', flow)).rejects.toThrow();
    expect(calls()).toHaveLength(4);
  });

  test('750, 1500 and 3000 ms apart', async () => {
    expect(RETRY_DELAYS_MS).toEqual([750, 1500, 3000]);
    const strategy = fixedRetries();
    let token = await strategy.acquireInitialRetryToken('');
    const waits: number[] = [];
    for (let retry = 0; retry < 3; retry += 1) {
      token = await strategy.refreshRetryTokenForRetry(token, { errorType: 'TRANSIENT' });
      waits.push(token.getRetryDelay());
    }
    expect(waits).toEqual([750, 1500, 3000]);
    await expect(strategy.refreshRetryTokenForRetry(token, { errorType: 'TRANSIENT' })).rejects.toThrow();
  });
});
