import { createRequire } from 'node:module';
import { DescribeExecutionCommand, DescribeMapRunCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { Duration, Stack } from 'aws-cdk-lib';
import { Errors, JsonPath, Pass, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { begin, eventTypes, execute, history, named, outcome, START, start } from './support/harness.ts';
import { childrenOf, mapRunsOf, openGates } from './support/map-runs.ts';
import { mapAlone, solving, synthesized } from './support/synthesized.ts';

const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => { isValid: boolean };

const EXCEEDED = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};

/** Fails for the items that say so. */
function unlessBad(payload: Json): Json {
  if ((payload as { bad?: boolean }).bad === true) throw named('Bad');
  return payload;
}

const items = (...bad: boolean[]) => ({ items: bad.map((isBad, n) => ({ n, bad: isBad })) });

describe('a Map that CDK synthesized', () => {
  const definition = synthesized((stack) =>
    solving(stack, {
      itemSelector: {
        index: JsonPath.numberAt('$$.Map.Item.Index'),
        pod: JsonPath.objectAt('$$.Map.Item.Value'),
        size: JsonPath.numberAt('$$.Map.Item.Value.size'),
        plan: JsonPath.stringAt('$.plan'),
        started: JsonPath.stringAt('$$.Execution.StartTime'),
      },
      maxConcurrency: 2,
      resultSelector: { first: JsonPath.objectAt('$[0]'), all: JsonPath.objectAt('$') },
      resultPath: '$.solved',
      outputPath: '$.solved',
      label: 'pods',
    }),
  );

  it('is accepted by asl-validator', () => {
    expect(validate(JSON.parse(definition)).isValid).toBe(true);
  });

  it('gives each child its input, and its results go through selector and paths', async () => {
    const harness = await start(definition, { work: (payload) => (payload as { size: number }).size * 2 });
    const arn = await execute(harness, { plan: 'p', items: [{ size: 5 }, { size: 7 }, { size: 9 }] });
    expect(harness.calls.map(({ payload }) => payload)).toEqual(
      [5, 7, 9].map((size, index) => ({
        index,
        pod: { size },
        size,
        plan: 'p',
        started: new Date(START).toISOString(),
      })),
    );
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: { first: 10, all: [10, 14, 18] } });
  });

  it('leaves the events that AWS leaves, chained as AWS chains them', async () => {
    const harness = await start(definition, { work: () => 1 });
    const arn = await execute(harness, { plan: 'p', items: [{ size: 1 }, { size: 2 }] });
    const events = await history(harness, arn);
    expect(events.map(({ type, previousEventId }) => [type, previousEventId])).toEqual([
      ['ExecutionStarted', 0],
      ['MapStateEntered', 0],
      ['MapStateStarted', 2],
      ['MapRunStarted', 3],
      ['MapRunSucceeded', 4],
      ['MapStateSucceeded', 5],
      ['MapStateExited', 4],
      ['ExecutionSucceeded', 7],
    ]);
    expect(events[2]?.mapStateStartedEventDetails).toEqual({ length: 2 });
    expect(events[3]?.mapRunStartedEventDetails?.mapRunArn).toMatch(
      /^arn:aws:states:eu-central-1:000000000000:mapRun:machine\/pods:[0-9a-f-]{36}$/,
    );
  });
});

describe('children', () => {
  it('answer in the order of the items, whoever is done first', async () => {
    const gates = openGates();
    const harness = await start(mapAlone(), { work: (payload) => gates.pass(payload) });
    const arn = await begin(harness, { items: ['a', 'b', 'c'] });
    for (const name of ['c', 'a', 'b']) await gates.open(name, name.toUpperCase());
    await harness.states.idle();
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: ['A', 'B', 'C'] });
  });

  it('run at most so many at once, and the next starts when one ends', async () => {
    const gates = openGates();
    const harness = await start(mapAlone({ maxConcurrency: 2 }), { work: (payload) => gates.pass(payload) });
    const arn = await begin(harness, { items: ['a', 'b', 'c', 'd'] });
    const running: string[][] = [];
    for (const name of ['b', 'a', 'c', 'd']) {
      await gates.settled();
      running.push(gates.waiting());
      await gates.open(name, name);
    }
    await harness.states.idle();
    expect(running).toEqual([['a', 'b'], ['a', 'c'], ['c', 'd'], ['d']]);
    expect(await outcome(harness, arn)).toMatchObject({ output: ['a', 'b', 'c', 'd'] });
  });

  it('take their concurrency from the input', async () => {
    const gates = openGates();
    const definition = mapAlone({ maxConcurrencyPath: '$.atOnce' });
    const harness = await start(definition, { work: (payload) => gates.pass(payload) });
    await begin(harness, { atOnce: 1, items: ['a', 'b'] });
    await gates.settled();
    expect(gates.waiting()).toEqual(['a']);
  });

  it('are none of an empty array', async () => {
    const harness = await start(mapAlone());
    const arn = await execute(harness, { items: [] });
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: [] });
    expect(harness.calls).toEqual([]);
  });

  it('retry by themselves, and the Map does not notice', async () => {
    const definition = mapAlone({}, (child) =>
      child.addRetry({ errors: ['Busy'], interval: Duration.seconds(2), maxAttempts: 1 }),
    );
    let failures = 0;
    const harness = await start(definition, {
      work: (payload) => {
        if (payload === 'b' && failures++ === 0) throw named('Busy');
        return payload;
      },
    });
    const arn = await execute(harness, { items: ['a', 'b'] });
    expect(await outcome(harness, arn)).toEqual({ status: 'RUNNING' });
    await harness.advance(2000);
    expect(harness.calls.map(({ payload }) => payload)).toEqual(['a', 'b', 'b']);
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: ['a', 'b'] });
  });

  it('of the type EXPRESS end after five minutes', async () => {
    const harness = await start(mapAlone(), { work: () => new Promise(() => undefined) });
    const arn = await begin(harness, { items: ['a'] });
    // The function never returns, so nothing comes to rest by itself.
    await harness.clock.advance(299_999);
    expect(await outcome(harness, arn)).toEqual({ status: 'RUNNING' });
    await harness.clock.advance(1);
    await harness.clock.advance(0);
    expect(await outcome(harness, arn)).toEqual({ status: 'FAILED', ...EXCEEDED });
    const [run] = await mapRunsOf(harness, arn);
    const described = await harness.client.send(new DescribeMapRunCommand({ mapRunArn: run?.mapRunArn }));
    expect(described.itemCounts).toMatchObject({ timedOut: 1, failed: 0 });
  });

  it('have a context of their own', async () => {
    const definition = mapAlone({ label: 'pods', mapExecutionType: StateMachineType.STANDARD }, (child) =>
      child.addCatch(
        new Pass(Stack.of(child), 'Who', {
          parameters: {
            id: JsonPath.stringAt('$$.Execution.Id'),
            name: JsonPath.stringAt('$$.Execution.Name'),
            input: JsonPath.stringAt('$$.Execution.Input'),
            machine: JsonPath.stringAt('$$.StateMachine.Name'),
          },
        }),
        { errors: [Errors.ALL] },
      ),
    );
    const harness = await start(definition, {
      work: () => {
        throw named('Bad');
      },
    });
    const arn = await execute(harness, { items: ['a'] });
    const [child] = await childrenOf(harness, arn);
    expect(child?.executionArn).toMatch(/:execution:machine\/pods:[0-9a-f-]{36}$/);
    expect(await outcome(harness, arn)).toMatchObject({
      output: [{ id: child?.executionArn, name: child?.name, input: 'a', machine: 'machine/pods' }],
    });
  });
});

describe('failed children', () => {
  it('fail the Map when none is tolerated', async () => {
    const harness = await start(mapAlone(), { work: unlessBad });
    const arn = await execute(harness, items(false, true));
    expect(await outcome(harness, arn)).toEqual({ status: 'FAILED', ...EXCEEDED });
    const events = await history(harness, arn);
    expect(events.slice(3).map(({ type, previousEventId }) => [type, previousEventId])).toEqual([
      ['MapRunStarted', 3],
      ['MapRunFailed', 4],
      ['MapStateFailed', 5],
      ['ExecutionFailed', 6],
    ]);
    expect(events[4]?.mapRunFailedEventDetails).toEqual(EXCEEDED);
  });

  it.each([
    ['as many as tolerated', { toleratedFailureCount: 2 }, true],
    ['one more than tolerated', { toleratedFailureCount: 1 }, false],
    ['exactly the percentage', { toleratedFailurePercentage: 50 }, true],
    ['more than the percentage', { toleratedFailurePercentage: 49 }, false],
    ['more than one of both', { toleratedFailurePercentage: 100, toleratedFailureCount: 1 }, false],
    ['all that the input tolerates', { toleratedFailureCountPath: '$.most' }, true],
    ['a percentage of the input', { toleratedFailurePercentagePath: '$.most' }, false],
  ])('%s: %j', async (_title, options, isTolerated) => {
    const harness = await start(mapAlone(options), { work: unlessBad });
    const arn = await execute(harness, { most: 2, ...items(true, false, true, false) });
    const succeeded = { status: 'SUCCEEDED', output: [1, 3].map((n) => ({ n, bad: false })) };
    expect(await outcome(harness, arn)).toEqual(isTolerated ? succeeded : { status: 'FAILED', ...EXCEEDED });
  });

  it('are caught with the input of the Map', async () => {
    const definition = synthesized((stack) => {
      const each = solving(stack);
      each.addCatch(new Pass(stack, 'Mend', { outputPath: '$.fault.Error' }), {
        errors: ['States.ExceedToleratedFailureThreshold'],
        resultPath: '$.fault',
      });
      return each;
    });
    const harness = await start(definition, { work: unlessBad });
    const arn = await execute(harness, items(true));
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: EXCEEDED.error });
    expect((await eventTypes(harness, arn)).slice(4, 8)).toEqual([
      'MapRunFailed',
      'MapStateFailed',
      'MapStateExited',
      'PassStateEntered',
    ]);
  });

  it('let the Map be retried: a new map run with new children for all items', async () => {
    const definition = synthesized((stack) => {
      const each = solving(stack);
      each.addRetry({ errors: [Errors.TASKS_FAILED], interval: Duration.seconds(10), maxAttempts: 1 });
      return each;
    });
    let failures = 0;
    const harness = await start(definition, {
      work: (payload) => {
        if (payload === 'a' && failures++ === 0) throw named('Bad');
        return payload;
      },
    });
    const arn = await execute(harness, { items: ['a', 'b'] });
    await harness.advance(10_000);
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: ['a', 'b'] });
    const runs = await mapRunsOf(harness, arn);
    expect(new Set(runs.map(({ mapRunArn }) => mapRunArn)).size).toBe(2);
    expect(harness.calls).toHaveLength(4);
    expect((await eventTypes(harness, arn)).slice(4, 7)).toEqual(['MapRunFailed', 'MapStateStarted', 'MapRunStarted']);
    expect(harness.states.transitionsOf(arn)).toBe(2);
  });

  it('stop STANDARD children that run, and no more start', async () => {
    const gates = openGates();
    const definition = mapAlone({ mapExecutionType: StateMachineType.STANDARD, maxConcurrency: 2 });
    const harness = await start(definition, { work: (payload) => gates.pass(payload) });
    const arn = await begin(harness, { items: ['a', 'b', 'c'] });
    await gates.settled();
    await gates.fail('a', named('Bad'));
    await gates.settled();
    expect(await outcome(harness, arn)).toMatchObject({ status: 'FAILED' });
    const statuses = (await childrenOf(harness, arn)).map(({ status }) => status);
    expect(statuses.sort()).toEqual(['ABORTED', 'FAILED']);
    // What the stopped child's function answers is not heard any more.
    await gates.open('b', 1);
    await harness.states.idle();
    expect(harness.calls).toHaveLength(2);
  });

  it('wait for EXPRESS children that run, and no more start', async () => {
    const gates = openGates();
    const harness = await start(mapAlone({ maxConcurrency: 2 }), { work: (payload) => gates.pass(payload) });
    const arn = await begin(harness, { items: ['a', 'b', 'c'] });
    await gates.settled();
    await gates.fail('a', named('Bad'));
    await gates.settled();
    expect(await outcome(harness, arn)).toEqual({ status: 'RUNNING' });
    await gates.open('b', 1);
    await harness.states.idle();
    expect(await outcome(harness, arn)).toMatchObject({ status: 'FAILED' });
    expect(harness.calls).toHaveLength(2);
    const [run] = await mapRunsOf(harness, arn);
    const described = await harness.client.send(new DescribeMapRunCommand({ mapRunArn: run?.mapRunArn }));
    expect(described).toMatchObject({ status: 'FAILED', itemCounts: { failed: 1, succeeded: 1, pending: 1 } });
  });
});

describe('what does not fit', () => {
  it.each<[string, Json, string]>([
    ['no items', {}, "Invalid path '$.items': the path selects nothing."],
    ['an object', { items: {} }, 'Reference path "$.items" must point to an array, and it points to an object.'],
  ])('fails the execution before the Map starts: %s', async (_title, input, cause) => {
    const harness = await start(mapAlone());
    const arn = await execute(harness, input);
    const where = "An error occurred while executing the state 'Each' (entered at the event id #2). ";
    expect(await outcome(harness, arn)).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: `${where}${cause}`,
    });
    expect(await eventTypes(harness, arn)).toEqual(['ExecutionStarted', 'MapStateEntered', 'ExecutionFailed']);
  });

  it('fails the execution when a limit is no whole number', async () => {
    const harness = await start(mapAlone({ toleratedFailureCountPath: '$.most' }));
    const arn = await execute(harness, { most: 1.5, items: [1] });
    expect(await outcome(harness, arn)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(await eventTypes(harness, arn)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'ExecutionFailed',
    ]);
  });

  it('fails the Map when the results are too large together', async () => {
    const harness = await start(mapAlone(), { work: () => 'x'.repeat(100_000) });
    const arn = await execute(harness, { items: [1, 2, 3] });
    expect(await outcome(harness, arn)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(await eventTypes(harness, arn)).toContain('MapRunFailed');
    const fits = await execute(harness, { items: [1, 2] });
    expect(await outcome(harness, fits)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('starts no child when one input is too large', async () => {
    const definition = mapAlone({
      itemSelector: { a: JsonPath.stringAt('$.text'), b: JsonPath.stringAt('$.text'), c: JsonPath.stringAt('$.text') },
    });
    const harness = await start(definition);
    const arn = await execute(harness, { text: 'x'.repeat(100_000), items: [1] });
    expect(await outcome(harness, arn)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(harness.calls).toEqual([]);
  });
});

describe('an execution that ends early', () => {
  it('stops its STANDARD children', async () => {
    const definition = mapAlone({ mapExecutionType: StateMachineType.STANDARD });
    const harness = await start(definition, { work: () => new Promise(() => undefined) });
    const arn = await begin(harness, { items: ['a', 'b'] });
    await harness.clock.advance(0);
    await harness.clock.advance(0);
    await harness.client.send(new StopExecutionCommand({ executionArn: arn }));
    const children = await childrenOf(harness, arn);
    expect(children.map(({ status }) => status)).toEqual(['ABORTED', 'ABORTED']);
    const [run] = await mapRunsOf(harness, arn);
    const described = await harness.client.send(new DescribeMapRunCommand({ mapRunArn: run?.mapRunArn }));
    expect(described).toMatchObject({ status: 'ABORTED', itemCounts: { aborted: 2 }, stopDate: new Date(START) });
    const child = await harness.client.send(
      new DescribeExecutionCommand({ executionArn: children[0]?.executionArn ?? '' }),
    );
    expect(child).toMatchObject({ status: 'ABORTED', mapRunArn: run?.mapRunArn });
  });
});
