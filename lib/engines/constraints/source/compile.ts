import { jsonValueOf, readYaml } from '../../../core/yaml.ts';
import type { ConstraintSet } from '../model.ts';
import { type CheckedSource, checkDocument } from './compile-document.ts';
import { Places } from './places.ts';

export type { CheckedSource } from './compile-document.ts';

/**
 * Compiles a source and keeps its warnings.
 * @param file names the source in problems and spans.
 * @throws InvalidInput with every problem by pointer, each message beginning `file:line:column:`.
 */
export function checkSource(text: string, file: string): CheckedSource {
  const read = readYaml(text, file);
  return checkDocument(jsonValueOf(read, file), file, new Places(read, text, file));
}

/**
 * Compiles a source (YAML or JSON) to its normalised model.
 * @param file names the source in problems and spans.
 * @throws InvalidInput with every problem by pointer, each message beginning `file:line:column:`.
 */
export function compileSource(text: string, file: string): ConstraintSet {
  return checkSource(text, file).set;
}
