import type { ConstraintSet } from '../model.ts';
import { cedar } from './cedar.ts';
import { dynamodbCondition } from './dynamodb-condition.ts';
import { javascript } from './javascript.ts';
import { jsonSchema } from './json-schema.ts';
import { markdown } from './markdown.ts';
import type { Target, TargetName, TargetOptions, TargetOutput } from './output.ts';
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

/** A set in every language. */
export function writeTargets(set: ConstraintSet, options: TargetOptions): Record<TargetName, TargetOutput> {
  const written = Object.entries(targets).map(([name, target]) => [name, target(set, options)] as const);
  return Object.fromEntries(written) as Record<TargetName, TargetOutput>;
}
