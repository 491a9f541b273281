import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recording } from '../platform/promotion/regression-baseline.ts';
import { VERSION } from '../platform/version.ts';
import { readDocument } from './read-document.ts';

/** Where this repository keeps its recorded executions: one folder for each version of Countersign that made them. */
export const RECORDINGS = fileURLToPath(new URL('../../test/replay/', import.meta.url));

/**
 * Reads every recorded execution below a folder.
 * @throws InvalidInput when a file is no JSON document.
 */
export function readRecordings(folder: string = RECORDINGS): Recording[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ name: relative(folder, join(folder, file)), packet: readDocument(join(folder, file)) }));
}

/** Writes an evidence packet as a recording of this version. @returns the file's path below the folder. */
export function writeRecording(name: string, packet: unknown, folder: string = RECORDINGS): string {
  const file = join(VERSION, `${basename(name)}.json`);
  mkdirSync(join(folder, VERSION), { recursive: true });
  writeFileSync(join(folder, file), `${JSON.stringify(packet)}\n`);
  return file;
}
