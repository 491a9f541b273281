import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { InvalidInput, type Problem } from './errors.ts';

/** A YAML document, and where in its file things stand. */
export interface ReadYaml {
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

/**
 * Reads YAML (1.2, one document) and keeps where things stand in the text.
 * @throws InvalidInput with every syntax error, each message beginning `file:line:column:`.
 */
export function readYaml(text: string, file: string): ReadYaml {
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

/**
 * The JSON value of a document that was read.
 * @throws InvalidInput when its aliases multiply beyond bounds.
 */
export function jsonValueOf({ document }: ReadYaml, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // What remains is a document whose aliases multiply beyond the library's bound.
    const message = error instanceof Error ? error.message : String(error);
    throw new InvalidInput(`${file} is not YAML that can be read.`, [yamlProblem(file, message)]);
  }
}

/**
 * Reads YAML (1.2, one document) into a JSON value.
 * @param file names the text in messages.
 * @throws InvalidInput with every syntax error, each message beginning `file:line:column:`.
 */
export function parseYaml(text: string, file: string): unknown {
  return jsonValueOf(readYaml(text, file), file);
}
