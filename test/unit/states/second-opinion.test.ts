import { StateMachine } from 'aws-local-stepfunctions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { BARE, chain, execute, named, outcome, start, type TestFunction } from './support/harness.ts';

/** The errors that tasks throw here. */
const ERRORS = ['ErrorA', 'ErrorB', 'ErrorC'];

/**
 * What another interpreter makes of a definition: `aws-local-stepfunctions`, where it follows AWS.
 * It does not for timeouts read by a path, the state in the context object, heartbeats, and the names of runtime errors.
 */
async function otherOpinion(definition: Json, input: Json, work: TestFunction) {
  let calls = 0;
  const tasks = Object.entries((definition as { States: Record<string, { Type: string }> }).States)
    .filter(([, state]) => state.Type === 'Task')
    .map(([name]) => name);
  const handler = async (payload: Json) => {
    calls += 1;
    return work(payload, calls, '');
  };
  const machine = new StateMachine(definition as never, { validationOptions: { noValidate: true } });
  const run = machine.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(tasks.map((name) => [name, handler as never])),
      retryIntervalOverrides: Object.fromEntries(tasks.map((name) => [name, 0])),
    },
  });
  try {
    const output = (await run.result) as Json;
    return { calls, result: { status: 'SUCCEEDED', output } };
  } catch (error) {
    return { calls, result: { status: 'FAILED', error: thrownName((error as Error).cause) } };
  }
}

/** The name of an error that a task threw; all others have names of their own in the other interpreter. */
function thrownName(error: unknown): string {
  const { name } = error as Error;
  return ERRORS.includes(name) ? name : 'States.Runtime';
}

/** What we make of it. */
async function ourOpinion(definition: Json, input: Json, work: TestFunction) {
  const harness = await start(definition, { work });
  const arn = await execute(harness, input);
  await harness.advance(3_600_000);
  const { status, output, error } = await outcome(harness, arn);
  return { calls: harness.calls.length, result: status === 'SUCCEEDED' ? { status, output } : { status, error } };
}

async function agree(definition: Json, input: Json, work: TestFunction = (payload) => payload): Promise<void> {
  expect(await ourOpinion(definition, input, work)).toEqual(await otherOpinion(definition, input, work));
}

const INPUT: Json = {
  a: { b: [10, { c: 'x' }], 'd e': null },
  n: 5,
  t: '2026-11-20T09:00:00Z',
  flag: true,
  left: { a: 1, b: 2 },
  right: { b: 3 },
};

describe('input and output processing', () => {
  const pass = (fields: Record<string, Json>) => chain({ Only: { Type: 'Pass', ...fields } });

  it.each<[Record<string, Json>]>([
    [{}],
    [{ InputPath: '$.a.b[1]' }],
    [{ InputPath: null }],
    [{ InputPath: "$.a['d e']" }],
    [{ OutputPath: '$.n' }],
    [{ Result: { x: 1 }, ResultPath: '$.a.new' }],
    [{ Result: [1], ResultPath: null }],
    [
      {
        Parameters: { 'c.$': '$.a.b[1].c', fixed: { deep: [1, { 'n.$': '$.n' }] } },
        ResultPath: '$.p',
        OutputPath: '$.p.fixed',
      },
    ],
    [
      {
        Parameters: {
          'x.$': "States.Format('{} {}', $.n, $.a.b[1].c)",
          'y.$': 'States.Array($.n, 1)',
          'z.$': 'States.ArrayLength($.a.b)',
        },
      },
    ],
    [
      {
        Parameters: {
          'x.$': 'States.JsonMerge($.left, $.right, false)',
          'y.$': "States.StringToJson('[1]')",
          'z.$': 'States.JsonToString($.a)',
        },
      },
    ],
  ])('agrees on Pass %j', async (fields) => {
    await agree(pass(fields), INPUT);
  });

  it.each<[Record<string, Json>]>([
    [{ ResultSelector: { 'r.$': '$.n' }, ResultPath: '$.out', OutputPath: '$.out' }],
    [{ InputPath: '$.a', Parameters: { 'first.$': '$.b[0]' } }],
    [{ InputPath: '$.a', ResultPath: '$.whole' }],
  ])('agrees on Task %j', async (fields) => {
    await agree(chain({ Work: { ...BARE, ...fields } }), INPUT);
  });
});

describe('Choice', () => {
  const ORDERS = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];
  /** The values and orders of each type; the other interpreter compares across types, which AWS does not. */
  const TYPES: Record<string, { readonly values: readonly Json[]; readonly orders: readonly string[] }> = {
    String: { values: ['', 'a', 'ab', 'b'], orders: ORDERS },
    Numeric: { values: [-2, -1, 0, 1.5, 2], orders: ORDERS },
    Boolean: { values: [true, false], orders: ['Equals'] },
    Timestamp: {
      values: ['2026-11-20T09:00:00Z', '2026-11-21T09:00:00Z', '2026-11-20T10:00:00+01:00'],
      orders: ORDERS,
    },
  };
  // The other interpreter takes every test as one that expects true.
  const typeTest = fc.constantFrom('IsPresent', 'IsString', 'IsNumeric', 'IsBoolean', 'IsNull', 'IsTimestamp');

  function ruleOf(type: string): fc.Arbitrary<Json> {
    const { values = [], orders = [] } = TYPES[type] ?? {};
    const comparison = fc.tuple(fc.constantFrom(...orders), fc.option(fc.constantFrom(...values), { nil: undefined }));
    return fc.letrec<{ rule: Json }>((tie) => ({
      rule: fc.oneof(
        { depthSize: 'small' },
        comparison.map(([order, operand]) =>
          operand === undefined
            ? { Variable: '$.v', [`${type}${order}Path`]: '$.w' }
            : { Variable: '$.v', [`${type}${order}`]: operand },
        ),
        typeTest.map((test) => ({ Variable: '$.v', [test]: true })),
        fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((And) => ({ And })),
        fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((Or) => ({ Or })),
        tie('rule').map((Not) => ({ Not })),
      ),
    })).rule;
  }

  const cases = fc
    .constantFrom(...Object.keys(TYPES))
    .chain((type) => fc.tuple(ruleOf(type), ...[0, 1].map(() => fc.constantFrom(...(TYPES[type]?.values ?? [])))));

  it('agrees on any combination of rules', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([condition = {}, v = null, w = null]) => {
        const definition: Json = {
          StartAt: 'Pick',
          States: {
            Pick: { Type: 'Choice', Choices: [{ ...(condition as object), Next: 'Yes' } as Json], Default: 'No' },
            Yes: { Type: 'Pass', Result: 'yes', End: true },
            No: { Type: 'Pass', Result: 'no', End: true },
          },
        };
        await agree(definition, { v, w });
      }),
      { numRuns: 80 },
    );
  });
});

describe('Retry and Catch', () => {
  const retrier = fc.record({
    ErrorEquals: fc.subarray(ERRORS, { minLength: 1 }),
    MaxAttempts: fc.nat(3),
    BackoffRate: fc.constantFrom(1, 1.5, 2),
  });
  const last = fc.option(
    fc.record({ ErrorEquals: fc.constantFrom(['States.ALL'], ['States.TaskFailed']), MaxAttempts: fc.nat(2) }),
    { nil: undefined },
  );

  it('agrees on how often a task is tried and where it goes', async () => {
    const scripts = fc.array(fc.constantFrom(...ERRORS), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(retrier, { maxLength: 2 }),
        last,
        scripts,
        fc.subarray(ERRORS),
        async (retriers, final, script, caught) => {
          const definition: Json = {
            StartAt: 'Work',
            States: {
              Work: {
                ...BARE,
                Retry: [...retriers, ...(final === undefined ? [] : [final])],
                Catch: [{ ErrorEquals: caught.length === 0 ? ['None'] : caught, ResultPath: null, Next: 'Caught' }],
                End: true,
              },
              Caught: { Type: 'Pass', Result: 'caught', End: true },
            },
          };
          await agree(definition, {}, (_payload, call) => {
            const name = script[call - 1];
            if (name !== undefined) throw named(name);
            return call;
          });
        },
      ),
      { numRuns: 80 },
    );
  });
});
