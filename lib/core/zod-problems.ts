import type * as z from 'zod';
import { InvalidInput, type Problem } from './errors.ts';
import { pointer } from './json.ts';
import { problemsWithoutDigest } from './without-digest.ts';

type Issue = z.core.$ZodIssue;

/** What a person can do about an issue of each kind; the message already says what is wrong. */
function mendOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Give a value of type ${issue.expected}.`;
    case 'unrecognized_keys':
      return 'Remove the field, or correct its spelling.';
    case 'invalid_value':
      return `Use one of: ${issue.values.map((value) => JSON.stringify(value)).join(', ')}.`;
    case 'too_small':
      return `Give at least ${issue.minimum}.`;
    case 'too_big':
      return `Give at most ${issue.maximum}.`;
    case 'invalid_format':
      return `Write it in the form ${issue.format}${issue.pattern === undefined ? '' : ` (${issue.pattern})`}.`;
    default:
      return 'Correct the value as the message says.';
  }
}

/** Turns one zod issue into problems with JSON Pointers; each unknown key becomes a problem of its own. */
function problemsOf(issue: Issue, base: string): Problem[] {
  const at = pointer(base, ...issue.path.map((token) => (typeof token === 'symbol' ? String(token) : token)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointer(at, key),
      code: 'unknown-field',
      message: `The field "${key}" is not part of the contract.`,
      mend: mendOf(issue),
    }));
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined && issue.message.includes('undefined');
  return [
    {
      pointer: at,
      code: missing ? 'missing-field' : issue.code.replaceAll('_', '-'),
      message: missing ? 'The field is required and missing.' : `${issue.message}.`,
      mend: mendOf(issue),
    },
  ];
}

/** The problems that a zod error lists, each with pointer, code, message and mend. */
export function problemsOfZodError(error: z.ZodError, base = ''): Problem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, base));
}

/**
 * Parses a value by a schema, for what is only looked at.
 * @param what names the document in the error's message.
 * @param base JSON Pointer under which the value stands in the document the caller sent.
 * @throws InvalidInput with every problem found.
 */
export function parseShape<T>(schema: z.ZodType<T>, value: unknown, what: string, base = ''): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  return refuse(what, problemsOfZodError(result.error, base));
}

/**
 * Parses a value by a schema. What has no digest is refused too, since what is parsed may come to be evidence.
 * @throws InvalidInput with every problem found, as `parseShape` does.
 */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, what: string, base = ''): T {
  const parsed = parseShape(schema, value, what, base);
  const problems = problemsWithoutDigest(value, base);
  return problems.length === 0 ? parsed : refuse(what, problems);
}

function refuse(what: string, problems: readonly Problem[]): never {
  throw new InvalidInput(`${what} does not fit its contract: ${problems.length} problem(s).`, problems);
}
