import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { BARE, chain, eventTypes, execute, INVOKE, outcome, ROLE, START, start } from './support/harness.ts';

/** The outcome of one Pass state. */
async function pass(fields: Record<string, Json>, input: Json) {
  const harness = await start(chain({ Only: { Type: 'Pass', ...fields } }));
  return outcome(harness, await execute(harness, input));
}

const done = (output: Json) => ({ status: 'SUCCEEDED', output });

describe('input and output processing', () => {
  it('applies InputPath, Parameters, ResultSelector, ResultPath and OutputPath in this order', async () => {
    const state = {
      ...BARE,
      InputPath: '$.in',
      Parameters: { 'x.$': '$.a', fixed: [1, { 'deep.$': '$.b' }] },
      ResultSelector: { 'kept.$': '$.out', fixed: true },
      ResultPath: '$.in.result',
      OutputPath: '$.in',
    };
    const harness = await start(chain({ Work: state }), { work: () => ({ out: 9, dropped: 1 }) });
    const arn = await execute(harness, { in: { a: 1, b: 2 }, other: 3 });
    expect(harness.calls[0]?.payload).toEqual({ x: 1, fixed: [1, { deep: 2 }] });
    expect(await outcome(harness, arn)).toEqual(done({ a: 1, b: 2, result: { kept: 9, fixed: true } }));
  });

  it.each<[string, Record<string, Json>, Json, Json]>([
    ['passes its input on', {}, { a: 1 }, { a: 1 }],
    ['puts its Result out', { Result: { b: [2] } }, { a: 1 }, { b: [2] }],
    ['puts a Result of null out', { Result: null }, { a: 1 }, null],
    ['takes null as an empty object for InputPath', { InputPath: null }, { a: 1 }, {}],
    ['takes null as an empty object for OutputPath', { OutputPath: null }, { a: 1 }, {}],
    ['throws the result away for a ResultPath of null', { Result: 5, ResultPath: null }, { a: 1 }, { a: 1 }],
    [
      'combines with the raw input, not with what InputPath selects',
      { InputPath: '$.a', ResultPath: '$.b' },
      { a: 1 },
      { a: 1, b: 1 },
    ],
    ['creates the objects on the way of ResultPath', { Result: 5, ResultPath: '$.x.y.z' }, {}, { x: { y: { z: 5 } } }],
    ['replaces an element of an array', { Result: 5, ResultPath: '$.list[1]' }, { list: [1, 2] }, { list: [1, 5] }],
    ['reads quoted names and indexes', { InputPath: "$['a b'].c[1]['d']" }, { 'a b': { c: [0, { d: 'x' }] } }, 'x'],
    [
      'reads names of inherited members only when they are members',
      { Parameters: { 'x.$': "$['__proto__']" } },
      JSON.parse('{"__proto__": 7}'),
      { x: 7 },
    ],
  ])('Pass %s', async (_title, fields, input, output) => {
    expect(await pass(fields, input)).toEqual(done(output));
  });

  it.each<[string, Record<string, Json>, Json]>([
    ['an inherited member', { InputPath: '$.constructor' }, {}],
    ['an element of a text', { InputPath: '$.a[0]' }, { a: 'text' }],
    ['a member of an array', { InputPath: '$.a.length' }, { a: [1] }],
  ])('finds nothing at %s', async (_title, fields, input) => {
    expect(await pass(fields, input)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  it.each<[string, Json]>([
    ['$.list[5]', { list: [] }],
    ['$.a.b', { a: 1 }],
    ['$.x', [1]],
    ['$.x', 'text'],
  ])('fails with States.ResultPathMatchFailure where ResultPath %s does not fit', async (ResultPath, input) => {
    expect(await pass({ Result: 1, ResultPath }, input)).toMatchObject({
      status: 'FAILED',
      error: 'States.ResultPathMatchFailure',
    });
  });

  it('leaves numbers and structure as they are', async () => {
    const input = {
      big: 9007199254740991,
      small: -0.1,
      exponent: 1e-7,
      empty: [{}, [], ''],
      unicode: '\u2028é💶',
      null: null,
    };
    expect(await pass({ ResultPath: '$.copy' }, input)).toEqual(done({ ...input, copy: input }));
  });
});

describe('the context object', () => {
  it('tells of the execution, the state and the machine', async () => {
    const harness = await start(
      chain({ Wait: { Type: 'Wait', Seconds: 60 }, Show: { Type: 'Pass', Parameters: { 'all.$': '$$' } } }),
    );
    const arn = await execute(harness, { a: [1] }, 'run-1');
    await harness.advance(60_000);
    expect(await outcome(harness, arn)).toEqual(
      done({
        all: {
          Execution: {
            Id: arn,
            Input: { a: [1] },
            Name: 'run-1',
            RedriveCount: 0,
            RoleArn: ROLE,
            StartTime: new Date(START).toISOString(),
          },
          State: { EnteredTime: new Date(START + 60_000).toISOString(), Name: 'Show', RetryCount: 0 },
          StateMachine: { Id: harness.states.stateMachineArn('machine'), Name: 'machine' },
        },
      }),
    );
  });

  it('can be read by InputPath, OutputPath, ResultSelector and Choice', async () => {
    const definition = {
      StartAt: 'Work',
      States: {
        Work: { ...INVOKE, ResultSelector: { 'id.$': '$$.Execution.Name' }, ResultPath: '$.r', Next: 'Pick' },
        Pick: {
          Type: 'Choice',
          Choices: [{ Variable: '$$.Execution.Input.a', NumericEqualsPath: '$.a', Next: 'End' }],
        },
        End: { Type: 'Pass', InputPath: '$$.Execution.Input.a', ResultPath: '$.x', OutputPath: '$', End: true },
      },
    };
    const harness = await start(definition);
    expect(await outcome(harness, await execute(harness, { a: 4 }, 'n'))).toEqual(done({ a: 4, r: { id: 'n' }, x: 4 }));
  });
});

describe('intrinsic functions', () => {
  it.each<[string, Json]>([
    ["States.Format('{} is {} of {}', $.name, 2, $.list[0])", 'x is 2 of 1'],
    ["States.Format('it\\'s {}', true)", "it's true"],
    ["States.Format('none')", 'none'],
    ['States.StringToJson(\'{"a":[1]}\')', { a: [1] }],
    ['States.JsonToString($.list)', '[1,2,3]'],
    ["States.Array('a', 1, null, true, $.name)", ['a', 1, null, true, 'x']],
    ['States.Array()', []],
    ['States.ArrayLength($.list)', 3],
    ['States.ArrayGetItem($.list, 2)', 3],
    ['States.JsonMerge($.left, $.right, false)', { a: 1, b: { y: 2 } }],
    ["States.Format('{}', States.ArrayGetItem(States.Array('n', $['name']), 1))", 'x'],
  ])('%s', async (call, value) => {
    const input = { name: 'x', list: [1, 2, 3], left: { a: 1, b: { x: 1 } }, right: { b: { y: 2 } } };
    expect(await pass({ Parameters: { 'v.$': call } }, input)).toEqual(done({ v: value }));
  });

  it.each([
    "States.Format('{} {}', 1)",
    'States.Format($.list)',
    'States.ArrayLength($.name)',
    'States.ArrayGetItem($.list, 3)',
    'States.JsonMerge($.left, $.left, true)',
    'States.JsonMerge($.left, $.name, false)',
    'States.StringToJson($.list)',
  ])('%s fails with States.Runtime', async (call) => {
    const input = { name: 'x', list: [1, 2, 3], left: {} };
    expect(await pass({ Parameters: { 'v.$': call } }, input)).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
    });
  });
});

describe('Wait', () => {
  it.each<[string, Record<string, Json>, number]>([
    ['Seconds', { Seconds: 90 }, 90],
    ['SecondsPath', { SecondsPath: '$.seconds' }, 30],
    ['Timestamp', { Timestamp: '2026-11-20T09:05:00Z' }, 300],
    ['TimestampPath', { TimestampPath: '$.at' }, 61],
  ])('%s', async (_field, fields, seconds) => {
    const harness = await start(chain({ Pause: { Type: 'Wait', ...fields }, Done: { Type: 'Succeed' } }));
    const arn = await execute(harness, { seconds: 30, at: '2026-11-20T10:01:01+01:00' });
    await harness.advance(seconds * 1000 - 1);
    expect(await eventTypes(harness, arn)).toEqual(['ExecutionStarted', 'WaitStateEntered']);
    await harness.advance(1);
    expect((await eventTypes(harness, arn)).slice(2)).toEqual([
      'WaitStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('does not wait for an instant in the past', async () => {
    const harness = await start(chain({ Pause: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z' } }));
    expect(await outcome(harness, await execute(harness, { a: 1 }))).toEqual(done({ a: 1 }));
  });

  it.each<[Record<string, Json>]>([[{ SecondsPath: '$.a' }], [{ TimestampPath: '$.a' }], [{ SecondsPath: '$.b' }]])(
    'fails with States.Runtime for %j',
    async (fields) => {
      const harness = await start(chain({ Pause: { Type: 'Wait', ...fields } }));
      expect(await outcome(harness, await execute(harness, { a: '2026-11-20T09:00:00' }))).toMatchObject({
        error: 'States.Runtime',
      });
    },
  );
});

describe('Succeed and Fail', () => {
  it('Succeed filters its input', async () => {
    const harness = await start(chain({ End: { Type: 'Succeed', InputPath: '$.a', OutputPath: '$.b' } }));
    expect(await outcome(harness, await execute(harness, { a: { b: 3 } }))).toEqual(done(3));
  });

  it('Fail reports Error and Cause', async () => {
    const harness = await start(chain({ End: { Type: 'Fail', Error: 'E', Cause: 'c' } }));
    const arn = await execute(harness);
    expect(await outcome(harness, arn)).toEqual({ status: 'FAILED', error: 'E', cause: 'c' });
    expect(await eventTypes(harness, arn)).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  });

  it('Fail computes ErrorPath and CausePath', async () => {
    const harness = await start(
      chain({ End: { Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('because {}', $.c)" } }),
    );
    expect(await outcome(harness, await execute(harness, { e: 'E', c: 7 }))).toEqual({
      status: 'FAILED',
      error: 'E',
      cause: 'because 7',
    });
    expect(await outcome(harness, await execute(harness, { e: 5, c: 7 }))).toMatchObject({ error: 'States.Runtime' });
  });

  it('Fail without either fails without either', async () => {
    const harness = await start(chain({ End: { Type: 'Fail' } }));
    expect(await outcome(harness, await execute(harness))).toEqual({ status: 'FAILED' });
  });
});
