import { readFileSync } from 'node:fs';
import { CountersignError, InvalidInput } from '../core/errors.ts';
import {
  type Comparison,
  compareSchemas,
  DIRECTIONS,
  type Direction,
} from '../engines/handoff/compatibility/compare-schemas.ts';
import { isRecord } from '../engines/handoff/compatibility/values.ts';
import { EXIT } from './exit-codes.ts';
import { readDocument } from './read-document.ts';
import { say, sayJson } from './say.ts';

export interface DiffOptions {
  readonly direction: string;
  readonly json?: boolean;
  /** A file of pairs, one JSON document a line. */
  readonly batch?: string;
}

const SHOWN = 300;
const LONGEST_LINE = 4_000_000;

function refuse(pointer: string, message: string, mend: string): never {
  throw new InvalidInput(message, [{ pointer, code: 'invalid-value', message, mend }]);
}

function directionOf(text: unknown): Direction {
  const direction = DIRECTIONS.find((one) => one === text);
  return direction ?? refuse('/direction', `"${String(text)}" is no direction.`, `Say ${DIRECTIONS.join(', ')}.`);
}

function linesOf({ verdict, findings }: Comparison): string[] {
  const of = findings.flatMap(({ document, pointer, rule, message, counterexample, mend }) => {
    const text = counterexample === undefined ? undefined : JSON.stringify(counterexample);
    const shown =
      text !== undefined && text.length > SHOWN ? `${text.slice(0, SHOWN)}… (--json shows all of it)` : text;
    return [
      `  ${document} ${pointer === '' ? '(document)' : pointer}  ${rule}`,
      `    ${message} ${mend}`,
      ...(shown === undefined ? [] : [`    counterexample: ${shown}`]),
    ];
  });
  return [verdict, ...of];
}

/** One line of a batch: its answer, or what is wrong with it. */
function answerTo(line: string, fallback: Direction): { readonly [key: string]: unknown } {
  let id: unknown = null;
  try {
    if (line.length > LONGEST_LINE) refuse('', `The line is longer than ${LONGEST_LINE} characters.`, 'Send less.');
    let pair: unknown;
    try {
      pair = JSON.parse(line);
    } catch {
      refuse('', 'The line is no JSON.', 'Write one JSON document a line.');
    }
    if (!isRecord(pair)) return refuse('', 'The line is no object.', 'Write {"id","old","new","direction"}.');
    id = pair.id ?? null;
    for (const name of ['old', 'new'])
      if (!Object.hasOwn(pair, name)) refuse(`/${name}`, `"${name}" is missing.`, 'Give both schemas.');
    const direction = pair.direction === undefined ? fallback : directionOf(pair.direction);
    return { id, ...compareSchemas(pair.old, pair.new, direction) };
  } catch (thrown) {
    if (!(thrown instanceof CountersignError)) throw thrown;
    return { id, error: { code: thrown.code, message: thrown.message, problems: thrown.problems } };
  }
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8').split('\n');
  } catch (cause) {
    const message = `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    const mend = 'Name a readable file with one JSON document a line.';
    throw new InvalidInput(message, [{ pointer: '', code: 'unreadable-document', message, mend }], { cause });
  }
}

function diffAll(file: string, fallback: Direction): void {
  let worst: number = EXIT.ok;
  for (const line of readLines(file)) {
    if (line.trim() === '') continue;
    const answer = answerTo(line, fallback);
    sayJson(answer);
    worst = Math.max(
      worst,
      answer.error !== undefined ? EXIT.input : answer.verdict === 'compatible' ? EXIT.ok : EXIT.no,
    );
  }
  process.exitCode = worst;
}

/**
 * `countersign handoff diff`: whether one schema can take the place of another. Ends with 0 when it can, with 1 when it cannot
 * or when that is not known, with 2 for what is no schema; a batch ends with the worst of its lines.
 * @throws InvalidInput for files that cannot be read, documents that are no schema, and a direction that is none
 */
export function diff(old: string | undefined, next: string | undefined, options: DiffOptions): void {
  const direction = directionOf(options.direction);
  if (options.batch !== undefined) {
    if (old !== undefined) refuse('/batch', 'A batch names its schemas in its lines.', 'Leave OLD and NEW out.');
    diffAll(options.batch, direction);
    return;
  }
  if (old === undefined || next === undefined)
    refuse('', 'Two schemas are needed.', 'Name OLD and NEW, or a file of pairs with --batch.');
  const comparison = compareSchemas(readDocument(old), readDocument(next), direction);
  if (options.json === true) sayJson(comparison);
  else say(...linesOf(comparison));
  process.exitCode = comparison.verdict === 'compatible' ? EXIT.ok : EXIT.no;
}
