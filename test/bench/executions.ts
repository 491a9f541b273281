import type { ApiClient } from '../../lib/local/api-client.ts';
import type { Measure } from './support/benchmark.ts';
import { automaticExample, byWorkers, startNumbered, untilPublished } from './support/executions.ts';
import { median, percentile, rounded } from './support/statistics.ts';
import { withLocalSystem } from './support/with-local-system.ts';

const WORKERS = 8;

/** Executions from POST to published by so many workers, each starting the next when its last one is published. */
async function throughput(api: ApiClient, first: number, count: number, workers: number) {
  const example = automaticExample();
  const start = performance.now();
  const latencies = await byWorkers(count, workers, async (number) => {
    const posted = performance.now();
    await untilPublished(api, await startNumbered(api, example, first + number));
    return performance.now() - posted;
  });
  const seconds = (performance.now() - start) / 1_000;
  return {
    executions: count,
    perSecond: rounded(count / seconds),
    medianMilliseconds: rounded(median(latencies)),
    p95Milliseconds: rounded(percentile(latencies, 0.95)),
  };
}

/** Executions per second through the local system, from POST to published, of a request that nobody needs to approve. */
export const measureExecutions: Measure = async ({ quick, count = quick ? 10 : 200, onProgress }) => {
  return withLocalSystem(onProgress, async (_, api) => {
    onProgress('Warming up ...');
    const warmUp = Math.ceil(count / 10);
    await throughput(api, 0, warmUp, WORKERS);
    onProgress(`${count} executions, one at a time ...`);
    const alone = await throughput(api, warmUp, count, 1);
    onProgress(`${count} executions, ${WORKERS} at a time ...`);
    const together = await throughput(api, warmUp + count, count, WORKERS);
    return {
      figures: { oneAtATime: alone, eightAtATime: together },
      ratios: { eightToOne: rounded(together.perSecond / alone.perSecond) },
      agreed: 2 * count + warmUp,
    };
  });
};
