import { type Document, isNode } from 'yaml';
import { InvalidInput } from '../errors.ts';
import { jsonValueOf, readYaml } from '../yaml.ts';
import { loadDirectory } from './load.ts';
import type { LoadedDirectory } from './loaded.ts';

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
