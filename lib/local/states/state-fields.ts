import * as z from 'zod';
import { type Condition, conditionPaths, parseCondition } from './choice-rule.ts';
import { contextPathProblem } from './context-object.ts';
import type { State } from './definition.ts';
import {
  comment,
  commonFields,
  computed,
  dataPath,
  either,
  flow,
  json,
  LONGEST,
  nextOf,
  pathFields,
  pathsIn,
  positiveSeconds,
  queryLanguage,
  refuse,
  resultPath,
  template,
  tokensOf,
  WHOLE,
  withDefault,
} from './field-schemas.ts';
import type { Expression } from './intrinsics.ts';
import { templatePaths } from './payload-template.ts';
import { task } from './task-fields.ts';
import { parseTimestamp } from './timestamp.ts';

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
    const problem = contextPathProblem(path, 'plain');
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
      const problem = contextPathProblem(path, 'plain');
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
    ErrorPath: computed.optional(),
    Cause: z.string().optional(),
    CausePath: computed.optional(),
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
