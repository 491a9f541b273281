import { InvalidInput } from '../../core/errors.ts';
import { EXIT } from '../exit-codes.ts';
import { note, sayJson } from '../say.ts';
import { onSource } from './invalid-source.ts';
import { readText, writeText } from './source-file.ts';

export interface FormatOptions {
  /** Say whether the file is laid out, and change nothing. */
  readonly check?: boolean;
  /** Write the file. */
  readonly write?: boolean;
  readonly json?: boolean;
}

/** Where two texts differ first, as a line counted from one. */
function firstDifference(a: string, b: string): number {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  return (at < 0 ? left.length : at) + 1;
}

/**
 * `countersign constraints fmt`: prints a source in its canonical layout, or writes it, or says whether it has it. Ends with 0, with 1
 * when `--check` finds another layout, with 2 when the source is not valid.
 * @throws InvalidInput when the file cannot be read or written.
 */
export async function format(file: string, options: FormatOptions): Promise<void> {
  if (options.check === true && options.write === true)
    throw new InvalidInput('--check changes nothing and --write changes the file: name one of them.');
  if (options.write === true && file === '-') throw new InvalidInput('The standard input cannot be written to.');
  const done = await onSource(file, options, async () => {
    const { formatSource } = await import('../../engines/constraints/source/format.ts');
    const before = readText(file);
    return { before, after: formatSource(before, file) };
  });
  if (done === undefined) return;
  const { before, after } = done;
  const isFormatted = before === after;
  if (options.write === true && !isFormatted) writeText(file, after);
  if (options.json === true) {
    const written = options.write === true && !isFormatted;
    sayJson({
      file,
      formatted: isFormatted,
      written,
      ...(options.check === true || options.write === true ? {} : { text: after }),
    });
  } else if (options.check === true) {
    if (!isFormatted)
      note(
        `${file}:${firstDifference(before, after)}: not laid out; countersign constraints fmt ${file} --write does it.`,
      );
  } else if (options.write === true) {
    note(isFormatted ? `${file} is laid out.` : `${file} was laid out.`);
  } else console.log(after.replace(/\n$/, ''));
  process.exitCode = options.check === true && !isFormatted ? EXIT.no : EXIT.ok;
}
