import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ApiClient } from '../../lib/local/api-client.ts';
import type { LocalSystem } from '../../lib/local/system.ts';
import type { Measure } from './support/benchmark.ts';
import { bytesIn } from './support/directory-size.ts';
import { automaticExample, byWorkers, startNumbered, untilPublished } from './support/executions.ts';
import { rounded } from './support/statistics.ts';
import { withLocalSystem } from './support/with-local-system.ts';

const WORKERS = 8;
/** Executions before the first look, so that code and caches are in place. */
const WARM_UP = 50;
const MEGABYTE = 1_000_000;
const KILOBYTE = 1_000;

/** The state directory's folders, under the names of what they hold. */
const FOLDERS = { table: 'dynamodb', journal: 'states', artifacts: 'artifacts', mail: 'mail' } as const;

/** Bytes in use at one moment, by what uses them. */
type Footprint = Readonly<Record<'rss' | 'heap' | keyof typeof FOLDERS | 'log', number>>;

/** A full garbage collection, so that only what is held counts. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function footprintOf({ directory, logFile }: LocalSystem): Footprint {
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  const folders = Object.entries(FOLDERS).map(([part, folder]) => [part, bytesIn(join(directory, folder))]);
  return { rss, heap: heapUsed, ...Object.fromEntries(folders), log: statSync(logFile).size } as Footprint;
}

async function execute(
  api: ApiClient,
  first: number,
  count: number,
  onProgress: (done: number) => void,
): Promise<void> {
  const example = automaticExample();
  const step = Math.max(1, Math.floor(count / 5));
  await byWorkers(count, WORKERS, async (number) => {
    await untilPublished(api, await startNumbered(api, example, first + number));
    if ((number + 1) % step === 0) onProgress(first + number + 1);
  });
}

/**
 * Memory of the system's process and disk under its state directory, before and after many executions. The system runs in
 * the process of the benchmark, so the few things that this holds count as well; the flag and mail servers are processes of
 * their own and do not.
 */
export const measureFootprint: Measure = async ({ quick, count = quick ? 200 : 2_000, onProgress }) => {
  const half = Math.floor(count / 2);
  const started = performance.now();
  const looks = await withLocalSystem(onProgress, async (system, api) => {
    const told = (done: number): void => {
      const seconds = Math.round((performance.now() - started) / 1_000);
      onProgress(`${done} of ${WARM_UP + count} executions after ${seconds} s ...`);
    };
    await execute(api, 0, WARM_UP, told);
    const before = footprintOf(system);
    await execute(api, WARM_UP, half, told);
    const halfway = footprintOf(system);
    await execute(api, WARM_UP + half, count - half, told);
    return { before, halfway, after: footprintOf(system) };
  });
  const { before, halfway, after } = looks;
  const row = (part: keyof Footprint) => ({
    beforeMegabytes: rounded(before[part] / MEGABYTE),
    halfwayMegabytes: rounded(halfway[part] / MEGABYTE),
    afterMegabytes: rounded(after[part] / MEGABYTE),
    kilobytesPerExecution: rounded((after[part] - before[part]) / count / KILOBYTE),
  });
  const parts = Object.keys(before) as (keyof Footprint)[];
  return {
    figures: Object.fromEntries(parts.map((part) => [part, row(part)])),
    // A system that holds on to nothing more than its executions grows as much in the second half as in the first.
    ratios: Object.fromEntries(
      (['heap', 'table', 'journal', 'artifacts'] as const).map((part) => [
        `${part}SecondHalfToFirst`,
        rounded((after[part] - halfway[part]) / (halfway[part] - before[part])),
      ]),
    ),
    agreed: WARM_UP + count,
  };
};
