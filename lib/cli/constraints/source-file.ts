import { readFileSync, writeFileSync } from 'node:fs';
import { IntegrityError, InvalidInput } from '../../core/errors.ts';
import { isArtifact, type ReadArtifact, readArtifact } from '../../engines/constraints/artifact/read-artifact.ts';
import type { ConstraintSet } from '../../engines/constraints/model.ts';
import { readDate } from '../../engines/constraints/written-values.ts';

/**
 * Reads a text file; `-` is the standard input.
 * @throws InvalidInput when it cannot be read.
 */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    const message = `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    const problem = { pointer: '', code: 'unreadable-document', message, mend: 'Name a readable file.' };
    throw new InvalidInput(message, [problem], { cause });
  }
}

/** Writes a text file. @throws InvalidInput when it cannot be written. */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    const message = `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`;
    const problem = { pointer: '', code: 'unwritable-document', message, mend: 'Name a file that can be written.' };
    throw new InvalidInput(message, [problem], { cause });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It is YAML, then, or says itself what is wrong with it.
    return undefined;
  }
}

/** Reads an artifact. One that was changed will never be right: that is an input that is wrong, not a store that is down. */
function unchanged(json: unknown): ReadArtifact {
  try {
    return readArtifact(json);
  } catch (error) {
    if (error instanceof IntegrityError) throw new InvalidInput(error.message, error.problems, { cause: error });
    throw error;
  }
}

/** An artifact, or the source of a constraint set, from a file. */
export interface Loaded {
  readonly file: string;
  readonly set: ConstraintSet;
  /** Of a source: its text. */
  readonly text?: string;
  /** Of an artifact: all of it. */
  readonly read?: ReadArtifact;
}

/**
 * Reads a compiled artifact, or a source and compiles it.
 * @throws InvalidInput with every problem of a source or artifact, also when an artifact was changed.
 */
export async function loadSet(file: string): Promise<Loaded> {
  const text = readText(file);
  const json = jsonOf(text);
  if (isArtifact(json)) {
    const read = unchanged(json);
    return { file, set: read.set, read };
  }
  const { compileSource } = await import('../../engines/constraints/source/compile.ts');
  return { file, set: compileSource(text, file), text };
}

/**
 * The day that the command line names, or today in UTC, in days since 1970-01-01.
 * @throws InvalidInput when it is no date.
 */
export function dayOf(date: string | undefined): number {
  if (date === undefined) return Math.floor(Date.now() / 86_400_000);
  const reading = readDate(date);
  if ('value' in reading) return reading.value;
  const problem = { pointer: '/day', code: 'invalid-format', message: reading.fault, mend: reading.mend };
  throw new InvalidInput('The day cannot be read.', [problem]);
}
