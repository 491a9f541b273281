import { InvalidInput } from '../../../core/errors.ts';
import { type Dialect, declaredDialect, looksLikeDraft7 } from './dialect.ts';
import { type CompatibilityFinding, inOneDirection } from './direction.ts';
import { refuseInvalid } from './judge.ts';
import { tooMuchOf } from './measure.ts';
import { isRecord } from './values.ts';

/** Which instances have to stay valid: the old ones under the new schema (backward), the new ones under the old, or both. */
export type Direction = 'backward' | 'forward' | 'full';
export const DIRECTIONS: readonly Direction[] = ['backward', 'forward', 'full'];

export type Verdict = 'compatible' | 'breaking' | 'unknown';

/** The answer to a comparison. A breaking one has at least one finding with a counterexample, an unknown one its reasons. */
export interface Comparison {
  readonly verdict: Verdict;
  readonly findings: readonly CompatibilityFinding[];
}

function dialectsOf(old: unknown, next: unknown): readonly [Dialect | 'foreign', Dialect | 'foreign'] {
  const [a, b] = [declaredDialect(old), declaredDialect(next)];
  const guess = (schema: unknown, other: Dialect | 'foreign' | undefined) =>
    other === 'draft-07' || looksLikeDraft7(schema) ? 'draft-07' : '2020-12';
  return [a ?? guess(old, b), b ?? guess(next, a)];
}

function unknown(document: 'old' | 'new', rule: string, message: string, mend: string): Comparison {
  return { verdict: 'unknown', findings: [{ document, pointer: '', rule, message, mend }] };
}

function refuseNoSchema(schema: unknown, name: string): void {
  if (typeof schema === 'boolean' || isRecord(schema)) return;
  const message = `The ${name} schema is neither an object nor true or false.`;
  throw new InvalidInput(message, [
    { pointer: '', code: 'invalid-schema', message, mend: 'Give a JSON Schema document.' },
  ]);
}

/**
 * Compares two JSON Schemas, draft 7 or 2020-12, and fails closed: "compatible" is proved, "breaking" is shown by an instance
 * that ajv accepts under one and refuses under the other, and everything else is "unknown".
 *
 * Subtyping is decided as in Habib, Shinnar, Hirzel and Pradel, "Finding Data Compatibility Bugs with JSON Subschema Checking"
 * (ISSTA 2021), type by type on canonical forms; but as the emptiness of "old and not new", so that each refusal has a witness.
 * `docs/handoff-compatibility.md` declares the keywords for which it is decided.
 * @throws InvalidInput when one of them is no JSON Schema
 */
export function compareSchemas(old: unknown, next: unknown, direction: Direction): Comparison {
  const schemas = [
    { document: 'old', schema: old },
    { document: 'new', schema: next },
  ] as const;
  for (const { document, schema } of schemas) {
    refuseNoSchema(schema, document);
    const tooMuch = tooMuchOf(schema);
    if (tooMuch !== undefined) return unknown(document, 'too-much', tooMuch, 'Compare smaller parts.');
  }
  const [oldDialect, newDialect] = dialectsOf(old, next);
  if (oldDialect === 'foreign' || newDialect === 'foreign') {
    const document = oldDialect === 'foreign' ? 'old' : 'new';
    const message = 'Its $schema is neither draft 7 nor 2020-12.';
    return unknown(document, 'unknown-dialect', message, 'Write it in JSON Schema 2020-12.');
  }
  refuseInvalid(old, oldDialect, 'old');
  refuseInvalid(next, newDialect, 'new');
  const before = { document: 'old', schema: old, dialect: oldDialect } as const;
  const after = { document: 'new', schema: next, dialect: newDialect } as const;
  const all = [
    ...(direction === 'forward' ? [] : inOneDirection(before, after)),
    ...(direction === 'backward' ? [] : inOneDirection(after, before)),
  ];
  const findings = [...new Map(all.map((finding) => [JSON.stringify(finding), finding])).values()];
  const isBreaking = findings.some(({ counterexample }) => counterexample !== undefined);
  const verdict = isBreaking ? 'breaking' : findings.length > 0 ? 'unknown' : 'compatible';
  return { verdict, findings: findings.toSorted((a, b) => rank(a) - rank(b)) };
}

/** Findings with a counterexample come first. */
function rank({ counterexample }: CompatibilityFinding): number {
  return counterexample === undefined ? 1 : 0;
}
