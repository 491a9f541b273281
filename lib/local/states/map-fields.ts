import * as z from 'zod';
import { contextPathProblem } from './context-object.ts';
import type { Limit, MapState, Processor } from './definition.ts';
import {
  comment,
  commonFields,
  dataPath,
  either,
  flow,
  type Issues,
  nextOf,
  pathFields,
  pathsIn,
  refuse,
  resultPath,
  template,
  WHOLE,
  withDefault,
} from './field-schemas.ts';
import { templatePaths } from './payload-template.ts';
import { catcher, lastOnly, retrier } from './task-fields.ts';

/** A Map without the states of its processor, which are loaded one by one like the machine's. */
export type MapOutline = Omit<MapState, 'processor'> & { readonly processor: Omit<Processor, 'states'> };

/** What a label must not contain. Source: AWS Step Functions Developer Guide, "Distributed Map state fields". */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const FORBIDDEN_IN_LABELS = /[\s?*<>{}[\]:;,\\|^~$#%&`"\u0000-\u001f\u007f-\u009f]/;

const label = z
  .string()
  .min(1)
  .max(40)
  .refine((text) => !FORBIDDEN_IN_LABELS.test(text), 'A label has no white space, wildcard, bracket or special sign');

const processor = z
  .strictObject({
    ProcessorConfig: z.strictObject({
      Mode: z.literal('DISTRIBUTED', 'Only the mode DISTRIBUTED is implemented: an inline Map is not'),
      ExecutionType: z.enum(['STANDARD', 'EXPRESS']),
    }),
    Comment: comment,
    StartAt: z.string(),
    States: z.record(z.string(), z.unknown()),
  })
  .transform((fields) => ({ startAt: fields.StartAt, executionType: fields.ProcessorConfig.ExecutionType }));

const count = z.int().min(0);

/** The fields of a Map state. What reads items from S3 or writes results there, and batches, are not implemented. */
export const mapFields = z
  .strictObject({
    Type: z.literal('Map'),
    ...commonFields,
    ...pathFields,
    ...flow,
    ItemProcessor: processor,
    ItemsPath: dataPath.optional(),
    ItemSelector: template.optional(),
    Parameters: template.optional(),
    ResultSelector: template.optional(),
    ResultPath: resultPath,
    MaxConcurrency: count.optional(),
    MaxConcurrencyPath: dataPath.optional(),
    ToleratedFailureCount: count.optional(),
    ToleratedFailureCountPath: dataPath.optional(),
    ToleratedFailurePercentage: z.number().min(0).max(100).optional(),
    ToleratedFailurePercentagePath: dataPath.optional(),
    Label: label.optional(),
    Retry: z.array(retrier).default([]),
    Catch: z.array(catcher).default([]),
  })
  .transform((fields, context): MapOutline => {
    const limit = (name: string, value: number | undefined, path: Limit | undefined) =>
      either<Limit>(context, [name, `${name}Path`], value, path);
    const state: MapOutline = {
      type: 'Map',
      ...pathsIn(fields),
      next: nextOf(fields, context),
      processor: fields.ItemProcessor,
      itemsPath: fields.ItemsPath ?? WHOLE,
      // Parameters is the older name of ItemSelector in a Map.
      itemSelector: either(context, ['ItemSelector', 'Parameters'], fields.ItemSelector, fields.Parameters),
      resultSelector: fields.ResultSelector,
      resultPath: withDefault(fields.ResultPath),
      maxConcurrency: limit('MaxConcurrency', fields.MaxConcurrency, fields.MaxConcurrencyPath),
      toleratedFailureCount: limit(
        'ToleratedFailureCount',
        fields.ToleratedFailureCount,
        fields.ToleratedFailureCountPath,
      ),
      toleratedFailurePercentage: limit(
        'ToleratedFailurePercentage',
        fields.ToleratedFailurePercentage,
        fields.ToleratedFailurePercentagePath,
      ),
      label: fields.Label,
      retry: fields.Retry,
      catch: fields.Catch,
    };
    lastOnly(state.retry, 'Retry', context);
    lastOnly(state.catch, 'Catch', context);
    checkContext(state, fields.ItemSelector === undefined ? 'Parameters' : 'ItemSelector', context);
    return state;
  });

function checkContext(state: MapOutline, selector: string, context: Issues): void {
  for (const [field, filled, scope] of [
    [selector, state.itemSelector, 'item'],
    ['ResultSelector', state.resultSelector, 'plain'],
  ] as const) {
    for (const path of filled === undefined ? [] : templatePaths(filled)) {
      const problem = contextPathProblem(path, scope);
      if (problem !== undefined) refuse(context, problem, field);
    }
  }
}
