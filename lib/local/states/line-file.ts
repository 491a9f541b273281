import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { crc32 } from 'node:zlib';
import { CountersignError } from '../../core/errors.ts';

/** A line of a journal, other than a torn last one, is not what was written. Names the file and the line. */
export class CorruptJournal extends CountersignError {
  readonly code = 'CorruptJournal';
}

/**
 * Appends a JSON value as one line, its checksum in front. Either the whole line is written or nothing.
 * @param sync whether to wait until the disk has it: without, it survives the end of the process, but not of the machine.
 */
export function appendLine(file: string, value: unknown, sync: boolean): void {
  const text = JSON.stringify(value);
  const descriptor = openSync(file, 'a', 0o600);
  try {
    const { size } = fstatSync(descriptor);
    try {
      writeFileSync(descriptor, `${checksum(text)} ${text}\n`);
    } catch (error) {
      ftruncateSync(descriptor, size);
      throw error;
    }
    if (sync) fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads the values of a file that `appendLine` wrote; none of a missing file.
 * A torn last line is cut off: whoever wrote it did not live to act on it.
 * @throws CorruptJournal for any other line that is damaged.
 */
export function readLines(file: string): unknown[] {
  const bytes = readBytes(file);
  const end = bytes.lastIndexOf('\n'.charCodeAt(0)) + 1;
  if (end < bytes.length) truncateSync(file, end);
  const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  return lines.map((line, index) => parseLine(line, file, index + 1));
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function parseLine(line: string, file: string, number: number): unknown {
  const text = line.slice(9);
  if (line.slice(0, 9) === `${checksum(text)} `) return JSON.parse(text);
  throw new CorruptJournal(`Line ${number} of ${file} is damaged.`, [
    {
      pointer: '',
      code: 'damaged-line',
      message: `Line ${number} of ${file} does not have the checksum it was written with.`,
      mend: 'Restore the file from a copy, or remove it to forget the execution.',
    },
  ]);
}
