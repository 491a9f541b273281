import * as z from 'zod';
import { type Digest, isDigest } from '../../../core/digest.ts';
import type { ConstraintSet, Effect, Expression, Field, FieldKind, Formula, Rule } from '../model.ts';

/** The schema of the normalised model, as artifacts carry it. Numbers are exact integers: generated code is made of them. */
const whole = z.int();
const index = z.int().min(0);
const text = z.string();

export const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), {
  error: 'A digest is sha256: and 64 hexadecimal digits',
});

export const span = z.strictObject({
  file: text,
  line: whole,
  column: whole,
  endLine: whole,
  endColumn: whole,
});

const relation = z.enum(['lt', 'le', 'eq', 'ne', 'ge', 'gt']);

const formula: z.ZodType<Formula> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant'), value: z.boolean() }),
    z.strictObject({ kind: z.enum(['and', 'or']), parts: z.array(formula) }),
    z.strictObject({ kind: z.literal('not'), part: formula }),
    z.strictObject({ kind: z.literal('present'), field: index }),
    z.strictObject({
      kind: z.literal('linear'),
      terms: z.array(z.strictObject({ of: z.enum(['value', 'size']), field: index, coefficient: whole })),
      is: relation,
      bound: whole,
    }),
    z.strictObject({ kind: z.literal('member'), field: index, values: z.array(index) }),
    z.strictObject({ kind: z.literal('contains'), field: index, which: z.enum(['any', 'all']), mask: index }),
    z.strictObject({ kind: z.literal('opaque'), expression }),
  ]),
);

const expression: z.ZodType<Expression> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('number'), value: whole }),
    z.strictObject({ kind: z.enum(['value', 'size']), field: index }),
    z.strictObject({ kind: z.literal('negate'), of: expression }),
    z.strictObject({
      kind: z.enum(['add', 'subtract', 'multiply', 'divide', 'remainder']),
      left: expression,
      right: expression,
    }),
    z.strictObject({ kind: z.literal('choose'), when: formula, yes: expression, no: expression }),
    z.strictObject({ kind: z.literal('compare'), is: relation, left: expression, right: expression }),
  ]),
);

const words = z.array(text).min(1);

const kind: z.ZodType<FieldKind> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('integer'), unit: text.exactOptional() }),
  z.strictObject({ kind: z.literal('decimal'), scale: z.int().min(0).max(15), unit: text.exactOptional() }),
  z.strictObject({ kind: z.literal('money'), currency: text }),
  z.strictObject({ kind: z.enum(['ratio', 'date', 'duration', 'boolean']) }),
  z.strictObject({ kind: z.literal('enum'), values: words }),
  z.strictObject({ kind: z.literal('set'), values: words.max(30), maximumSize: index }),
]) as z.ZodType<FieldKind>;

const field: z.ZodType<Field> = z.strictObject({
  path: text.min(1),
  type: kind,
  minimum: whole,
  maximum: whole,
  optional: z.boolean(),
  role: z.enum(['fact', 'term']),
  description: text.exactOptional(),
  span,
});

const effect: z.ZodType<Effect> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('require'), condition: formula, forbids: z.boolean() }),
  z.strictObject({ kind: z.literal('route'), to: z.array(text) }),
  z.strictObject({ kind: z.literal('default'), field: index, value: whole }),
]);

const rule: z.ZodType<Rule> = z.strictObject({
  id: text.min(1),
  owner: text,
  when: formula,
  effect,
  inForce: z.strictObject({ from: whole.exactOptional(), until: whole.exactOptional() }),
  priority: whole,
  overriddenBy: z.array(index),
  message: text,
  span,
  whenSource: text.exactOptional(),
  conditionSource: text.exactOptional(),
  table: z.strictObject({ id: text, row: whole }).exactOptional(),
});

/** A constraint set as JSON. What it says of positions is checked by `checkPositions`. */
export const modelSchema: z.ZodType<ConstraintSet> = z.strictObject({
  name: text,
  version: text,
  skill: text,
  fields: z.array(field),
  rules: z.array(rule),
  tables: z.array(
    z.strictObject({
      id: text,
      owner: text,
      hitPolicy: z.enum(['unique', 'any', 'first', 'priority', 'collect']),
      inputs: z.array(index),
      rows: z.array(z.strictObject({ cells: formula, rule: index, span })),
      complete: z.boolean(),
      scope: formula,
      span,
    }),
  ),
  exclusiveRoutes: z.array(z.tuple([text, text])),
  waivers: z.array(z.strictObject({ finding: digest, owner: text, reason: text, until: whole })),
  additionalFields: z.literal('ignore').exactOptional(),
  sourceDigest: digest,
});
