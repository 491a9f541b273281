import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../../lib/infra/bundle.ts';
import { type Measure, WrongResult } from './support/benchmark.ts';
import { functionBundles } from './support/function-bundles.ts';
import { importRatio, importTimes } from './support/import-time.ts';
import { median, rounded } from './support/statistics.ts';

/**
 * Each function's bundle and how long a fresh process takes to import it, against the clients of the SDK that this function uses
 * alone. A function that uses none is measured and not compared.
 */
export const measureColdStart: Measure = async ({ quick, count: rounds = quick ? 1 : 7, onProgress }) => {
  const outdir = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    onProgress('Bundling the functions ...');
    const functions = await functionBundles(outdir);
    const yardsticks = [...new Set(functions.flatMap(({ sdkAlone }) => sdkAlone ?? []))];
    const bundles = [...yardsticks, ...functions];
    const times = await importTimes(bundles, rounds, onProgress);
    const timeOf = ({ folder }: Bundle) => median([...(times.get(folder) ?? [])]);
    const size = (each: Bundle) => ({
      kilobytes: Math.round(each.bytes / 1_000),
      importMilliseconds: rounded(timeOf(each)),
    });
    const compared = functions.flatMap(({ sdkAlone, ...each }) =>
      sdkAlone === undefined
        ? []
        : [
            {
              name: each.name,
              sizeToSdk: rounded(each.bytes / sdkAlone.bytes),
              importToSdk: rounded(importRatio(times, each, sdkAlone)),
            },
          ],
    );
    if (compared.length === 0) throw new WrongResult('No function uses the SDK.');
    const toSdk = new Map(compared.map(({ name, ...ratios }) => [name, ratios]));
    return {
      figures: Object.fromEntries(bundles.map((each) => [each.name, { ...size(each), ...toSdk.get(each.name) }])),
      ratios: {
        medianSizeToSdk: median(compared.map(({ sizeToSdk }) => sizeToSdk)),
        largestSizeToSdk: Math.max(...compared.map(({ sizeToSdk }) => sizeToSdk)),
        medianImportToSdk: median(compared.map(({ importToSdk }) => importToSdk)),
        slowestImportToSdk: Math.max(...compared.map(({ importToSdk }) => importToSdk)),
      },
      agreed: bundles.length,
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};
