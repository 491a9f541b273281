import { Ajv, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { InvalidInput, type Problem } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { automatonOf } from './automaton.ts';
import type { Dialect } from './dialect.ts';

/** A pattern that could take for ever is not run. */
class NotRun extends Error {}

/** How the quantifiers of a pattern can make V8 backtrack: how many there are, and whether one is within another or large. */
function quantifiersOf(source: string): {
  readonly count: number;
  readonly isNested: boolean;
  readonly isLarge: boolean;
} {
  const plain = source.replace(/\\./g, 'a').replace(/\[[^\]]*\]/g, 'a');
  const all = plain.match(/[*+]|\{\d+,?\d*\}/g) ?? [];
  return { count: all.length, isNested: /\)([*+?]|\{)/.test(plain), isLarge: all.some((one) => /\d{3}/.test(one)) };
}

/**
 * Runs patterns for ajv: those that V8 runs quickly natively, others on our automaton, whose time is linear; what is neither is
 * not run, and the check fails.
 */
function patternEngine(source: string, flags: string): { test(text: string): boolean; toString(): string } {
  const native = new RegExp(source, flags);
  const { count, isNested, isLarge } = quantifiersOf(source);
  // Two quantifiers side by side take quadratic time at most.
  if (count <= 2 && !isNested && !isLarge) return native;
  const test = (text: string): boolean => {
    const automaton = automatonOf(source);
    if (automaton !== undefined) return automaton.matches(text);
    // Few quantifiers and few characters leave few ways to divide the one among the other.
    if (count <= 8 && !isLarge && text.length <= 6) return native.test(text);
    throw new NotRun(source);
  };
  return { test, toString: () => String(native) };
}
patternEngine.code = 'new RegExp';

const OPTIONS: Options = {
  strict: false,
  validateSchema: false,
  validateFormats: false,
  ownProperties: true,
  logger: false,
  meta: true,
  code: { regExp: patternEngine, optimize: false },
  allErrors: true,
};

function validatorOf(dialect: Dialect, options: Options): Ajv {
  return dialect === '2020-12' ? new Ajv2020(options) : new Ajv(options);
}

/** Validators are made when they are first needed, and kept: their meta-schemas take milliseconds to compile. */
function validators(options: Options): (dialect: Dialect, isAlone: boolean) => Ajv {
  const made = new Map<Dialect, Ajv>();
  return (dialect, isAlone) => {
    if (isAlone) return validatorOf(dialect, options);
    const validator = made.get(dialect) ?? validatorOf(dialect, options);
    made.set(dialect, validator);
    return validator;
  };
}

/** As the specification has it: ajv 8.20 skips assertions about short arrays with tuples unless it collects all errors. */
const thoroughly = validators(OPTIONS);
const asUsual = validators({ ...OPTIONS, allErrors: false });
/** As the specification of draft 7 has it: what stands beside $ref is ignored. */
const withoutSiblings = validators({ ...OPTIONS, ignoreKeywordsWithRef: true });

const META = {
  'draft-07': 'http://json-schema.org/draft-07/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
} as const;

/** @throws InvalidInput when the document is no schema of its dialect. */
export function refuseInvalid(schema: unknown, dialect: Dialect, name: string): void {
  const ajv = asUsual(dialect, false);
  const check = ajv.getSchema(META[dialect]);
  if (check === undefined || check(schema) === true) return;
  const problems: Problem[] = (check.errors ?? []).slice(0, 10).map(({ instancePath, message = 'is wrong' }) => ({
    pointer: instancePath,
    code: 'invalid-schema',
    message: `${instancePath === '' ? 'The schema' : instancePath} ${message}.`,
    mend: `Write it as JSON Schema ${dialect} has it.`,
  }));
  throw new InvalidInput(`The ${name} schema is not valid JSON Schema ${dialect}.`, problems);
}

type Check = (value: unknown) => unknown;

/** What ajv says of a value; undefined where it cannot say. */
export type Opinion = boolean | undefined;

/** One schema as ajv reads it: an opinion that shares no code with ours. */
export class Judge {
  readonly #schema: unknown;
  readonly #dialect: Dialect;
  readonly #readings: readonly ((dialect: Dialect, isAlone: boolean) => Ajv)[];
  /** A document that names itself gets a validator of its own: it must not take the place of another. */
  readonly #isAlone: boolean;
  readonly #checks: (Check | 'none')[] = [];

  constructor(schema: unknown, dialect: Dialect, hasSiblings: boolean) {
    this.#schema = schema;
    this.#dialect = dialect;
    this.#isAlone = JSON.stringify(schema).includes('"$id"');
    this.#readings = [thoroughly, asUsual, ...(hasSiblings ? [withoutSiblings] : [])];
  }

  #check(reading: number): Check | 'none' {
    const known = this.#checks[reading];
    if (known !== undefined) return known;
    let check: Check | 'none' = 'none';
    const ajv = this.#readings[reading]?.(this.#dialect, this.#isAlone);
    try {
      check = ajv?.compile(this.#schema as object) ?? 'none';
    } catch {
      // What ajv cannot compile, it has no opinion of.
    }
    if (!this.#isAlone && typeof this.#schema === 'object') ajv?.removeSchema(this.#schema as object);
    this.#checks[reading] = check;
    return check;
  }

  #opinion(value: Json, reading: number): Opinion {
    const check = this.#check(reading);
    try {
      return check === 'none' ? undefined : check(value) === true;
    } catch {
      // A pattern that was not run, or a recursion without end.
      return undefined;
    }
  }

  /** Whether the value is valid as the specification has it; undefined where ajv cannot say. */
  accepts(value: Json): Opinion {
    return this.#opinion(value, 0);
  }

  /** Whether every reading of the schema says the same of the value. */
  isSure(value: Json): boolean {
    const first = this.accepts(value);
    return this.#readings.every((_, reading) => this.#opinion(value, reading) === first);
  }
}
