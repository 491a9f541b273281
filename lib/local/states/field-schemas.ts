import * as z from 'zod';
import type { Json } from '../../core/json.ts';
import { contextPathProblem } from './context-object.ts';
import { type Expression, parseExpression, pathsOf } from './intrinsics.ts';
import { type Path, parsePath, UnsupportedSyntax } from './json-path.ts';
import { parseTemplate, type Template } from './payload-template.ts';

/** The longest time that AWS accepts, in seconds. */
export const LONGEST = 99_999_999;

/** The path that selects everything: the default of every path field. */
export const WHOLE: Path = parsePath('$');

export const json = z.custom<Json>((value) => value !== undefined, 'The field must hold JSON');
export const comment = z.string().optional();
export const queryLanguage = z.literal('JSONPath').optional();
export const positiveSeconds = z.int().min(1).max(LONGEST);

/** A text that a parser reads; its syntax errors become problems of the field. */
export function parsing<T>(parse: (text: string) => T): z.ZodType<T> {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof UnsupportedSyntax)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

/** A path into the data only: AWS does not document the context object for these fields. */
export const dataPath = parsing((text) => {
  const path = parsePath(text);
  if (path.root === 'context')
    throw new UnsupportedSyntax(`"${text}" reads the context object, which this field cannot`);
  return path;
});

/** A path into the data or into the context object. */
const anyPath = parsing((text) => {
  const path = parsePath(text);
  checkContext([path]);
  return path;
});

/** A path or an intrinsic function. */
export const computed = parsing((text): Expression => {
  const expression = parseExpression(text);
  checkContext(pathsOf(expression));
  return expression;
});

function checkContext(paths: readonly Path[]): void {
  for (const path of paths) {
    const problem = contextPathProblem(path, 'plain');
    if (problem !== undefined) throw new UnsupportedSyntax(problem);
  }
}

const pathOrNothing = anyPath.nullable().optional();
export const pathFields = { InputPath: pathOrNothing, OutputPath: pathOrNothing };
export const commonFields = { Comment: comment, QueryLanguage: queryLanguage };
export const resultPath = dataPath.nullable().optional();
export const flow = { Next: z.string().optional(), End: z.literal(true).optional() };

/** A payload template. */
export const template = json.transform((value, context): Template => {
  const parsed = parseTemplate(value, (at, message) => {
    context.addIssue({ code: 'custom', path: tokensOf(at), message: message.replace(/\.$/, '') });
  });
  return parsed ?? z.NEVER;
});

/** The tokens of a JSON Pointer. */
export function tokensOf(at: string): string[] {
  return at
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A path field that may be missing; `null` keeps its meaning. */
export function withDefault(path: Path | null | undefined): Path | null {
  return path === undefined ? WHOLE : path;
}

/** InputPath and OutputPath with their defaults. */
export function pathsIn(fields: { InputPath?: Path | null | undefined; OutputPath?: Path | null | undefined }) {
  return { inputPath: withDefault(fields.InputPath), outputPath: withDefault(fields.OutputPath) };
}

/** Where a schema reports what is wrong. */
export interface Issues {
  addIssue(issue: { code: 'custom'; message: string; path?: string[] }): void;
}

/** Reports a problem at a path below the value that a schema checks. */
export function refuse(context: Issues, message: string, ...path: string[]): void {
  context.addIssue({ code: 'custom', message, path });
}

/** Where a state goes next; `undefined` when it ends the execution. */
export function nextOf(
  fields: { Next?: string | undefined; End?: true | undefined },
  context: Issues,
): string | undefined {
  if ((fields.Next === undefined) === (fields.End === undefined)) {
    refuse(context, 'A state has either Next or End, and exactly one of them');
  }
  return fields.Next;
}

/** The one of two fields that is given, or `undefined` of neither; both are a problem. */
export function either<T>(
  context: Issues,
  names: readonly [string, string],
  value: T | undefined,
  path: T | undefined,
): T | undefined {
  if (value !== undefined && path !== undefined) {
    refuse(context, `A state cannot have both ${names[0]} and ${names[1]}`);
  }
  return value ?? path;
}
