import { InvalidInput } from '../../core/errors.ts';
import { EXIT } from '../exit-codes.ts';
import { sayJson } from '../say.ts';
import { sayLines } from './print/lines.ts';
import { problemLines } from './print/problem-lines.ts';
import { readText } from './source-file.ts';

/**
 * Runs what works on a source, and tells of a source that is not valid as of findings: with excerpts, ending with 2. What is wrong
 * with the command itself is thrown on.
 */
export async function onSource<T>(
  file: string,
  options: { readonly json?: boolean },
  run: () => Promise<T> | T,
): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    const isPlaced =
      error instanceof InvalidInput && error.problems.some(({ message }) => message.startsWith(`${file}:`));
    if (!isPlaced) throw error;
    const { problems } = error;
    if (options.json === true) sayJson({ file, valid: false, problems });
    else {
      sayLines(problemLines(problems, file === '-' ? '' : readText(file), 'error'));
      sayLines([[['error', `${file} is not a valid constraint source: ${problems.length} problem(s).`]]]);
    }
    process.exitCode = EXIT.input;
    return undefined;
  }
}
