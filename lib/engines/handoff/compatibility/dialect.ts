import { isArray, isRecord } from './values.ts';

/** The versions of JSON Schema that are read. */
export type Dialect = 'draft-07' | '2020-12';

const NAMES: Readonly<Record<string, Dialect>> = {
  'http://json-schema.org/draft-07/schema': 'draft-07',
  'https://json-schema.org/draft/2020-12/schema': '2020-12',
};

/** The dialect that `$schema` names; `foreign` for one that is not read, undefined where none is named. */
export function declaredDialect(schema: unknown): Dialect | 'foreign' | undefined {
  if (!isRecord(schema) || !Object.hasOwn(schema, '$schema')) return undefined;
  const name = String(schema.$schema).replace(/#$/, '');
  return Object.hasOwn(NAMES, name) ? (NAMES[name] as Dialect) : 'foreign';
}

/** Whether something in the document is written as only draft 7 has it. */
export function looksLikeDraft7(schema: unknown): boolean {
  const open: unknown[] = [schema];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (isArray(value)) open.push(...value);
    if (!isRecord(value)) continue;
    if (isArray(value.items) || Object.hasOwn(value, 'additionalItems') || isRecord(value.dependencies)) return true;
    open.push(...Object.values(value));
  }
  return false;
}

/** Words that say something about values without asserting anything. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$comment',
  'title',
  'description',
  'examples',
  'default',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$defs',
  'definitions',
]);

const SHARED = [
  ...['type', 'enum', 'const', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', '$ref', '$id', 'format'],
  ...['multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength', 'pattern'],
  ...['items', 'contains', 'maxItems', 'minItems', 'uniqueItems', 'contentEncoding', 'contentMediaType'],
  ...['properties', 'patternProperties', 'additionalProperties', 'propertyNames', 'required'],
  ...['maxProperties', 'minProperties'],
];

/** The keywords that are read, by dialect. A keyword that is neither here nor an annotation makes the answer unknown. */
export const KEYWORDS: Readonly<Record<Dialect, ReadonlySet<string>>> = {
  'draft-07': new Set([...SHARED, 'additionalItems', 'dependencies']),
  '2020-12': new Set([
    ...SHARED,
    ...['prefixItems', 'minContains', 'maxContains', 'dependentRequired', 'dependentSchemas'],
    ...['unevaluatedProperties', 'unevaluatedItems', '$anchor', 'contentSchema'],
  ]),
};

/** Keywords that apply a schema to the very same value. */
export const IN_PLACE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', '$ref', 'dependentSchemas'] as const;
