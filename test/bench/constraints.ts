import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { fuse } from '../../lib/engines/constraints/evaluate/fuse.ts';
import { readInput } from '../../lib/engines/constraints/evaluate/read-input.ts';
import { compileSource } from '../../lib/engines/constraints/source/compile.ts';
import { bufbuildCel, cedar, celJs, type Judge, jsonLogic, jsonRulesEngine, zen } from './constraints/peers.ts';
import { distinctInputs, type Input, rulesFor, sourceOf } from './constraints/rules.ts';
import { measureAnalyses } from './constraints-analysis.ts';
import { type Figures, type Measure, WrongResult } from './support/benchmark.ts';
import { interleaveBoth, type Took } from './support/interleave.ts';
import { seeded } from './support/random.ts';
import { median, rounded } from './support/statistics.ts';

const SEED = 20_261_121;
const RULES = 20;
const DAY = 20_500;
/** Asynchronous engines are given so many inputs at once: it suits them better than one at a time. */
const AT_ONCE = 64;

/** How many of the inputs an engine judges for the agreement, and in each timed round; passes are over the same inputs. */
interface Share {
  readonly agree: number;
  readonly timed: number;
  readonly passes: number;
}

async function judgeAll(
  judge: Judge,
  inputs: readonly Input[],
  take: (mask: number, index: number) => void,
): Promise<void> {
  for (let start = 0; start < inputs.length; start += AT_ONCE) {
    const answers = inputs.slice(start, start + AT_ONCE).map((input) => judge(input));
    for (const [n, answer] of answers.entries()) take(typeof answer === 'number' ? answer : await answer, start + n);
  }
}

/** Sums up what an engine says, so that every answer is looked at; synchronous engines are called straight. */
async function consumed(judge: Judge, inputs: readonly Input[], passes: number): Promise<number> {
  let sum = 0;
  const isSync = typeof judge(inputs[0] as Input) === 'number';
  for (let pass = 0; pass < passes; pass += 1) {
    if (isSync) for (const input of inputs) sum += judge(input) as number;
    else
      await judgeAll(judge, inputs, (mask) => {
        sum += mask;
      });
  }
  return sum;
}

interface Ours {
  readonly records: Float64Array;
  readonly width: number;
  readonly masks: Int32Array;
  readonly fused: ReturnType<typeof fuse>;
}

function pack(source: string, inputs: readonly Input[]): Ours {
  const set = compileSource(source, 'bench.yaml');
  const fused = fuse(set, DAY);
  const records = new Float64Array(inputs.length * fused.width);
  inputs.forEach((input, n) => {
    fused.pack(readInput(set, input), records, n * fused.width);
  });
  return { records, width: fused.width, masks: new Int32Array(2 * fused.words), fused };
}

function outcomes({ fused, records, width }: Ours, passes: number): number {
  let sum = 0;
  for (let pass = 0; pass < passes; pass += 1)
    for (let at = 0; at < records.length; at += width) sum += fused.outcome(records, at);
  return sum;
}

function withIds({ fused, records, width, masks }: Ours, passes: number): number {
  let sum = 0;
  for (let pass = 0; pass < passes; pass += 1)
    for (let at = 0; at < records.length; at += width) {
      sum += fused.evaluate(records, at, masks);
      sum += masks[0] ?? 0;
    }
  return sum;
}

/** @throws WrongResult at the first input on which an engine differs from ours. */
async function agreement(
  ours: Ours,
  inputs: readonly Input[],
  peers: Readonly<Record<string, { readonly judge: Judge; readonly share: Share }>>,
  forbids: number,
): Promise<number> {
  const expected = inputs.map((_, n) => {
    const outcome = ours.fused.evaluate(ours.records, n * ours.width, ours.masks);
    const mask = ours.masks[0] ?? 0;
    const wanted = (mask & forbids) !== 0 ? 2 : mask !== 0 ? 1 : 0;
    if (outcome !== wanted || ours.fused.outcome(ours.records, n * ours.width) !== wanted)
      throw new WrongResult(`Input ${n}: the outcome is ${outcome}, and its rules say ${wanted}.`);
    return mask;
  });
  let agreed = inputs.length;
  for (const [name, { judge, share }] of Object.entries(peers)) {
    await judgeAll(judge, inputs.slice(0, share.agree), (mask, n) => {
      if (mask !== expected[n])
        throw new WrongResult(`Input ${n}: ours says ${expected[n]}, and ${name} says ${mask}.`);
    });
    agreed += Math.min(share.agree, inputs.length);
  }
  return agreed;
}

const run = promisify(execFile);

/** Prints the milliseconds, and those of the processor, that the import takes in a process that has loaded nothing else. */
const IMPORT = `const processor = process.cpuUsage(), start = performance.now();
await import(process.argv[1]);
const took = performance.now() - start, { user, system } = process.cpuUsage(processor);
console.log(took, (user + system) / 1_000);`;

/**
 * Milliseconds in which a fresh process imports a module of the engine, bundled and minified as functions are.
 * @throws WrongResult when the solver is part of it
 */
async function importTime(module: string, rounds: number): Promise<Took> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const outfile = join(folder, 'index.mjs');
    const { metafile } = await build({
      entryPoints: [join(import.meta.dirname, '../../lib/engines/constraints', module)],
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'esm',
      metafile: true,
      outfile,
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    if (Object.keys(metafile.inputs).some((name) => name.includes('z3-solver')))
      throw new WrongResult(`${module} loads the solver.`);
    const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
    const times: Took[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', IMPORT, outfile], { env });
      const [milliseconds = Number.NaN, cpuMilliseconds = Number.NaN] = stdout.split(' ').map(Number);
      if (round > 0) times.push({ milliseconds, cpuMilliseconds });
    }
    return {
      milliseconds: rounded(median(times.map(({ milliseconds }) => milliseconds))),
      cpuMilliseconds: rounded(median(times.map(({ cpuMilliseconds }) => cpuMilliseconds))),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const WHEN = { first: 'first analysis', warm: 'warm analysis', once: 'analysis' } as const;

async function analysisFigures(quick: boolean): Promise<{ figures: Figures; checked: number }> {
  const measures = quick
    ? await measureAnalyses([10, 100], [10])
    : await measureAnalyses([10, 100, 1_000, 10_000], [10, 100, 1_000]);
  const wrong = measures.find(({ isFound }) => !isFound);
  if (wrong !== undefined)
    throw new WrongResult(
      `The analysis of ${wrong.rules} ${wrong.shape} rules did not find the planted conflict, and it alone.`,
    );
  const loaded = measures.find(({ shape, solverLoaded }) => shape === 'boxes' && solverLoaded);
  if (loaded !== undefined) throw new WrongResult(`The analysis of ${loaded.rules} boxes loaded the solver.`);
  const rows = measures.map(
    ({ shape, asked, when, rules, milliseconds, cpuMilliseconds, leastCpuMilliseconds: least }) => [
      `${WHEN[when]} of ${rules} ${shape}, ${asked === 'all' ? 'every question' : 'conflicts'}`,
      {
        milliseconds: rounded(milliseconds),
        cpuMilliseconds: rounded(cpuMilliseconds),
        ...(when === 'once' ? {} : { leastCpuMilliseconds: rounded(least) }),
      },
    ],
  );
  return { figures: Object.fromEntries(rows), checked: measures.length };
}

/**
 * Evaluations per second of 20 rules over 8 fields, against six engines that hold the same rules in their own form; and how long
 * analyses take. Reading inputs is not timed: each engine gets them in the form that it takes.
 */
export const measureConstraints: Measure = async ({ quick, count = quick ? 2_000 : 200_000, onProgress }) => {
  const rounds = quick ? 1 : 5;
  const rules = rulesFor(seeded(SEED), RULES);
  const inputs = distinctInputs(seeded(SEED + 1), count);
  const ours = pack(sourceOf(rules), inputs);
  const all: Share = { agree: count, timed: count, passes: 1 };
  // The slow ones take minutes for all of the inputs: they agree on a tenth, and are timed on a hundredth.
  const few: Share = { agree: Math.ceil(count / 10), timed: Math.ceil(count / 100), passes: 1 };
  const peers = {
    jsonLogicEngine: { judge: jsonLogic(rules), share: all },
    celJs: { judge: celJs(rules), share: { ...all, timed: Math.ceil(count / 4) } },
    bufbuildCel: { judge: bufbuildCel(rules), share: { ...all, timed: Math.ceil(count / 10) } },
    zenEngine: { judge: zen(rules), share: few },
    cedarWasm: { judge: cedar(rules), share: few },
    jsonRulesEngine: { judge: jsonRulesEngine(rules), share: few },
  };
  onProgress(`Holding what seven engines say of ${count} inputs against each other ...`);
  const forbids = rules.reduce((mask, { does }, n) => (does === 'forbid' ? mask | (1 << n) : mask), 0);
  const agreed = await agreement(ours, inputs, peers, forbids);
  const passes = quick ? 5 : 10;
  const timed = (name: keyof typeof peers) => {
    const { judge, share } = peers[name];
    const some = inputs.slice(0, share.timed);
    return () => consumed(judge, some, share.passes);
  };
  const took = await interleaveBoth(
    {
      withoutIds: () => outcomes(ours, passes),
      withIds: () => withIds(ours, passes),
      jsonLogicEngine: timed('jsonLogicEngine'),
      celJs: timed('celJs'),
      bufbuildCel: timed('bufbuildCel'),
      zenEngine: timed('zenEngine'),
      cedarWasm: timed('cedarWasm'),
      jsonRulesEngine: timed('jsonRulesEngine'),
    },
    rounds,
    (round) => onProgress(round === 0 ? 'Warming up ...' : `Round ${round} of ${rounds} ...`),
  );
  const evaluations = (name: keyof typeof took): number =>
    name === 'withoutIds' || name === 'withIds' ? count * passes : Math.min(count, peers[name].share.timed);
  const perSecond = (name: keyof typeof took): number => (evaluations(name) * 1_000) / took[name].milliseconds;
  const perCpuSecond = (name: keyof typeof took): number => (evaluations(name) * 1_000) / took[name].cpuMilliseconds;
  const names = Object.keys(took) as (keyof typeof took)[];
  const row = (name: (typeof names)[number]) => [
    name,
    {
      perSecond: Math.round(perSecond(name)),
      perCpuSecond: Math.round(perCpuSecond(name)),
      microsecondsEach: rounded(1_000_000 / perCpuSecond(name)),
    },
  ];
  // Analyses take a while, and what is known by now is worth knowing meanwhile.
  for (const name of names)
    onProgress(
      `  ${name}: ${Math.round(perSecond(name)).toLocaleString('en')} a second, ` +
        `${Math.round(perCpuSecond(name)).toLocaleString('en')} a second of the processor`,
    );
  onProgress('Analysing sets of growing size ...');
  const analyses = await analysisFigures(quick);
  onProgress('Importing the engine in fresh processes ...');
  const imports = {
    importToEvaluate: { ...(await importTime('evaluate/fuse.ts', rounds)) },
    importToAnalyse: { ...(await importTime('analysis/analyse.ts', rounds)) },
    importToReadArtifacts: { ...(await importTime('artifact/read-artifact.ts', rounds)) },
  };
  // How many times as fast ours is, with the ids of all rules that are met: what each of the others says as well.
  // By the processor's time: other work on the machine does not take part in it.
  const ratio = (name: keyof typeof peers) => rounded(perCpuSecond('withIds') / perCpuSecond(name));
  return {
    figures: { ...Object.fromEntries(names.map(row)), ...analyses.figures, ...imports },
    ratios: {
      withIdsToJsonLogicEngine: ratio('jsonLogicEngine'),
      withIdsToCelJs: ratio('celJs'),
      withIdsToBufbuildCel: ratio('bufbuildCel'),
      withIdsToZenEngine: ratio('zenEngine'),
      withIdsToCedarWasm: ratio('cedarWasm'),
      withIdsToJsonRulesEngine: ratio('jsonRulesEngine'),
      withoutIdsToWithIds: rounded(perCpuSecond('withoutIds') / perCpuSecond('withIds')),
    },
    agreed: agreed + analyses.checked,
  };
};
