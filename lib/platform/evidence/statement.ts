import * as z from 'zod';

/** The DSSE payload type of an in-toto statement in JSON. */
export const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/**
 * An in-toto Statement, v1 (https://github.com/in-toto/attestation, `spec/v1/statement.md`): what a predicate is said about.
 * @param predicate the contract of what is said.
 */
export function inTotoStatement<Type extends string, Predicate extends z.ZodType>(
  predicateType: Type,
  predicate: Predicate,
) {
  return z.strictObject({
    _type: z.literal('https://in-toto.io/Statement/v1'),
    /** Each thing by its name and its SHA-256, in hexadecimal digits. */
    subject: z
      .array(
        z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }) }),
      )
      .min(1),
    predicateType: z.literal(predicateType),
    predicate,
  });
}

/** A subject of a statement: a thing by its name and its digest, `sha256:` and hexadecimal digits. */
export function subjectOf(name: string, digest: string) {
  return { name, digest: { sha256: digest.slice('sha256:'.length) } };
}
