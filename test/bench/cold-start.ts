import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Bundle, bundle } from '../../lib/infra/bundle.ts';
import { type FunctionDeclaration, sharedFunctions, stepFunctions } from '../../lib/infra/functions.ts';
import { skills, skillsFolder } from '../../skills/registry.ts';
import { type Measure, WrongResult } from './support/benchmark.ts';
import { functionOf, sdkImportsUnder } from './support/sdk-imports.ts';
import { median, rounded } from './support/statistics.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Below the repository, so that the packages are found; a place for things that may be deleted at any time. */
const CACHE = join(ROOT, 'node_modules/.cache');
const BASELINE = 'sdk-clients-alone';

const run = promisify(execFile);

/** Prints the milliseconds that the import takes in a process that has loaded nothing else. */
const IMPORT = `
const start = performance.now();
const { handler } = await import(process.argv[1]);
const milliseconds = performance.now() - start;
if (typeof handler !== 'function') throw new Error('The bundle exports no handler.');
console.log(milliseconds);
`;

async function importMilliseconds({ name, folder }: Bundle): Promise<number> {
  const file = pathToFileURL(join(folder, 'index.mjs')).href;
  // Lambda keeps no compiled code from one cold start to the next.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', IMPORT, file], { env });
  const milliseconds = Number(stdout);
  if (!(milliseconds > 0)) throw new WrongResult(`The bundle of ${name} cannot be imported: ${stdout}`);
  return milliseconds;
}

/** Bundles what the product imports from the SDK and nothing else, by the same means and settings. */
async function bundleBaseline(folder: string, outdir: string): Promise<readonly Bundle[]> {
  const entry = join(folder, 'entry.ts');
  writeFileSync(entry, functionOf(sdkImportsUnder(join(ROOT, 'lib/platform'))));
  const declaration: FunctionDeclaration = {
    name: BASELINE,
    entry: relative(ROOT, entry),
    scope: 'shared',
    description: 'The clients and commands of the SDK that the functions use.',
    memoryMegabytes: 512,
    timeoutSeconds: 1,
    grants: [],
  };
  return bundle({ root: ROOT, outdir, declarations: [declaration], skills: [] });
}

async function bundleAll(sources: string, outdir: string): Promise<readonly Bundle[]> {
  const modules = skills.map(({ name }) => ({ name, path: join(skillsFolder, name, 'skill.ts') }));
  return [
    ...(await bundleBaseline(sources, outdir)),
    ...(await bundle({ root: ROOT, outdir, declarations: sharedFunctions(), skills: modules })),
    ...(await bundle({ root: ROOT, outdir, declarations: stepFunctions(), skills: modules.slice(0, 1) })),
  ];
}

/** Each function's bundle and how long a fresh process takes to import it, against the SDK's clients alone. */
export const measureColdStart: Measure = async ({ quick, count: rounds = quick ? 1 : 7, onProgress }) => {
  mkdirSync(CACHE, { recursive: true });
  const sources = mkdtempSync(join(CACHE, 'countersign-bench-'));
  const outdir = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    onProgress('Bundling the functions ...');
    const bundles = await bundleAll(sources, outdir);
    const times = new Map(bundles.map(({ name }) => [name, [] as number[]]));
    // Round by round, so that whatever else the machine does meets all functions alike. The first one fills the disk cache.
    for (let round = 0; round <= rounds; round += 1) {
      onProgress(round === 0 ? 'Importing each once to warm up ...' : `Round ${round} of ${rounds} ...`);
      for (const each of bundles) {
        const milliseconds = await importMilliseconds(each);
        if (round > 0) times.get(each.name)?.push(milliseconds);
      }
    }
    const measured = bundles.map(({ name, bytes }) => ({ name, bytes, time: median(times.get(name) ?? []) }));
    const [baseline, ...functions] = measured;
    if (baseline === undefined) throw new WrongResult('Nothing was bundled.');
    const row = ({ bytes, time }: { bytes: number; time: number }) => ({
      kilobytes: Math.round(bytes / 1_000),
      importMilliseconds: rounded(time),
      sizeToSdk: rounded(bytes / baseline.bytes),
      importToSdk: rounded(time / baseline.time),
    });
    const rows = functions.map(row);
    return {
      figures: Object.fromEntries(measured.map((each) => [each.name, row(each)])),
      ratios: {
        medianSizeToSdk: median(rows.map(({ sizeToSdk }) => sizeToSdk)),
        largestSizeToSdk: Math.max(...rows.map(({ sizeToSdk }) => sizeToSdk)),
        medianImportToSdk: median(rows.map(({ importToSdk }) => importToSdk)),
        slowestImportToSdk: Math.max(...rows.map(({ importToSdk }) => importToSdk)),
      },
      agreed: bundles.length,
    };
  } finally {
    for (const folder of [sources, outdir]) rmSync(folder, { recursive: true, force: true });
  }
};
