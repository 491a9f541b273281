import { cedar } from './cedar.ts';
import { dynamodbCondition } from './dynamodb-condition.ts';
import { javascript } from './javascript.ts';
import { jsonSchema } from './json-schema.ts';
import { markdown } from './markdown.ts';
import type { Target, TargetName } from './output.ts';
import { smtLib } from './smt-lib.ts';
import { sqlWhere } from './sql-where.ts';
import { stepFunctionsChoice } from './step-functions-choice.ts';

export type { Target, TargetName, TargetOptions, TargetOutput } from './output.ts';

/** Everything that a constraint set can be written as. */
export const targets: Readonly<Record<TargetName, Target>> = {
  javascript,
  'json-schema': jsonSchema,
  'step-functions-choice': stepFunctionsChoice,
  'dynamodb-condition': dynamodbCondition,
  'sql-where': sqlWhere,
  cedar,
  'smt-lib': smtLib,
  markdown,
};
