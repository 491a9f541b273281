import { parseArgs } from 'node:util';
import { benchmarks } from './benchmarks.ts';
import { reportOf, WrongResult } from './support/benchmark.ts';
import { readable } from './support/table.ts';

const USAGE = `Usage: npm run bench -- NAME [--json] [--quick] [--count N]

${benchmarks.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`).join('\n')}

  --json    end with one JSON line: { benchmark, figures, ratios, environment, agreed }
  --quick   few repetitions: shows that it works, not how fast anything is
  --count   requests, executions or runs to take`;

/** What was asked for cannot be done; the message says why. */
class BadUsage extends Error {
  override readonly name = 'BadUsage';
}

function parsed(): { name: string | undefined; json: boolean; quick: boolean; count: number | undefined } {
  const options = { json: { type: 'boolean' }, quick: { type: 'boolean' }, count: { type: 'string' } } as const;
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options });
    const count = values.count === undefined ? undefined : Number(values.count);
    return { name: positionals[0], json: values.json === true, quick: values.quick === true, count };
  } catch (error) {
    throw new BadUsage(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function main(): Promise<void> {
  const { name, json, quick, count } = parsed();
  if (name === undefined) return console.log(USAGE);
  const benchmark = benchmarks.find((each) => each.name === name);
  if (benchmark === undefined) throw new BadUsage(`There is no benchmark "${name}".\n\n${USAGE}`);
  if (count !== undefined && !(Number.isSafeInteger(count) && count > 0))
    throw new BadUsage('--count takes a whole number above zero.');
  const onProgress = (message: string): void => console.error(message);
  onProgress(`${benchmark.name}: ${benchmark.title}`);
  const measure = await benchmark.load();
  const report = reportOf(benchmark.name, await measure({ quick, count, onProgress }));
  console.log(`\n${readable(report)}`);
  if (json) console.log(`\n${JSON.stringify(report)}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof BadUsage || error instanceof WrongResult ? error.message : error);
  process.exitCode = 1;
}
