import * as z from 'zod';

/** The schema's name: what a source must begin with. */
export const SOURCE_SCHEMA = 'countersign/constraints/1';

const text = z.string().min(1);
const written = z.union([z.string(), z.number(), z.boolean()]);
const id = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'Lower-case letters, digits, ".", "_" and "-" make an id');
const ruleId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*(#\d+)?$/, 'A rule is named by its id, a row of a table as table#row');
const words = z.array(text).min(1).max(1000);

const common = {
  optional: z.boolean().optional(),
  role: z.enum(['fact', 'term']).optional(),
  description: text.optional(),
};
const bounds = { minimum: written, maximum: written };

/** How a field is declared. */
const field = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('integer'), unit: text.optional(), ...bounds, ...common }),
  z.strictObject({
    type: z.literal('decimal'),
    scale: z.int().min(1).max(6),
    unit: text.optional(),
    ...bounds,
    ...common,
  }),
  z.strictObject({ type: z.literal('money'), ...bounds, ...common }),
  z.strictObject({ type: z.literal('ratio'), ...bounds, ...common }),
  z.strictObject({ type: z.literal('date'), ...bounds, ...common }),
  z.strictObject({ type: z.literal('duration'), ...bounds, ...common }),
  z.strictObject({ type: z.literal('enum'), values: words, ...common }),
  z.strictObject({ type: z.literal('boolean'), ...common }),
  z.strictObject({
    type: z.literal('set'),
    values: words.max(30),
    maximumSize: z.int().min(1).max(30).optional(),
    ...common,
  }),
]);

const effective = z.strictObject({ from: text.optional(), until: text.optional() });

const rule = z.strictObject({
  id,
  owner: text,
  modality: z.enum(['require', 'forbid', 'route', 'default']),
  when: text.optional(),
  condition: text.optional(),
  to: z.array(text).min(1).optional(),
  set: z.record(text, z.union([written, z.array(text)])).optional(),
  effective: effective.optional(),
  priority: z.int().min(-1_000_000).max(1_000_000).optional(),
  overrides: z.array(ruleId).optional(),
  message: text.optional(),
});

const row = z.strictObject({
  if: z.array(written),
  route: z.array(text).optional(),
  require: text.optional(),
  forbid: z.union([text, z.literal(true)]).optional(),
  priority: z.int().min(-1_000_000).max(1_000_000).optional(),
  message: text.optional(),
});

const table = z.strictObject({
  id,
  owner: text,
  hit: z.enum(['unique', 'any', 'first', 'priority', 'collect']),
  complete: z.boolean().optional(),
  scope: text.optional(),
  inputs: z.array(text).min(1),
  rows: z.array(row).min(1),
  effective: effective.optional(),
  overrides: z.array(ruleId).optional(),
  message: text.optional(),
});

const waiver = z.strictObject({
  finding: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'A digest is sha256: and 64 hexadecimal digits'),
  owner: text,
  reason: text,
  until: text,
});

/** A constraint source as it is written. */
export const sourceDocument = z.strictObject({
  schema: z.literal(SOURCE_SCHEMA),
  name: text,
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, 'A version is written as 1.2.3'),
  skill: text,
  description: text.optional(),
  additionalFields: z.enum(['refuse', 'ignore']).optional(),
  fields: z.record(text, field),
  rules: z.array(rule).optional(),
  tables: z.array(table).optional(),
  exclusiveRoutes: z.array(z.tuple([text, text])).optional(),
  waivers: z.array(waiver).optional(),
});

export type SourceDocument = z.infer<typeof sourceDocument>;
export type FieldSource = z.infer<typeof field>;
export type RuleSource = z.infer<typeof rule>;
export type TableSource = z.infer<typeof table>;
export type RowSource = z.infer<typeof row>;

/** One row of a decision table, and a whole one, as CSV import makes them. */
export const rowSource = row;
export const tableSource = table;
