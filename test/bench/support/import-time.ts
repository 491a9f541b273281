import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Bundle } from '../../../lib/infra/bundle.ts';
import { WrongResult } from './benchmark.ts';
import { median } from './statistics.ts';

const run = promisify(execFile);

/** Prints the milliseconds that the import takes in a process that has loaded nothing else. */
const IMPORT = `
const start = performance.now();
const { handler } = await import(process.argv[1]);
const milliseconds = performance.now() - start;
if (typeof handler !== 'function') throw new Error('The bundle exports no handler.');
console.log(milliseconds);
`;

/**
 * How long a fresh process takes to import a bundle, in milliseconds.
 * @throws WrongResult when the bundle cannot be imported or exports no handler.
 */
export async function importMilliseconds({ name, folder }: Pick<Bundle, 'name' | 'folder'>): Promise<number> {
  const file = pathToFileURL(join(folder, 'index.mjs')).href;
  // Lambda keeps no compiled code from one cold start to the next.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', IMPORT, file], { env });
  const milliseconds = Number(stdout);
  if (!(milliseconds > 0)) throw new WrongResult(`The bundle of ${name} cannot be imported: ${stdout}`);
  return milliseconds;
}

/**
 * Imports each bundle so many times, after once to fill the disk cache. Round by round, so that whatever else the machine does
 * meets all bundles alike.
 * @returns the times of each bundle, in milliseconds, by its folder.
 */
export async function importTimes(
  bundles: readonly Pick<Bundle, 'name' | 'folder'>[],
  rounds: number,
  onProgress: (text: string) => void = () => {},
): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map(bundles.map(({ folder }) => [folder, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    onProgress(round === 0 ? 'Importing each once to warm up ...' : `Round ${round} of ${rounds} ...`);
    for (const each of bundles) {
      const milliseconds = await importMilliseconds(each);
      if (round > 0) times.get(each.folder)?.push(milliseconds);
    }
  }
  return times;
}

/**
 * How many times as long one bundle takes to import as another: the median of the ratios of each round, in which both met the same
 * machine.
 * @param times as `importTimes` gives them, with both bundles in it.
 */
export function importRatio(
  times: ReadonlyMap<string, readonly number[]>,
  bundle: Pick<Bundle, 'folder'>,
  yardstick: Pick<Bundle, 'folder'>,
): number {
  const divisors = times.get(yardstick.folder) ?? [];
  return median((times.get(bundle.folder) ?? []).map((time, round) => time / (divisors[round] ?? Number.NaN)));
}
