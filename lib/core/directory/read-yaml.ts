import { type Document, isNode, LineCounter, parseDocument, visit } from 'yaml';
import { InvalidInput, type Problem } from '../errors.ts';
import { loadDirectory } from './load.ts';
import type { LoadedDirectory } from './loaded.ts';

/** A YAML document, and where in its file things stand. */
interface ReadYaml {
  readonly document: Document.Parsed;
  /** `directory.yaml:12:5`, for an offset into the text. */
  place(offset: number): string;
}

function yamlProblem(place: string, message: string): Problem {
  const mend = 'Correct the YAML at this line; indent with spaces, and quote text with special characters.';
  return { pointer: '', code: 'invalid-yaml', message: `${place}: ${message}`, mend };
}

function refuseIfAny(file: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InvalidInput(`${file} is not YAML that can be read.`, problems);
}

/** References to anchors that do not stand before them; the library tells of them late and without a line. */
function unknownAliases({ document, place }: ReadYaml): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      problems.push(yamlProblem(place(alias.range?.[0] ?? 0), `The alias "${alias.source}" has no anchor before it.`));
    },
  });
  return problems;
}

function readYaml(text: string, file: string): ReadYaml {
  const lines = new LineCounter();
  // YAML 1.2 with its core schema: dates, times and `no` stay text, and a key that stands twice is an error.
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const read = { document, place };
  const faults = [...document.errors, ...document.warnings];
  refuseIfAny(
    file,
    faults.map(({ pos, message }) => yamlProblem(place(pos[0]), `${message}.`)),
  );
  refuseIfAny(file, unknownAliases(read));
  return read;
}

function jsonValueOf({ document }: ReadYaml, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // What remains is a document whose aliases multiply beyond the library's bound.
    const message = error instanceof Error ? error.message : String(error);
    throw new InvalidInput(`${file} is not YAML that can be read.`, [yamlProblem(file, message)]);
  }
}

/**
 * Reads a directory's YAML (1.2, one document) into a JSON value for `loadDirectory`.
 * @param file names the text in messages.
 * @throws InvalidInput with every syntax error, each message beginning `file:line:column:`.
 */
export function parseDirectoryYaml(text: string, file: string): unknown {
  return jsonValueOf(readYaml(text, file), file);
}

/** The offset at which the value of a pointer begins, or that of the nearest thing around it that is there. */
function offsetOf(document: Document.Parsed, pointer: string): number {
  const tokens = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (let length = tokens.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(tokens.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/**
 * Reads and loads a directory's YAML in one step.
 * @param file names the text in messages.
 * @throws InvalidInput with every problem by pointer and by name, each message beginning `file:line:column:`.
 */
export function loadDirectoryYaml(text: string, file: string): LoadedDirectory {
  const read = readYaml(text, file);
  try {
    return loadDirectory(jsonValueOf(read, file));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const problems = error.problems.map((problem) => ({
      ...problem,
      message: `${read.place(offsetOf(read.document, problem.pointer))}: ${problem.message}`,
    }));
    throw new InvalidInput(`${file}: ${error.message}`, problems, { cause: error });
  }
}
