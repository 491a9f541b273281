import type { Problem } from '../../core/errors.ts';

/** A problem of a definition. */
export function definitionProblem(at: string, code: string, message: string, mend: string): Problem {
  return { pointer: at, code, message, mend };
}
