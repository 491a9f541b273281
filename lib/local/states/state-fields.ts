import * as z from 'zod';
import type { Json } from '../../core/json.ts';
import { type Condition, conditionPaths, parseCondition } from './choice-rule.ts';
import { contextPathProblem } from './context-object.ts';
import type { Catcher, Retrier, Seconds, State, TaskResource, TaskState } from './definition.ts';
import { CATCHABLE_RESERVED_NAMES, isCatchAll } from './failure.ts';
import { type Expression, parseExpression, pathsOf } from './intrinsics.ts';
import { type Path, PathSyntaxError, parsePath } from './json-path.ts';
import { parseTemplate, type Template, templatePaths } from './payload-template.ts';
import { parseTimestamp } from './timestamp.ts';

/** The longest time that AWS accepts, in seconds. */
const LONGEST = 99_999_999;
const WHOLE: Path = parsePath('$');

const json = z.custom<Json>((value) => value !== undefined, 'The field must hold JSON');
const comment = z.string().optional();
const queryLanguage = z.literal('JSONPath').optional();
const positiveSeconds = z.int().min(1).max(LONGEST);

/** Runs a parser and turns its syntax errors into problems. */
function parsing<T>(parse: (text: string) => T): z.ZodType<T> {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof PathSyntaxError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

/** A path into the data only: AWS does not document the context object for these fields. */
const dataPath = parsing((text) => {
  const path = parsePath(text);
  if (path.root === 'context') throw new PathSyntaxError(`"${text}" reads the context object, which this field cannot`);
  return path;
});
const anyPath = parsing((text) => checked([parsePath(text)], parsePath(text)));
const text = parsing((written): Expression => {
  const expression = parseExpression(written);
  return checked(pathsOf(expression), expression);
});

function checked<T>(paths: readonly Path[], value: T): T {
  const problem = paths.map((path) => contextPathProblem(path, false)).find((found) => found !== undefined);
  if (problem !== undefined) throw new PathSyntaxError(problem);
  return value;
}

const pathOrNothing = anyPath.nullable().optional();
const pathFields = { InputPath: pathOrNothing, OutputPath: pathOrNothing };
const commonFields = { Comment: comment, QueryLanguage: queryLanguage };
const resultPath = dataPath.nullable().optional();
const flow = { Next: z.string().optional(), End: z.literal(true).optional() };

const template = json.transform((value, context): Template => {
  const parsed = parseTemplate(value, (at, message) => {
    context.addIssue({ code: 'custom', path: tokensOf(at), message: message.replace(/\.$/, '') });
  });
  return parsed ?? z.NEVER;
});

/** The tokens of a JSON Pointer. */
function tokensOf(at: string): string[] {
  return at
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function withDefault(path: Path | null | undefined): Path | null {
  return path === undefined ? WHOLE : path;
}

function pathsIn(fields: { InputPath?: Path | null | undefined; OutputPath?: Path | null | undefined }) {
  return { inputPath: withDefault(fields.InputPath), outputPath: withDefault(fields.OutputPath) };
}

interface Issues {
  addIssue(issue: { code: 'custom'; message: string; path?: string[] }): void;
}

function refuse(context: Issues, message: string, ...path: string[]): void {
  context.addIssue({ code: 'custom', message, path });
}

function nextOf(fields: { Next?: string | undefined; End?: true | undefined }, context: Issues): string | undefined {
  if ((fields.Next === undefined) === (fields.End === undefined)) {
    refuse(context, 'A state has either Next or End, and exactly one of them');
  }
  return fields.Next;
}

/** Exactly one of two ways to give a value; `undefined` when there is neither. */
function either<T>(
  context: Issues,
  names: readonly [string, string],
  value: T | undefined,
  path: T | undefined,
): T | undefined {
  if (value !== undefined && path !== undefined)
    refuse(context, `A state cannot have both ${names[0]} and ${names[1]}`);
  return value ?? path;
}

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
    if (isCatchAll(names) && names.length > 1)
      context.addIssue({ code: 'custom', message: 'States.ALL must stand alone' });
  });

/** States.ALL may only stand in the last retrier or catcher. */
function lastOnly(handlers: readonly { readonly errorEquals: readonly string[] }[], context: Issues): void {
  for (const [index, handler] of handlers.slice(0, -1).entries()) {
    if (isCatchAll(handler.errorEquals))
      refuse(context, 'States.ALL must be in the last one', String(index), 'ErrorEquals');
  }
}

const retrier = z
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

const catcher = z
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
  throw new PathSyntaxError(`The resource "${arn}" is not implemented: only Lambda functions and lambda:invoke are`);
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
      const problem = contextPathProblem(path, callback && field === 'Parameters');
      if (problem !== undefined) refuse(context, problem, field);
    }
  }
  if (resource.kind === 'function') return;
  const members = parameters?.kind === 'object' ? parameters.members : [];
  for (const { name } of members) {
    if (!INVOKE_PARAMETERS.has(name))
      refuse(context, `The parameter "${name}" of lambda:invoke is not implemented`, 'Parameters', name);
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

const task = z
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
    Retry: z.array(retrier).superRefine(lastOnly).default([]),
    Catch: z.array(catcher).superRefine(lastOnly).default([]),
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
    checkParameters(state, context);
    return state;
  });

const choice = z
  .strictObject({
    Type: z.literal('Choice'),
    ...commonFields,
    ...pathFields,
    Choices: z.array(json).min(1),
    Default: z.string().optional(),
  })
  .transform((fields, context): State => {
    const choices = fields.Choices.flatMap((rule, index) => {
      const report = (at: string, message: string) =>
        refuse(context, message.replace(/\.$/, ''), 'Choices', String(index), ...tokensOf(at));
      const condition = parseCondition(rule, '', report, true);
      const next = ruleTarget.safeParse(rule);
      if (!next.success) report('/Next', 'A choice rule needs Next, and its Comment must be a text.');
      if (condition !== undefined) checkContext(condition, report);
      return condition === undefined || !next.success ? [] : [{ condition, next: next.data.Next }];
    });
    return { type: 'Choice', ...pathsIn(fields), choices, otherwise: fields.Default };
  });

const ruleTarget = z.looseObject({ Next: z.string(), Comment: comment });

function checkContext(condition: Condition, report: (at: string, message: string) => void): void {
  for (const path of conditionPaths(condition)) {
    const problem = contextPathProblem(path, false);
    if (problem !== undefined) report('', problem);
  }
}

const pass = z
  .strictObject({
    Type: z.literal('Pass'),
    ...commonFields,
    ...pathFields,
    ...flow,
    Result: json.optional(),
    Parameters: template.optional(),
    ResultPath: resultPath,
  })
  .transform((fields, context): State => {
    for (const path of fields.Parameters === undefined ? [] : templatePaths(fields.Parameters)) {
      const problem = contextPathProblem(path, false);
      if (problem !== undefined) refuse(context, problem, 'Parameters');
    }
    return {
      type: 'Pass',
      ...pathsIn(fields),
      next: nextOf(fields, context),
      result: fields.Result,
      parameters: fields.Parameters,
      resultPath: withDefault(fields.ResultPath),
    };
  });

const timestamp = z
  .string()
  .refine((written) => parseTimestamp(written) !== undefined, 'The field must be an RFC 3339 timestamp');

const wait = z
  .strictObject({
    Type: z.literal('Wait'),
    ...commonFields,
    ...pathFields,
    ...flow,
    Seconds: z.int().min(0).max(LONGEST).optional(),
    SecondsPath: dataPath.optional(),
    Timestamp: timestamp.optional(),
    TimestampPath: dataPath.optional(),
  })
  .transform((fields, context): State => {
    const given = [fields.Seconds, fields.SecondsPath, fields.Timestamp, fields.TimestampPath].filter(
      (value) => value !== undefined,
    );
    if (given.length !== 1) {
      refuse(context, 'A Wait state has exactly one of Seconds, SecondsPath, Timestamp and TimestampPath');
    }
    const seconds = fields.Seconds ?? fields.SecondsPath;
    return {
      type: 'Wait',
      ...pathsIn(fields),
      next: nextOf(fields, context),
      until:
        seconds !== undefined
          ? { kind: 'seconds', seconds }
          : { kind: 'timestamp', timestamp: fields.Timestamp ?? fields.TimestampPath ?? WHOLE },
    };
  });

const succeed = z
  .strictObject({ Type: z.literal('Succeed'), ...commonFields, ...pathFields })
  .transform((fields): State => ({ type: 'Succeed', ...pathsIn(fields) }));

const fail = z
  .strictObject({
    Type: z.literal('Fail'),
    ...commonFields,
    Error: z.string().optional(),
    ErrorPath: text.optional(),
    Cause: z.string().optional(),
    CausePath: text.optional(),
  })
  .transform(
    (fields, context): State => ({
      type: 'Fail',
      error: either<string | Expression>(context, ['Error', 'ErrorPath'], fields.Error, fields.ErrorPath),
      cause: either<string | Expression>(context, ['Cause', 'CausePath'], fields.Cause, fields.CausePath),
    }),
  );

/** The fields of each implemented state type; each schema yields the typed state. */
export const stateFields: Readonly<Record<string, z.ZodType<State>>> = {
  Task: task,
  Choice: choice,
  Pass: pass,
  Wait: wait,
  Succeed: succeed,
  Fail: fail,
};

/** The fields of the machine itself; its states are loaded one by one. */
export const machineFields = z.strictObject({
  Comment: comment,
  QueryLanguage: queryLanguage,
  Version: z.literal('1.0').optional(),
  StartAt: z.string(),
  TimeoutSeconds: positiveSeconds.optional(),
  States: z.record(z.string(), z.unknown()),
});
