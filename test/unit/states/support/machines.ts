import type { Json } from '../../../../lib/core/json.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/machine';
export const FUNCTION = 'arn:aws:lambda:eu-central-1:000000000000:function:work';

/** A machine of one state after another, each going to the next. */
export function chain(states: Record<string, Record<string, Json>>): Json {
  const names = Object.keys(states);
  const linked = names.map((name, index) => {
    const next = names[index + 1];
    const state = states[name] ?? {};
    const ends = state.Type === 'Succeed' || state.Type === 'Fail' || state.Type === 'Choice';
    return [name, ends ? state : { ...state, ...(next === undefined ? { End: true } : { Next: next }) }];
  });
  return { StartAt: names[0] ?? '', States: Object.fromEntries(linked) as Json };
}

/** A task that invokes the function with its input and waits for the token that it passes along. */
export const CALLBACK: Record<string, Json> = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: { FunctionName: FUNCTION, Payload: { 'token.$': '$$.Task.Token', 'input.$': '$' } },
};

/** A task that invokes the function with its input. */
export const INVOKE: Record<string, Json> = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: FUNCTION, 'Payload.$': '$' },
  ResultSelector: { 'value.$': '$.Payload' },
};

/** A task that names the function as its resource. */
export const BARE: Record<string, Json> = { Type: 'Task', Resource: FUNCTION };

/** A Map in DISTRIBUTED mode over its whole input; its children start with the first of some states. */
export function mapOver(
  states: Record<string, Record<string, Json>>,
  executionType: 'STANDARD' | 'EXPRESS' = 'EXPRESS',
  flow: Record<string, Json> = { End: true },
): Record<string, Json> {
  const ItemProcessor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: executionType },
    StartAt: Object.keys(states)[0] ?? '',
    States: states,
  };
  return { Type: 'Map', ItemProcessor, ...flow };
}

/** A Map whose EXPRESS children invoke the function with their items. */
export const EACH: Record<string, Json> = mapOver({ Child: { ...INVOKE, End: true } });
