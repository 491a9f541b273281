import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { InvalidDefinition, loadDefinition } from '../../../lib/local/states/index.ts';
import { BARE, CALLBACK, FUNCTION, INVOKE } from './support/harness.ts';
import { EACH, mapOver } from './support/machines.ts';

/** Where and how a definition is refused: pointer and message of each problem. */
function problems(definition: Json): string[] {
  try {
    loadDefinition(definition);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidDefinition)) throw error;
    return error.problems.map(({ pointer, message }) => `${pointer}: ${message}`);
  }
}

/** A machine of one state. */
function only(state: Record<string, Json>): Json {
  return { StartAt: 'S', States: { S: state } };
}

const PROCESSOR = EACH.ItemProcessor as Record<string, Json>;

/** Everything that is supported, in one machine. */
const EVERYTHING: Json = {
  Comment: 'all of it',
  QueryLanguage: 'JSONPath',
  Version: '1.0',
  TimeoutSeconds: 3600,
  StartAt: 'Work',
  States: {
    Work: {
      ...INVOKE,
      Comment: 'c',
      InputPath: '$.in',
      ResultPath: '$.r',
      OutputPath: '$',
      TimeoutSecondsPath: '$.t',
      HeartbeatSecondsPath: '$.h',
      Retry: [
        {
          ErrorEquals: ['A', 'States.Timeout'],
          IntervalSeconds: 2,
          MaxAttempts: 0,
          BackoffRate: 1.5,
          MaxDelaySeconds: 9,
          JitterStrategy: 'FULL',
        },
        { ErrorEquals: ['States.ALL'] },
      ],
      Catch: [
        { ErrorEquals: ['B'], Next: 'Stop', ResultPath: '$.e' },
        { ErrorEquals: ['States.ALL'], Next: 'Stop' },
      ],
      Next: 'Ask',
    },
    Ask: { ...CALLBACK, TimeoutSeconds: 60, HeartbeatSeconds: 10, Next: 'Bare' },
    Bare: { ...BARE, Parameters: { 'n.$': "States.Format('{}', $.n)" }, Next: 'Each' },
    Each: {
      ...mapOver({ Child: { ...INVOKE, End: true } }, 'STANDARD', { Next: 'Pick' }),
      Comment: 'c',
      InputPath: '$.in',
      ItemsPath: '$.items',
      ItemSelector: { 'index.$': '$$.Map.Item.Index', 'part.$': '$$.Map.Item.Value.part', 'all.$': '$' },
      MaxConcurrency: 5,
      ToleratedFailureCountPath: '$.most',
      ToleratedFailurePercentage: 12.5,
      ResultSelector: { 'all.$': '$' },
      ResultPath: '$.each',
      OutputPath: '$',
      Label: 'each',
      Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'] }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Stop' }],
    },
    Pick: {
      Type: 'Choice',
      Choices: [
        {
          And: [{ Variable: '$.a', IsPresent: true }, { Not: { Variable: '$.a', NumericEquals: 1 } }],
          Next: 'Pause',
          Comment: 'c',
        },
      ],
      Default: 'Shape',
    },
    Pause: { Type: 'Wait', SecondsPath: '$.s', Next: 'Shape' },
    Shape: { Type: 'Pass', Result: { any: ['thing'] }, ResultPath: null, Next: 'End' },
    End: { Type: 'Succeed' },
    Stop: { Type: 'Fail', ErrorPath: '$.Error', Cause: 'because' },
  },
};

describe('loading', () => {
  it('accepts every field that is implemented, as an object and as text', () => {
    expect(problems(EVERYTHING)).toEqual([]);
    expect(problems(JSON.stringify(EVERYTHING))).toEqual([]);
    expect(loadDefinition(EVERYTHING).states.size).toBe(9);
  });

  it('accepts every partition', () => {
    for (const partition of ['aws', 'aws-cn', 'aws-us-gov']) {
      expect(problems(only({ ...INVOKE, Resource: `arn:${partition}:states:::lambda:invoke`, End: true }))).toEqual([]);
      expect(problems(only({ ...BARE, Resource: FUNCTION.replace('arn:aws', `arn:${partition}`), End: true }))).toEqual(
        [],
      );
    }
  });

  it.each<[string, Json, string]>([
    ['text that is not JSON', '{', ': The text is not JSON'],
    ['a document that is no object', 5, ':'],
    [
      'an unknown field of the machine',
      { ...(EVERYTHING as object), Timeout: 5 } as Json,
      '/Timeout: The field "Timeout" is not part of the contract.',
    ],
    ['JSONata for the machine', { ...(EVERYTHING as object), QueryLanguage: 'JSONata' } as Json, '/QueryLanguage:'],
    ['JSONata for a state', only({ Type: 'Pass', QueryLanguage: 'JSONata', End: true }), '/States/S/QueryLanguage:'],
    [
      'Parallel',
      only({ Type: 'Parallel', Branches: [], End: true }),
      '/States/S/Type: The state type "Parallel" is not implemented.',
    ],
    [
      'an inline Map',
      only({ ...EACH, ItemProcessor: { ...PROCESSOR, ProcessorConfig: { Mode: 'INLINE' } } }),
      '/States/S/ItemProcessor/ProcessorConfig/Mode: Only the mode DISTRIBUTED is implemented',
    ],
    [
      'a Map that does not say its mode',
      only({ ...EACH, ItemProcessor: { StartAt: 'C', States: {} } }),
      '/States/S/ItemProcessor/ProcessorConfig: The field is required and missing.',
    ],
    ...['ItemReader', 'ItemBatcher', 'ResultWriter', 'Iterator', 'Items', 'TimeoutSeconds'].map(
      (field): [string, Json, string] => [
        `${field} of a Map`,
        only({ ...EACH, [field]: {} }),
        `/States/S/${field}: The field "${field}" is not part of the contract.`,
      ],
    ),
    [
      'a processor without an execution type',
      only({ ...EACH, ItemProcessor: { ...PROCESSOR, ProcessorConfig: { Mode: 'DISTRIBUTED' } } }),
      '/States/S/ItemProcessor/ProcessorConfig/ExecutionType:',
    ],
    [
      'an unknown field of a processor',
      only({ ...EACH, ItemProcessor: { ...PROCESSOR, TimeoutSeconds: 5 } }),
      '/States/S/ItemProcessor/TimeoutSeconds:',
    ],
    [
      'an unknown field of a state inside a Map',
      only(mapOver({ C: { ...INVOKE, End: true, Assign: {} } })),
      '/States/S/ItemProcessor/States/C/Assign: The field "Assign" is not part of the contract.',
    ],
    [
      'a Map inside a Map',
      only(mapOver({ C: EACH })),
      '/States/S/ItemProcessor/States/C: A Map inside the processor of another is not implemented.',
    ],
    [
      'a wait for a token in an EXPRESS child',
      only(mapOver({ C: { ...CALLBACK, End: true } })),
      '/States/S/ItemProcessor/States/C: An EXPRESS execution cannot wait for a task token.',
    ],
    [
      'MaxConcurrency twice',
      only({ ...EACH, MaxConcurrency: 1, MaxConcurrencyPath: '$.a' }),
      '/States/S: A state cannot',
    ],
    [
      'a percentage above 100',
      only({ ...EACH, ToleratedFailurePercentage: 101 }),
      '/States/S/ToleratedFailurePercentage:',
    ],
    ['a negative count', only({ ...EACH, ToleratedFailureCount: -1 }), '/States/S/ToleratedFailureCount:'],
    ['a label with a colon', only({ ...EACH, Label: 'a:b' }), '/States/S/Label:'],
    ['a label of 41 characters', only({ ...EACH, Label: 'x'.repeat(41) }), '/States/S/Label:'],
    [
      'the item outside an ItemSelector',
      only(mapOver({ C: { Type: 'Pass', Parameters: { 'a.$': '$$.Map.Item.Value' }, End: true } })),
      '/States/S/ItemProcessor/States/C/Parameters: "$$.Map.Item.Value" exists only in the ItemSelector of a Map',
    ],
    [
      'a part of an index',
      only({ ...EACH, ItemSelector: { 'a.$': '$$.Map.Item.Index.b' } }),
      '/States/S/ItemSelector: The context object has no "$$.Map.Item.Index.b"',
    ],
    [
      'the token in an ItemSelector',
      only({ ...EACH, ItemSelector: { 'a.$': '$$.Task.Token' } }),
      '/States/S/ItemSelector: "$$.Task.Token" exists only in the Parameters of a task',
    ],
    ['a state without a type', only({ End: true }), '/States/S/Type:'],
    ['a type that every object has', only({ Type: 'constructor', End: true }), '/States/S/Type:'],
    [
      'a field that the type does not have',
      only({ Type: 'Pass', Seconds: 5, End: true }),
      '/States/S/Seconds: The field "Seconds" is not part of the contract.',
    ],
    ['Assign', only({ Type: 'Pass', Assign: {}, End: true }), '/States/S/Assign:'],
    ['Credentials', only({ ...INVOKE, Credentials: {}, End: true }), '/States/S/Credentials:'],
    [
      'an unknown resource',
      only({ ...INVOKE, Resource: 'arn:aws:states:::sqs:sendMessage', End: true }),
      '/States/S/Resource:',
    ],
    [
      'an unknown parameter',
      only({ ...INVOKE, Parameters: { FunctionName: 'f', InvocationType: 'Event' }, End: true }),
      '/States/S/Parameters/InvocationType:',
    ],
    [
      'no FunctionName',
      only({ ...INVOKE, Parameters: { Payload: {} }, End: true }),
      '/States/S/Parameters: lambda:invoke needs',
    ],
    [
      'a callback without the token',
      only({ ...CALLBACK, Parameters: { FunctionName: 'f' }, End: true }),
      '/States/S/Parameters: A task that waits',
    ],
    [
      'the token where there is none',
      only({ ...INVOKE, Parameters: { FunctionName: 'f', Payload: { 'a.$': '$$.Task.Token' } }, End: true }),
      '/States/S/Parameters: "$$.Task.Token" exists only',
    ],
    [
      'an unknown member of the context object',
      only({ Type: 'Pass', Parameters: { 'a.$': '$$.Execution.Nme' }, End: true }),
      '/States/S/Parameters: The context object has no "$$.Execution.Nme"',
    ],
    [
      'the context object as a timeout',
      only({ ...INVOKE, TimeoutSecondsPath: '$$.Execution.Input.t', End: true }),
      '/States/S/TimeoutSecondsPath:',
    ],
    [
      'an unknown intrinsic function',
      only({ Type: 'Pass', Parameters: { a: [{ 'b.$': 'States.UUID()' }] }, End: true }),
      '/States/S/Parameters/a/0/b.$: The intrinsic function States.UUID is not implemented.',
    ],
    [
      'an intrinsic function with too many arguments',
      only({ Type: 'Pass', Parameters: { 'b.$': 'States.JsonToString($, 1)' }, End: true }),
      '/States/S/Parameters/b.$:',
    ],
    [
      'a template member that is no path',
      only({ Type: 'Pass', Parameters: { 'a.$': 5 }, End: true }),
      '/States/S/Parameters/a.$:',
    ],
    [
      'a template with a member twice',
      only({ Type: 'Pass', Parameters: { a: 1, 'a.$': '$' }, End: true }),
      '/States/S/Parameters/a.$: The template has both',
    ],
    [
      'both timeouts',
      only({ ...INVOKE, TimeoutSeconds: 5, TimeoutSecondsPath: '$.t', End: true }),
      '/States/S: A state cannot have both TimeoutSeconds and TimeoutSecondsPath',
    ],
    ['a timeout of 0', only({ ...INVOKE, TimeoutSeconds: 0, End: true }), '/States/S/TimeoutSeconds:'],
    [
      'a heartbeat as long as the timeout',
      only({ ...INVOKE, TimeoutSeconds: 5, HeartbeatSeconds: 5, End: true }),
      '/States/S/HeartbeatSeconds:',
    ],
    ['Next and End', only({ Type: 'Pass', Next: 'S', End: true }), '/States/S: A state has either Next or End'],
    ['neither Next nor End', only({ Type: 'Pass' }), '/States/S: A state has either Next or End'],
    ['an End that is not true', only({ Type: 'Pass', End: false }), '/States/S/End:'],
    [
      'two times to wait',
      only({ Type: 'Wait', Seconds: 1, SecondsPath: '$.a', End: true }),
      '/States/S: A Wait state has exactly one',
    ],
    ['no time to wait', only({ Type: 'Wait', End: true }), '/States/S: A Wait state has exactly one'],
    [
      'a timestamp without a zone',
      only({ Type: 'Wait', Timestamp: '2026-11-20T09:00:00', End: true }),
      '/States/S/Timestamp:',
    ],
    [
      'States.ALL with another name',
      only({ ...INVOKE, Retry: [{ ErrorEquals: ['States.ALL', 'A'] }], End: true }),
      '/States/S/Retry/0/ErrorEquals: States.ALL must stand alone',
    ],
    [
      'States.ALL before another retrier',
      only({ ...INVOKE, Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }], End: true }),
      '/States/S/Retry/0/ErrorEquals: States.ALL must be in the last one',
    ],
    [
      'States.ALL before another catcher',
      only({
        ...INVOKE,
        Catch: [
          { ErrorEquals: ['States.ALL'], Next: 'S' },
          { ErrorEquals: ['A'], Next: 'S' },
        ],
        End: true,
      }),
      '/States/S/Catch/0/ErrorEquals:',
    ],
    [
      'a reserved name that nothing raises',
      only({ ...INVOKE, Retry: [{ ErrorEquals: ['States.NoSuch'] }], End: true }),
      '/States/S/Retry/0/ErrorEquals/0:',
    ],
    [
      'States.Runtime, which nothing handles',
      only({ ...INVOKE, Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'S' }], End: true }),
      '/States/S/Catch/0/ErrorEquals/0:',
    ],
    ['no error names', only({ ...INVOKE, Retry: [{ ErrorEquals: [] }], End: true }), '/States/S/Retry/0/ErrorEquals:'],
    [
      'a rate below 1',
      only({ ...INVOKE, Retry: [{ ErrorEquals: ['A'], BackoffRate: 0.5 }], End: true }),
      '/States/S/Retry/0/BackoffRate:',
    ],
    [
      'a greatest delay below the first',
      only({ ...INVOKE, Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 5, MaxDelaySeconds: 5 }], End: true }),
      '/States/S/Retry/0/MaxDelaySeconds:',
    ],
    [
      'an unknown field of a retrier',
      only({ ...INVOKE, Retry: [{ ErrorEquals: ['A'], Max: 5 }], End: true }),
      '/States/S/Retry/0/Max:',
    ],
    [
      'a choice rule without Next',
      only({ Type: 'Choice', Choices: [{ Variable: '$', IsNull: true }] }),
      '/States/S/Choices/0/Next:',
    ],
    [
      'an unknown operator',
      only({ Type: 'Choice', Choices: [{ Variable: '$', StringLike: 'a', Next: 'S' }] }),
      '/States/S/Choices/0/StringLike: The comparison operator "StringLike" is unknown.',
    ],
    [
      'StringMatchesPath',
      only({ Type: 'Choice', Choices: [{ Variable: '$', StringMatchesPath: '$.a', Next: 'S' }] }),
      '/States/S/Choices/0/StringMatchesPath:',
    ],
    [
      'two operators',
      only({ Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, IsString: true, Next: 'S' }] }),
      '/States/S/Choices/0: A choice rule must have exactly one operator, not 2.',
    ],
    [
      'an operand of the wrong type',
      only({ Type: 'Choice', Choices: [{ Variable: '$', NumericEquals: '1', Next: 'S' }] }),
      '/States/S/Choices/0/NumericEquals:',
    ],
    [
      'a Next inside And',
      only({ Type: 'Choice', Choices: [{ And: [{ Variable: '$', IsNull: true, Next: 'S' }], Next: 'S' }] }),
      '/States/S/Choices/0/And/0: A choice rule must have exactly one operator, not 2.',
    ],
    ['no choices', only({ Type: 'Choice', Choices: [] }), '/States/S/Choices:'],
    [
      'a Choice that ends',
      only({ Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'S' }], End: true }),
      '/States/S/End:',
    ],
    [
      'a Fail with a cause twice',
      only({ Type: 'Fail', Cause: 'a', CausePath: '$.a' }),
      '/States/S: A state cannot have both Cause and CausePath',
    ],
    [
      'a ResultPath into the context object',
      only({ Type: 'Pass', ResultPath: '$$.a', End: true }),
      '/States/S/ResultPath:',
    ],
    [
      'a name of 81 characters',
      { StartAt: 'x'.repeat(81), States: { ['x'.repeat(81)]: { Type: 'Succeed' } } },
      `/States/${'x'.repeat(81)}: A state name has 1 to 80 characters.`,
    ],
  ])('refuses %s', (_title, definition, expected) => {
    expect(
      problems(definition).some((problem) => problem.startsWith(expected)),
      problems(definition).join('\n'),
    ).toBe(true);
  });

  it.each([
    '$..a',
    '$.*',
    '$.a[*]',
    '$.a[0:2]',
    '$.a[?(@.b)]',
    '$.a[-1]',
    '$.a[0,1]',
    '$.',
    '$a',
    'a',
    '$.a..b',
    "$['a'",
    '$.length()',
    '$.a b',
  ])('refuses the path %s', (path) => {
    expect(problems(only({ Type: 'Pass', InputPath: path, End: true }))[0]).toMatch(/^\/States\/S\/InputPath: /);
  });

  it('names every problem at once, by a pointer that is escaped', () => {
    const definition = {
      StartAt: 'a/b',
      States: { 'a/b': { Type: 'Pass', Nxt: 'c', End: true }, 'c~d': { Type: 'Nothing' } },
    };
    expect(problems(definition).map((problem) => problem.split(':')[0])).toEqual([
      '/States/a~1b/Nxt',
      '/States/c~0d/Type',
    ]);
  });
});

describe('the graph', () => {
  const end = { Type: 'Succeed' };

  it.each<[string, Json, string[]]>([
    ['StartAt', { StartAt: 'X', States: { S: end } }, ['/StartAt: The state "X" does not exist.']],
    [
      'Next',
      { StartAt: 'S', States: { S: { Type: 'Pass', Next: 'X' }, T: end } },
      [
        '/States/S: The state goes to "X", which does not exist.',
        '/States/T: No transition leads to the state.',
        '/States: No state ends the execution.',
      ],
    ],
    [
      'Default',
      {
        StartAt: 'S',
        States: { S: { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'E' }], Default: 'X' }, E: end },
      },
      ['/States/S: The state goes to "X", which does not exist.'],
    ],
    [
      'a catcher',
      { StartAt: 'S', States: { S: { ...BARE, Catch: [{ ErrorEquals: ['A'], Next: 'X' }], End: true } } },
      ['/States/S: The state goes to "X", which does not exist.'],
    ],
    [
      'a state inside a Map that goes out of it',
      { StartAt: 'S', States: { S: mapOver({ C: { Type: 'Pass', Next: 'T' } }), T: end } },
      [
        '/States/T: No transition leads to the state.',
        '/States/S/ItemProcessor/States/C: The state goes to "T", which does not exist.',
        '/States/S/ItemProcessor/States: No state ends the execution.',
      ],
    ],
    [
      'a name inside a Map that the machine has already',
      { StartAt: 'S', States: { S: mapOver({ S: end }) } },
      ['/States/S/ItemProcessor/States/S: The machine has another state of this name outside the processor.'],
    ],
    [
      'an unreachable state',
      { StartAt: 'S', States: { S: end, T: end } },
      ['/States/T: No transition leads to the state.'],
    ],
    [
      'a machine without an end',
      { StartAt: 'S', States: { S: { Type: 'Pass', Next: 'S' } } },
      ['/States: No state ends the execution.'],
    ],
  ])('is checked: %s', (_title, definition, expected) => {
    expect(problems(definition)).toEqual(expected);
  });
});

describe('any definition', () => {
  const pathsOf = (value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] =>
    typeof value === 'object' && value !== null
      ? [
          path,
          ...Object.entries(value).flatMap(([key, inner]) =>
            pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
          ),
        ]
      : [path];

  /** A copy with the node at a path replaced, removed or joined by another. */
  function mutate(
    document: Json,
    path: readonly (string | number)[],
    change: { readonly kind: string; readonly value: Json; readonly key: string },
  ): Json {
    const copy = structuredClone(document) as Record<string | number, unknown>;
    const last = path.at(-1);
    if (last === undefined) return change.value;
    const parent = path
      .slice(0, -1)
      .reduce<Record<string | number, unknown>>((node, key) => node[key] as Record<string, unknown>, copy);
    if (change.kind === 'remove') delete parent[last];
    else if (change.kind === 'add') Object.assign(parent, { [change.key]: change.value });
    else parent[last] = change.value;
    return JSON.parse(JSON.stringify(copy)) as Json;
  }

  it('either loads or is refused with problems that point into it', () => {
    const interesting = fc.constantFrom<Json>(
      '$',
      '$.a',
      '$$',
      'States.ALL',
      "States.Format('{}', $.a)",
      '$[',
      'Work',
      '',
      0,
      -1,
      1.5,
      1e9,
      null,
      true,
      [],
      {},
      [{}],
      { a: 1 },
    );
    const change = fc.record({
      kind: fc.constantFrom('remove', 'add', 'replace'),
      value: fc.oneof(interesting, fc.jsonValue() as fc.Arbitrary<Json>),
      key: fc.oneof(
        fc.constantFrom('Next', 'End', 'Variable', 'And', 'Retry', '__proto__', 'constructor', 'x.$'),
        fc.string(),
      ),
    });
    const mutations = fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(mutations, (steps) => {
        const definition = steps.reduce<Json>((document, [index, applied]) => {
          const paths = pathsOf(document);
          return mutate(document, paths[index % paths.length] ?? [], applied);
        }, EVERYTHING);
        try {
          expect(loadDefinition(definition).states.size).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidDefinition);
          expect((error as InvalidDefinition).problems.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('refuses any unknown field of any state', () => {
    const states = Object.keys((EVERYTHING as { States: object }).States);
    fc.assert(
      fc.property(fc.constantFrom(...states), fc.stringMatching(/^X[A-Za-z]{0,20}$/), (state, field) => {
        const definition = mutate(EVERYTHING, ['States', state, 'Type'], { kind: 'add', key: field, value: null });
        expect(problems(definition)).toEqual([
          `/States/${state}/${field}: The field "${field}" is not part of the contract.`,
        ]);
      }),
      { numRuns: 200 },
    );
  });
});
