import type { Problem } from '../../../core/errors.ts';
import type { Span } from '../model.ts';

/** Where things stand in a source: every problem and every rule names its place. */
export interface Placing {
  /** The span of what a JSON Pointer points at, or of what is nearest around it. */
  spanOf(pointer: string): Span;
  /** The span of a field's name together with its declaration. */
  spanOfEntry(pointer: string): Span;
  /** Where a pointer leads, or an offset into the text that it points at. */
  at(pointer: string, offset?: number): string;
  /** Where a key stands, when it is the key that is wrong. */
  atKey(pointer: string): string;
  /** A problem whose message begins with its place. */
  problem(pointer: string, code: string, message: string, mend: string, offset?: number): Problem;
}

/** The places of a document that has no lines, because it is part of another one: pointers tell where, and messages begin with its name. */
export function withoutLines(file: string): Placing {
  const span: Span = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return {
    spanOf: () => span,
    spanOfEntry: () => span,
    at: () => file,
    atKey: () => file,
    problem: (pointer, code, message, mend) => ({ pointer, code, message: `${file}: ${message}`, mend }),
  };
}
