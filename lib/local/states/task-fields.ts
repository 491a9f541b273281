import * as z from 'zod';
import { contextPathProblem } from './context-object.ts';
import type { Catcher, Retrier, Seconds, TaskResource, TaskState } from './definition.ts';
import { CATCHABLE_RESERVED_NAMES, isCatchAll } from './failure.ts';
import {
  comment,
  commonFields,
  dataPath,
  either,
  flow,
  type Issues,
  LONGEST,
  nextOf,
  parsing,
  pathFields,
  pathsIn,
  positiveSeconds,
  refuse,
  resultPath,
  template,
  withDefault,
} from './field-schemas.ts';
import { UnsupportedSyntax } from './json-path.ts';
import { templatePaths } from './payload-template.ts';

const errorEquals = z
  .array(z.string())
  .min(1)
  .superRefine((names, context) => {
    for (const [index, name] of names.entries()) {
      if (name.startsWith('States.') && !CATCHABLE_RESERVED_NAMES.has(name)) {
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `"${name}" can never be matched: AWS does not raise it, or does not let it be handled`,
        });
      }
    }
    if (isCatchAll(names) && names.length > 1) {
      context.addIssue({ code: 'custom', message: 'States.ALL must stand alone' });
    }
  });

/** States.ALL may only stand in the last retrier or catcher. */
export function lastOnly(
  handlers: readonly { readonly errorEquals: readonly string[] }[],
  field: string,
  context: Issues,
): void {
  for (const [index, handler] of handlers.slice(0, -1).entries()) {
    if (isCatchAll(handler.errorEquals)) {
      refuse(context, 'States.ALL must be in the last one', field, String(index), 'ErrorEquals');
    }
  }
}

export const retrier = z
  .strictObject({
    ErrorEquals: errorEquals,
    IntervalSeconds: positiveSeconds.default(1),
    MaxAttempts: z.int().min(0).max(LONGEST).default(3),
    BackoffRate: z.number().min(1).default(2),
    MaxDelaySeconds: z.int().min(1).max(31_622_399).optional(),
    JitterStrategy: z.enum(['NONE', 'FULL']).default('NONE'),
    Comment: comment,
  })
  .transform((fields, context): Retrier => {
    if (fields.MaxDelaySeconds !== undefined && fields.MaxDelaySeconds <= fields.IntervalSeconds) {
      refuse(context, 'MaxDelaySeconds must be greater than IntervalSeconds', 'MaxDelaySeconds');
    }
    return {
      errorEquals: fields.ErrorEquals,
      intervalSeconds: fields.IntervalSeconds,
      maxAttempts: fields.MaxAttempts,
      backoffRate: fields.BackoffRate,
      maxDelaySeconds: fields.MaxDelaySeconds,
      jitterStrategy: fields.JitterStrategy,
    };
  });

export const catcher = z
  .strictObject({ ErrorEquals: errorEquals, Next: z.string(), ResultPath: resultPath, Comment: comment })
  .transform(
    (fields): Catcher => ({
      errorEquals: fields.ErrorEquals,
      next: fields.Next,
      resultPath: withDefault(fields.ResultPath),
    }),
  );

const PARTITION = 'arn:aws(?:-[a-z]+)*';
const INVOKE = new RegExp(`^${PARTITION}:states:::lambda:invoke(\\.waitForTaskToken)?$`);
const FUNCTION = new RegExp(`^${PARTITION}:lambda:[a-z0-9-]+:\\d{12}:function:[A-Za-z0-9_-]+(?::[A-Za-z0-9$_-]+)?$`);

const resource = parsing((arn): TaskResource => {
  const invoke = INVOKE.exec(arn);
  if (invoke !== null) return { kind: 'invoke', waitForTaskToken: invoke[1] !== undefined };
  if (FUNCTION.test(arn)) return { kind: 'function', functionArn: arn };
  throw new UnsupportedSyntax(`The resource "${arn}" is not implemented: only Lambda functions and lambda:invoke are`);
});

const INVOKE_PARAMETERS = new Set(['FunctionName', 'Payload']);

function checkParameters(state: TaskState, context: Issues): void {
  const { resource, parameters } = state;
  const callback = resource.kind === 'invoke' && resource.waitForTaskToken;
  for (const [field, filled] of [
    ['Parameters', parameters],
    ['ResultSelector', state.resultSelector],
  ] as const) {
    for (const path of filled === undefined ? [] : templatePaths(filled)) {
      const problem = contextPathProblem(path, callback && field === 'Parameters' ? 'token' : 'plain');
      if (problem !== undefined) refuse(context, problem, field);
    }
  }
  if (resource.kind === 'function') return;
  const members = parameters?.kind === 'object' ? parameters.members : [];
  for (const { name } of members) {
    if (!INVOKE_PARAMETERS.has(name)) {
      refuse(context, `The parameter "${name}" of lambda:invoke is not implemented`, 'Parameters', name);
    }
  }
  const name = members.find((member) => member.name === 'FunctionName');
  if (name === undefined) refuse(context, 'lambda:invoke needs the parameter FunctionName', 'Parameters');
  else if (name.template.kind === 'value' && typeof name.template.value !== 'string') {
    refuse(context, 'FunctionName must be a text', 'Parameters', 'FunctionName');
  }
  const paths = parameters === undefined ? [] : templatePaths(parameters);
  if (callback && !paths.some((path) => path.root === 'context' && (path.steps[0] ?? 'Task') === 'Task')) {
    refuse(context, 'A task that waits for a token must pass $$.Task.Token on', 'Parameters');
  }
}

/** The fields of a Task state. */
export const task = z
  .strictObject({
    Type: z.literal('Task'),
    ...commonFields,
    ...pathFields,
    ...flow,
    Resource: resource,
    Parameters: template.optional(),
    ResultSelector: template.optional(),
    ResultPath: resultPath,
    TimeoutSeconds: positiveSeconds.optional(),
    TimeoutSecondsPath: dataPath.optional(),
    HeartbeatSeconds: positiveSeconds.optional(),
    HeartbeatSecondsPath: dataPath.optional(),
    Retry: z.array(retrier).default([]),
    Catch: z.array(catcher).default([]),
  })
  .transform((fields, context): TaskState => {
    const timeoutSeconds = either<Seconds>(
      context,
      ['TimeoutSeconds', 'TimeoutSecondsPath'],
      fields.TimeoutSeconds,
      fields.TimeoutSecondsPath,
    );
    const heartbeatSeconds = either<Seconds>(
      context,
      ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
      fields.HeartbeatSeconds,
      fields.HeartbeatSecondsPath,
    );
    if (
      typeof timeoutSeconds === 'number' &&
      typeof heartbeatSeconds === 'number' &&
      heartbeatSeconds >= timeoutSeconds
    ) {
      refuse(context, 'HeartbeatSeconds must be smaller than TimeoutSeconds', 'HeartbeatSeconds');
    }
    const state: TaskState = {
      type: 'Task',
      ...pathsIn(fields),
      next: nextOf(fields, context),
      resource: fields.Resource,
      parameters: fields.Parameters,
      resultSelector: fields.ResultSelector,
      resultPath: withDefault(fields.ResultPath),
      timeoutSeconds,
      heartbeatSeconds,
      retry: fields.Retry,
      catch: fields.Catch,
    };
    lastOnly(state.retry, 'Retry', context);
    lastOnly(state.catch, 'Catch', context);
    checkParameters(state, context);
    return state;
  });
