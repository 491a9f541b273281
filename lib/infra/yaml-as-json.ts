import type { Plugin } from 'esbuild';

/** The module that reads YAML, as it is named from anywhere in the repository. */
const YAML_MODULE = /(^|\/)lib\/core\/yaml\.ts$/;

/**
 * What stands in for that module in a bundle: the YAML files that modules read arrive in it as JSON, which is YAML too (YAML
 * 1.2.2, section 1.3), so the parser for the rest stays behind. A text that is something else was not read from a file.
 */
const JSON_READER = `
import { InvalidInput, NotFound } from './errors.ts';
const absent = () => {
  throw new NotFound('A function reads no YAML with lines and columns; the command line does.');
};
export const readYaml = absent;
export const jsonValueOf = absent;
export function parseYaml(text, file) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = file + ' is not among the files of this bundle.';
    const mend = 'Read the YAML from a file of the module itself; a function reads no other.';
    throw new InvalidInput(message, [{ pointer: '', code: 'invalid-yaml', message, mend }], { cause });
  }
}
`;

/** The esbuild plugin that leaves the YAML parser out of functions; reading YAML with places is for the command line. */
export function yamlAsJsonPlugin(): Plugin {
  return {
    name: 'yaml-as-json',
    setup(build) {
      build.onLoad({ filter: YAML_MODULE }, () => ({ contents: JSON_READER, loader: 'js' }));
    },
  };
}
