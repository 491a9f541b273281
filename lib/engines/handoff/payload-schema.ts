import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import * as z from 'zod';
import { InvalidInput, type Problem } from '../../core/errors.ts';
import { type Json, type JsonObject, pointer } from '../../core/json.ts';
import { linearPattern } from './compatibility/linear-pattern.ts';
import { NotRegular } from './compatibility/pattern-syntax.ts';

/** A compiled payload schema: lists what is wrong with a value, nothing when it fits. */
export type PayloadCheck = (value: unknown, base?: string) => Problem[];

const fits =
  (schema: z.ZodType) =>
  (text: string): boolean =>
    schema.safeParse(text).success;

/** JSON Schema leaves `format` to the implementation; these are checked, any other one is refused when a contract is read. */
const formats = {
  date: fits(z.iso.date()),
  'date-time': fits(z.iso.datetime({ offset: true })),
  email: fits(z.email()),
  uri: fits(z.url()),
  uuid: fits(z.guid()),
};

/** Formats that payload schemas may name. */
export const payloadFormats: readonly string[] = Object.keys(formats);

/** No value of the payload stands in a problem: it may be about a person, and problems are logged. */
function problemOf({ instancePath, keyword, params, message = 'does not fit' }: ErrorObject, base: string): Problem {
  const extra: unknown = params.additionalProperty ?? params.unevaluatedProperty ?? params.missingProperty;
  const at = base + (typeof extra === 'string' ? pointer(instancePath, extra) : instancePath);
  if (keyword === 'required') {
    return {
      pointer: at,
      code: 'missing-field',
      message: 'The field is required and missing.',
      mend: 'Add the field.',
    };
  }
  if (typeof extra === 'string') {
    const told = 'The field is not part of the contract.';
    return { pointer: at, code: 'unknown-field', message: told, mend: 'Remove the field, or correct its spelling.' };
  }
  const kind = keyword.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    pointer: at,
    code: `schema-${kind}`,
    message: `The value ${message}.`,
    mend: `Correct the value to what "${keyword}" of the payload schema asks.`,
  };
}

/** A pattern that could take for ever on some payload. */
class UnboundedPattern extends Error {
  readonly source: string;

  constructor(source: string, cause: NotRegular) {
    super(cause.message, { cause });
    this.source = source;
  }
}

/** How the validator makes its patterns: so that no payload can make one slow. */
const boundedPattern = Object.assign(
  (source: string) => {
    try {
      return linearPattern(source);
    } catch (error) {
      throw error instanceof NotRegular ? new UnboundedPattern(source, error) : error;
    }
  },
  { code: 'boundedPattern' },
);

/** Where in a schema a pattern stands. */
function placeOf(schema: Json, source: string, at: string): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  for (const [name, value] of Object.entries(schema)) {
    const here = pointer(at, name);
    if ((name === 'pattern' && value === source) || (name === source && at.endsWith('/patternProperties'))) return here;
    const within = placeOf(value as Json, source, here);
    if (within !== undefined) return within;
  }
  return undefined;
}

function refusePattern({ source, message: cause }: UnboundedPattern, schema: JsonObject, at: string): never {
  const message = `The pattern ${JSON.stringify(source)} could take very long on some payload. ${cause}`;
  const mend = 'Do without look-around, back-references and \\b, and with fewer repetitions of a choice.';
  throw new InvalidInput(message, [
    { pointer: placeOf(schema, source, at) ?? at, code: 'pattern-unbounded', message, mend },
  ]);
}

/**
 * Compiles a payload schema (JSON Schema 2020-12). Strict: keywords and formats that are unknown, references that lead outside,
 * and schemas that a value cannot be checked against at once are refused rather than passed over. So are patterns that cannot be
 * matched in time that grows with the payload only.
 * @param at JSON Pointer of the schema, for problems.
 * @throws InvalidInput (`invalid-schema`, `pattern-unbounded`).
 */
export function compilePayloadSchema(schema: JsonObject, at: string): PayloadCheck {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    logger: false,
    formats,
    code: { regExp: boundedPattern },
  });
  let validate: ValidateFunction;
  try {
    if ('$async' in schema) throw new Error('"$async" is not part of JSON Schema');
    validate = ajv.compile(schema);
  } catch (error) {
    if (error instanceof UnboundedPattern) refusePattern(error, schema, at);
    const message = `The payload schema cannot be used: ${error instanceof Error ? error.message : String(error)}.`;
    const mend = `Write JSON Schema 2020-12 with the keywords of the standard and the formats ${payloadFormats.join(', ')}.`;
    throw new InvalidInput(message, [{ pointer: at, code: 'invalid-schema', message, mend }]);
  }
  return (value, base = '') => (validate(value) ? [] : (validate.errors ?? []).map((error) => problemOf(error, base)));
}
