import { parseArgs } from 'node:util';
import { benchmarks } from './benchmarks.ts';
import { reportOf, WrongResult } from './support/benchmark.ts';
import { readable } from './support/table.ts';

const USAGE = `Usage: npm run bench -- NAME [--json] [--quick] [--count N]

${benchmarks.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`).join('\n')}

  --json    end with one JSON line: { benchmark, figures, ratios, environment, agreed }
  --quick   few repetitions: shows that it works, not how fast anything is
  --count   requests, executions or runs to take`;

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, count: { type: 'string' } },
  });
  const count = values.count === undefined ? undefined : Number(values.count);
  if (count !== undefined && !(Number.isSafeInteger(count) && count > 0))
    throw new RangeError('--count takes a whole number above zero.');
  return { name: positionals[0], json: values.json === true, quick: values.quick === true, count };
}

async function main(): Promise<void> {
  const { name, json, quick, count } = readArguments();
  if (name === undefined) return console.log(USAGE);
  const benchmark = benchmarks.find((each) => each.name === name);
  if (benchmark === undefined) throw new RangeError(`There is no benchmark "${name}".\n\n${USAGE}`);
  const onProgress = (message: string): void => console.error(message);
  onProgress(`${benchmark.name}: ${benchmark.title}`);
  const report = reportOf(benchmark, await benchmark.run({ quick, count, onProgress }));
  console.log(`\n${readable(report)}`);
  if (json) console.log(`\n${JSON.stringify(report)}`);
}

try {
  await main();
} catch (error) {
  const told = error instanceof WrongResult || error instanceof RangeError || error instanceof TypeError;
  console.error(told ? error.message : error);
  process.exitCode = 1;
}
