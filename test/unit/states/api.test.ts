import { request } from 'node:http';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  paginateListExecutions,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import {
  CALLBACK,
  chain,
  eventTypes,
  execute,
  type Harness,
  history,
  outcome,
  ROLE,
  START,
  start,
  tokenOf,
} from './support/harness.ts';

const WAIT = chain({ Pause: { Type: 'Wait', Seconds: 60 } });
const DAY = 24 * 3600 * 1000;

function startNamed({ client, states }: Harness, name: string, input: string) {
  return client.send(new StartExecutionCommand({ stateMachineArn: states.stateMachineArn('machine'), name, input }));
}

describe('StartExecution', () => {
  it('answers the same execution for the same name and input while it runs', async () => {
    const harness = await start(WAIT);
    const first = await startNamed(harness, 'n', '{"a":1}');
    await harness.advance(30_000);
    const second = await startNamed(harness, 'n', '{"a":1}');
    expect(second).toMatchObject({ executionArn: first.executionArn, startDate: new Date(START) });
    expect(await eventTypes(harness, first.executionArn ?? '')).toEqual(['ExecutionStarted', 'WaitStateEntered']);
  });

  it('refuses the name with another input, and with any input once the execution is closed', async () => {
    const harness = await start(WAIT);
    const { executionArn } = await startNamed(harness, 'n', '{"a":1}');
    const taken = { name: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${executionArn}'` };
    await expect(startNamed(harness, 'n', '{"a":2}')).rejects.toMatchObject(taken);
    await harness.advance(60_000);
    await expect(startNamed(harness, 'n', '{"a":1}')).rejects.toMatchObject(taken);
  });

  it('frees the name 90 days after the execution closed', async () => {
    const harness = await start(WAIT);
    const { executionArn = '' } = await startNamed(harness, 'n', '{"a":1}');
    await harness.advance(60_000 + 90 * DAY - 1);
    await expect(startNamed(harness, 'n', '{"a":2}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await harness.advance(1);
    expect(await startNamed(harness, 'n', '{"a":2}')).toMatchObject({ executionArn });
    expect(await outcome(harness, executionArn)).toEqual({ status: 'RUNNING' });
  });

  it('makes up a name, and takes {} for a missing input', async () => {
    const harness = await start(chain({ End: { Type: 'Succeed' } }));
    const { executionArn = '' } = await harness.client.send(
      new StartExecutionCommand({ stateMachineArn: harness.states.stateMachineArn('machine') }),
    );
    await harness.states.idle();
    const described = await harness.client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({
      name: expect.stringMatching(/^[0-9a-f-]{36}$/),
      input: '{}',
      output: '{}',
      status: 'SUCCEEDED',
    });
    expect(executionArn).toBe(`arn:aws:states:eu-central-1:000000000000:execution:machine:${described.name}`);
  });

  it('accepts a version and an alias, and says which', async () => {
    const machines = [{ name: 'machine', definition: WAIT, roleArn: ROLE, version: 7, aliases: ['live'] }];
    const harness = await start(WAIT, { machines });
    const machine = harness.states.stateMachineArn('machine');
    const qualified = async (stateMachineArn: string) => {
      const { executionArn } = await harness.client.send(new StartExecutionCommand({ stateMachineArn }));
      return harness.client.send(new DescribeExecutionCommand({ executionArn }));
    };
    expect(await qualified(`${machine}:live`)).toMatchObject({
      stateMachineArn: machine,
      stateMachineAliasArn: `${machine}:live`,
      stateMachineVersionArn: `${machine}:7`,
    });
    const byVersion = await qualified(`${machine}:7`);
    expect(byVersion).toMatchObject({ stateMachineArn: machine, stateMachineVersionArn: `${machine}:7` });
    expect(byVersion.stateMachineAliasArn).toBeUndefined();
    await expect(qualified(`${machine}:8`)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    const started = (await history(harness, byVersion.executionArn ?? ''))[0];
    expect(started?.executionStartedEventDetails?.stateMachineVersionArn).toBe(`${machine}:7`);
    const listed = await harness.client.send(new ListExecutionsCommand({ stateMachineArn: `${machine}:live` }));
    expect(listed.executions).toHaveLength(1);
  });

  it.each([
    ['a b', '{}', 'InvalidName'],
    ['x'.repeat(81), '{}', 'InvalidName'],
    ['a:b', '{}', 'InvalidName'],
    ['ok', '{', 'InvalidExecutionInput'],
    ['ok', JSON.stringify('x'.repeat(262_143)), 'ValidationException'],
  ])('refuses name %s with input %#', async (name, input, error) => {
    const harness = await start(WAIT);
    await expect(startNamed(harness, name, input)).rejects.toMatchObject({ name: error });
  });

  it('refuses machines that do not exist and ARNs of other things', async () => {
    const harness = await start(WAIT);
    const of = (stateMachineArn: string) => harness.client.send(new StartExecutionCommand({ stateMachineArn }));
    await expect(of(harness.states.stateMachineArn('other'))).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
    await expect(of('arn:aws:lambda:eu-central-1:000000000000:function:work')).rejects.toMatchObject({
      name: 'InvalidArn',
    });
  });

  it('refuses request fields that are not implemented', async () => {
    const harness = await start(WAIT);
    const traced = new StartExecutionCommand({
      stateMachineArn: harness.states.stateMachineArn('machine'),
      traceHeader: 'Root=1',
    });
    await expect(harness.client.send(traced)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('DescribeExecution and StopExecution', () => {
  it('keeps the input as it was written', async () => {
    const harness = await start(WAIT);
    const input = '{ "n": 1.0, "big": 12345678901234567890, "b": 2, "a": 1 }';
    const { executionArn } = await startNamed(harness, 'n', input);
    expect(await harness.client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      input,
      inputDetails: { included: true },
    });
    const meta = await harness.client.send(
      new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }),
    );
    expect(meta.input).toBeUndefined();
  });

  it('stops a running execution: nothing happens in it any more', async () => {
    const harness = await start(chain({ Ask: { ...CALLBACK, TimeoutSeconds: 10 } }));
    const executionArn = await execute(harness);
    await harness.advance(5000);
    const stopped = await harness.client.send(new StopExecutionCommand({ executionArn, error: 'E', cause: 'c' }));
    expect(stopped.stopDate).toEqual(new Date(START + 5000));
    await harness.advance(60_000);
    expect(await harness.client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'ABORTED',
      error: 'E',
      cause: 'c',
      stopDate: new Date(START + 5000),
    });
    expect((await history(harness, executionArn)).at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      executionAbortedEventDetails: { error: 'E', cause: 'c' },
    });
    expect(await harness.client.send(new StopExecutionCommand({ executionArn }))).toMatchObject({
      stopDate: new Date(START + 5000),
    });
    const late = harness.client.send(new SendTaskSuccessCommand({ taskToken: tokenOf(harness.calls[0]), output: '1' }));
    await expect(late).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('knows no other execution', async () => {
    const harness = await start(WAIT);
    const executionArn = 'arn:aws:states:eu-central-1:000000000000:execution:machine:none';
    for (const command of [
      new DescribeExecutionCommand({ executionArn }),
      new StopExecutionCommand({ executionArn }),
      new GetExecutionHistoryCommand({ executionArn }),
    ]) {
      await expect(harness.client.send(command as DescribeExecutionCommand)).rejects.toMatchObject({
        name: 'ExecutionDoesNotExist',
      });
    }
  });
});

describe('lists', () => {
  it('pages through executions, the latest first, though more start meanwhile', async () => {
    const harness = await start(WAIT);
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await startNamed(harness, name, '{}');
      await harness.advance(1000);
    }
    const stateMachineArn = harness.states.stateMachineArn('machine');
    const names: string[] = [];
    for await (const page of paginateListExecutions({ client: harness.client, pageSize: 2 }, { stateMachineArn })) {
      names.push(...(page.executions ?? []).map((one) => one.name ?? ''));
      await startNamed(harness, `later-${names.length}`, '{}');
    }
    expect(names).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('filters executions by status', async () => {
    const harness = await start(WAIT);
    await startNamed(harness, 'old', '{}');
    await harness.advance(60_000);
    await startNamed(harness, 'new', '{}');
    const list = async (statusFilter: 'RUNNING' | 'SUCCEEDED') =>
      (
        await harness.client.send(
          new ListExecutionsCommand({ stateMachineArn: harness.states.stateMachineArn('machine'), statusFilter }),
        )
      ).executions;
    expect(await list('RUNNING')).toMatchObject([{ name: 'new', startDate: new Date(START + 60_000) }]);
    expect(await list('SUCCEEDED')).toMatchObject([{ name: 'old', stopDate: new Date(START + 60_000) }]);
  });

  it('pages through a history forwards and backwards, and leaves data out when it is not asked for', async () => {
    const harness = await start(chain({ A: { Type: 'Pass' }, B: { Type: 'Pass' } }));
    const executionArn = await execute(harness, { a: 1 });
    const get = (options: object) => harness.client.send(new GetExecutionHistoryCommand({ executionArn, ...options }));
    const first = await get({ maxResults: 4 });
    expect(first.events?.map((event) => event.id)).toEqual([1, 2, 3, 4]);
    const second = await get({ maxResults: 4, nextToken: first.nextToken });
    expect(second.events?.map((event) => event.id)).toEqual([5, 6]);
    expect(second.nextToken).toBeUndefined();
    const reverse = await get({ reverseOrder: true, maxResults: 2 });
    expect(reverse.events?.map((event) => event.id)).toEqual([6, 5]);
    const bare = await get({ includeExecutionData: false });
    expect(JSON.stringify(bare.events)).not.toContain('\\"a');
    expect(bare.events?.[1]?.stateEnteredEventDetails).toEqual({ name: 'A' });
    await expect(get({ nextToken: 'bm9uc2Vuc2U' })).rejects.toMatchObject({ name: 'InvalidToken' });
    await expect(get({ maxResults: 1001 })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('describes and lists machines', async () => {
    const machines = ['b', 'a'].map((name) => ({ name, definition: JSON.stringify(WAIT), roleArn: ROLE }));
    const harness = await start(WAIT, { machines });
    const { stateMachines } = await harness.client.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map((machine) => machine.name)).toEqual(['a', 'b']);
    const described = await harness.client.send(
      new DescribeStateMachineCommand({ stateMachineArn: harness.states.stateMachineArn('a') }),
    );
    expect(described).toMatchObject({
      name: 'a',
      type: 'STANDARD',
      status: 'ACTIVE',
      roleArn: ROLE,
      definition: JSON.stringify(WAIT),
      creationDate: new Date(START),
    });
  });
});

describe('task tokens', () => {
  it('refuses tokens that it did not issue as InvalidToken', async () => {
    const harness = await start(chain({ Ask: CALLBACK }));
    await execute(harness);
    const token = tokenOf(harness.calls[0]);
    const changed = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const taskToken of ['nonsense', changed, `${token}.x`]) {
      for (const command of [
        new SendTaskSuccessCommand({ taskToken, output: '1' }),
        new SendTaskFailureCommand({ taskToken }),
        new SendTaskHeartbeatCommand({ taskToken }),
      ]) {
        await expect(harness.client.send(command as SendTaskFailureCommand)).rejects.toMatchObject({
          name: 'InvalidToken',
          message: "Invalid Token: 'Invalid token'",
        });
      }
    }
  });

  it('takes a token once; after that the task is closed', async () => {
    const harness = await start(chain({ Ask: CALLBACK }));
    await execute(harness);
    const taskToken = tokenOf(harness.calls[0]);
    await expect(
      harness.client.send(new SendTaskSuccessCommand({ taskToken, output: 'no json' })),
    ).rejects.toMatchObject({ name: 'InvalidOutput' });
    await harness.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    for (const command of [
      new SendTaskSuccessCommand({ taskToken, output: '1' }),
      new SendTaskFailureCommand({ taskToken }),
      new SendTaskHeartbeatCommand({ taskToken }),
    ]) {
      await expect(harness.client.send(command as SendTaskFailureCommand)).rejects.toMatchObject({
        name: 'TaskTimedOut',
      });
    }
  });

  it('no longer knows the task of an execution whose name was used again', async () => {
    const harness = await start(chain({ Ask: CALLBACK }));
    const executionArn = await execute(harness, {}, 'n');
    await harness.client.send(new StopExecutionCommand({ executionArn }));
    await harness.advance(90 * DAY);
    await execute(harness, {}, 'n');
    const old = new SendTaskSuccessCommand({ taskToken: tokenOf(harness.calls[0]), output: '1' });
    await expect(harness.client.send(old)).rejects.toMatchObject({ name: 'TaskDoesNotExist' });
    const current = new SendTaskSuccessCommand({ taskToken: tokenOf(harness.calls[1]), output: '1' });
    await harness.client.send(current);
    expect(await outcome(harness, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('lets exactly one of many callers complete a task', async () => {
    const harness = await start(chain({ Ask: CALLBACK }));
    const arn = await execute(harness);
    const taskToken = tokenOf(harness.calls[0]);
    const sent = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((n) => harness.client.send(new SendTaskSuccessCommand({ taskToken, output: String(n) }))),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await outcome(harness, arn)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('the server', () => {
  function raw({ states }: Harness, headers: Record<string, string>, body = '{}', method = 'POST') {
    return new Promise<{ status: number; body: unknown }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: states.port, method, path: '/', headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'AWSStepFunctions.ListStateMachines',
  };

  it('answers errors in the shape of AWS', async () => {
    const harness = await start(WAIT);
    expect(await raw(harness, headers)).toMatchObject({ status: 200 });
    expect(await raw(harness, { ...headers, host: 'evil.example' })).toMatchObject({
      status: 403,
      body: { __type: 'AccessDeniedException' },
    });
    expect(await raw(harness, { ...headers, 'content-type': 'text/plain' })).toMatchObject({
      status: 404,
      body: { __type: 'UnknownOperationException' },
    });
    expect(await raw(harness, headers, '', 'GET')).toMatchObject({ status: 404 });
    expect(await raw(harness, headers, '{')).toMatchObject({ status: 400, body: { __type: 'SerializationException' } });
    expect(await raw(harness, { ...headers, 'x-amz-target': 'AWSStepFunctions.DeleteStateMachine' })).toMatchObject({
      status: 404,
      body: { __type: 'UnknownOperationException' },
    });
    expect(await raw(harness, headers, `"${'x'.repeat(3_000_000)}"`)).toMatchObject({ status: 413 });
  });

  it('says which port is taken', async () => {
    const harness = await start(WAIT);
    await expect(start(WAIT, { port: harness.states.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: harness.states.port,
    });
  });

  it('refuses a definition that it cannot run when it starts', async () => {
    await expect(start(chain({ Fan: { Type: 'Parallel', Branches: [] } }))).rejects.toMatchObject({
      code: 'InvalidDefinition',
    });
  });
});

describe('onTransition', () => {
  it('tells each step once, after it can be read', async () => {
    const seen: string[] = [];
    const harness = await start(chain({ A: { Type: 'Pass' }, End: { Type: 'Succeed' } }), {
      onTransition: ({ state, status, transitions, events }) =>
        seen.push(`${state} ${status} ${transitions} ${events.length}`),
    });
    await execute(harness);
    expect(seen).toEqual(['A RUNNING 1 2', 'End RUNNING 2 2', 'null SUCCEEDED 2 2']);
  });
});
