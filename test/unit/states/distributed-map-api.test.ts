import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { describe, expect, it } from 'vitest';
import { begin, eventTypes, execute, START, start } from './support/harness.ts';
import { childrenOf, mapRunsOf, openGates } from './support/map-runs.ts';
import { mapAlone } from './support/synthesized.ts';

const DAY = 24 * 3_600_000;

describe('DescribeMapRun', () => {
  it('counts what is pending, running and done', async () => {
    const gates = openGates();
    const definition = mapAlone({ maxConcurrency: 2, toleratedFailureCount: 1, toleratedFailurePercentage: 25 });
    const harness = await start(definition, { work: (payload) => gates.pass(payload) });
    const arn = await begin(harness, { items: ['a', 'b', 'c', 'd'] });
    await gates.open('a', 1);
    await gates.settled();
    const [run] = await mapRunsOf(harness, arn);
    const { $metadata: _, ...described } = await harness.client.send(
      new DescribeMapRunCommand({ mapRunArn: run?.mapRunArn }),
    );
    const none = { failed: 0, timedOut: 0, aborted: 0, failuresNotRedrivable: 0, pendingRedrive: 0 };
    const counts = { ...none, pending: 1, running: 2, succeeded: 1, total: 4, resultsWritten: 0 };
    expect(described).toEqual({
      mapRunArn: run?.mapRunArn,
      executionArn: arn,
      status: 'RUNNING',
      startDate: new Date(START),
      maxConcurrency: 2,
      toleratedFailureCount: 1,
      toleratedFailurePercentage: 25,
      itemCounts: counts,
      executionCounts: counts,
      redriveCount: 0,
    });
    for (const name of ['b', 'c', 'd']) await gates.open(name, 1);
    await harness.states.idle();
    expect(await harness.client.send(new DescribeMapRunCommand({ mapRunArn: run?.mapRunArn }))).toMatchObject({
      status: 'SUCCEEDED',
      stopDate: new Date(START),
      itemCounts: { ...none, pending: 0, running: 0, succeeded: 4, resultsWritten: 4 },
    });
  });

  it('knows no other map run', async () => {
    const harness = await start(mapAlone());
    const describeRun = (mapRunArn: string) => harness.client.send(new DescribeMapRunCommand({ mapRunArn }));
    await expect(describeRun('arn:aws:states:eu-central-1:000000000000:mapRun:machine/x:y')).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
    await expect(describeRun(await execute(harness, { items: [] }))).rejects.toMatchObject({ name: 'InvalidArn' });
  });
});

describe('the children of a map run', () => {
  it('are listed by it, and not with the executions of the machine', async () => {
    const harness = await start(mapAlone({ label: 'pods' }));
    const arn = await execute(harness, { items: ['a', 'b', 'c'] });
    const stateMachineArn = harness.states.stateMachineArn('machine');
    const machine = await harness.client.send(new ListExecutionsCommand({ stateMachineArn }));
    expect(machine.executions?.map(({ executionArn }) => executionArn)).toEqual([arn]);
    const [run] = await mapRunsOf(harness, arn);
    expect(run).toEqual({
      executionArn: arn,
      mapRunArn: run?.mapRunArn,
      stateMachineArn: `${stateMachineArn}/pods`,
      startDate: new Date(START),
      stopDate: new Date(START),
    });
    const children = await childrenOf(harness, arn);
    expect(children).toHaveLength(3);
    for (const child of children) {
      expect(child).toMatchObject({ mapRunArn: run?.mapRunArn, itemCount: 1, status: 'SUCCEEDED' });
      expect(child.stateMachineArn).toBe(`${stateMachineArn}/pods`);
    }
    const { mapRunArn } = run ?? {};
    const running = await harness.client.send(new ListExecutionsCommand({ mapRunArn, statusFilter: 'RUNNING' }));
    expect(running.executions).toEqual([]);
  });

  it('are asked for by a machine or by a map run, not by both', async () => {
    const harness = await start(mapAlone());
    const arn = await execute(harness, { items: [] });
    const [run] = await mapRunsOf(harness, arn);
    const stateMachineArn = harness.states.stateMachineArn('machine');
    for (const input of [{}, { stateMachineArn, mapRunArn: run?.mapRunArn }]) {
      await expect(harness.client.send(new ListExecutionsCommand(input))).rejects.toMatchObject({
        name: 'ValidationException',
      });
    }
  });

  it('have a history when they are STANDARD', async () => {
    const harness = await start(mapAlone({ mapExecutionType: StateMachineType.STANDARD }));
    const arn = await execute(harness, { items: ['a'] });
    const [child] = await childrenOf(harness, arn);
    expect(await eventTypes(harness, child?.executionArn ?? '')).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    const { executionArn } = child ?? {};
    expect(await harness.client.send(new DescribeStateMachineForExecutionCommand({ executionArn }))).toMatchObject({
      mapRunArn: child?.mapRunArn,
    });
  });

  it('have none, and cannot be stopped, when they are EXPRESS; they are described', async () => {
    const harness = await start(mapAlone());
    const arn = await execute(harness, { items: ['a'] });
    const [child] = await childrenOf(harness, arn);
    const { executionArn } = child ?? {};
    expect(executionArn).toMatch(/:express:machine\/[0-9a-f-]{36}:[0-9a-f-]{36}:[0-9a-f-]{36}$/);
    expect(await harness.client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      input: '"a"',
      output: '"a"',
      status: 'SUCCEEDED',
      mapRunArn: child?.mapRunArn,
    });
    for (const command of [
      new GetExecutionHistoryCommand({ executionArn }),
      new StopExecutionCommand({ executionArn }),
    ]) {
      await expect(harness.client.send(command as StopExecutionCommand)).rejects.toMatchObject({ name: 'InvalidArn' });
    }
  });

  it('are forgotten with the execution whose name is free again', async () => {
    const harness = await start(mapAlone());
    const arn = await execute(harness, { items: ['a'] }, 'n');
    const [run] = await mapRunsOf(harness, arn);
    const [child] = await childrenOf(harness, arn);
    await harness.advance(90 * DAY);
    await execute(harness, { items: [] }, 'n');
    await expect(harness.client.send(new DescribeMapRunCommand({ mapRunArn: run?.mapRunArn }))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
    await expect(
      harness.client.send(new DescribeExecutionCommand({ executionArn: child?.executionArn })),
    ).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
    const { mapRuns } = await harness.client.send(new ListMapRunsCommand({ executionArn: arn }));
    expect(mapRuns).toHaveLength(1);
  });
});
