import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parse } from 'yaml';
import { InvalidInput } from '../core/errors.ts';
import { environments } from './environments.ts';

/**
 * The environments of a file of your own, which then stand in place of those in `environments.ts`: settings may live outside
 * this repository, such as in one that fewer people can read. The file is YAML or JSON and holds an object with one entry for
 * each environment, as `environments.ts` does; `environmentOf` checks the one that is chosen.
 * @param file what `-c environments=` said, seen from the working directory; without one, the environments of this repository.
 * @throws InvalidInput naming the file, when it cannot be read or does not hold environments by name.
 */
export function readEnvironments(file: string | undefined): typeof environments {
  if (file === undefined) return environments;
  let content: unknown;
  try {
    const text = readFileSync(file, 'utf8');
    content = extname(file) === '.json' ? JSON.parse(text) : parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInput(`The environments in ${file} cannot be read: ${reason}`, [], { cause });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content) || Object.keys(content).length === 0)
    throw new InvalidInput(`${file} must hold one object, with the settings of each environment under its name.`);
  return { ...content };
}
