import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { InvalidInput } from '../core/errors.ts';

/** The file name that stands for the standard input. */
const STANDARD_INPUT = '-';

/**
 * Reads a JSON or YAML file; `-` is the standard input.
 * @throws InvalidInput naming the file when it cannot be read or parsed.
 */
export function readDocument(file: string): unknown {
  try {
    const text = readFileSync(file === STANDARD_INPUT ? 0 : file, 'utf8');
    return file.endsWith('.json') ? JSON.parse(text) : parse(text);
  } catch (cause) {
    const message = `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    const mend = 'Name a readable file that holds one JSON or YAML document.';
    throw new InvalidInput(message, [{ pointer: '', code: 'unreadable-document', message, mend }], { cause });
  }
}
