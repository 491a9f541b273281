import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { analyse } from '../../lib/engines/constraints/analysis/analyse.ts';
import { loadZ3 } from '../../lib/platform/prover/z3.ts';
import { plenty } from '../support/constraint-sets.ts';
import { boxSet, linearSet, type Planted } from '../support/planted-sets.ts';
import { median } from './support/statistics.ts';

/** One measurement of an analysis, or the medians of several. */
export interface AnalysisMeasure {
  readonly shape: 'boxes' | 'linear';
  readonly asked: 'all' | 'conflicts';
  /** `first` of a fresh process, `warm` after others of its size, or `once` after smaller ones. */
  readonly when: 'first' | 'warm' | 'once';
  readonly rules: number;
  readonly milliseconds: number;
  /** Of the processor, all threads, which other work on the machine does not lengthen as much. */
  readonly cpuMilliseconds: number;
  /** Of the processor, in the quickest run. */
  readonly leastCpuMilliseconds: number;
  /** Whether the planted conflict, and no other one, was found. */
  readonly isFound: boolean;
  readonly solverLoaded: boolean;
}

type Asked = Pick<AnalysisMeasure, 'shape' | 'asked' | 'when'>;

/** Warm analyses are of so many sets after so many others. */
const WARM = 21;
const BEFORE = 15;

async function measure(how: Asked, { set, conflict }: Planted): Promise<AnalysisMeasure> {
  const start = performance.now();
  const processor = process.cpuUsage();
  const { findings, spent } = await analyse(set, plenty, loadZ3, undefined, how.asked);
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  const found = findings
    .filter(({ code }) => code === 'conflict')
    .map(({ rules }) =>
      rules
        .map((index) => set.rules[index]?.id ?? '')
        .sort()
        .join(),
    );
  const isFound = found.length === 1 && found[0] === conflict.join();
  const cpuMilliseconds = (user + system) / 1_000;
  return {
    ...how,
    rules: set.rules.length,
    milliseconds,
    cpuMilliseconds,
    leastCpuMilliseconds: cpuMilliseconds,
    isFound,
    solverLoaded: spent.solverLoaded,
  };
}

function medianOf(runs: readonly AnalysisMeasure[]): AnalysisMeasure {
  const [first] = runs;
  if (first === undefined) throw new RangeError('There is nothing to take a median of.');
  return {
    ...first,
    milliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
    cpuMilliseconds: median(runs.map(({ cpuMilliseconds }) => cpuMilliseconds)),
    leastCpuMilliseconds: Math.min(...runs.map(({ leastCpuMilliseconds }) => leastCpuMilliseconds)),
    isFound: runs.every(({ isFound }) => isFound),
    solverLoaded: runs.some(({ solverLoaded }) => solverLoaded),
  };
}

/** The first analysis of a process that has done nothing else: what one command takes. */
export async function measureFirst(asked: Asked['asked'], count: number): Promise<AnalysisMeasure> {
  return measure({ shape: 'boxes', asked, when: 'first' }, boxSet(1, count, 5));
}

async function inFreshProcesses(asked: Asked['asked'], count: number, rounds: number): Promise<AnalysisMeasure> {
  const file = join(import.meta.dirname, 'constraints/first-analysis.ts');
  const runs: AnalysisMeasure[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, [file, asked, String(count)]);
    runs.push(JSON.parse(stdout) as AnalysisMeasure);
  }
  return medianOf(runs);
}

/** Each analysis is of another set, so that nothing is remembered of the one before. */
async function warmed(asked: Asked['asked'], count: number): Promise<AnalysisMeasure> {
  const runs: AnalysisMeasure[] = [];
  for (let seed = 1; seed <= BEFORE + WARM; seed += 1)
    runs.push(await measure({ shape: 'boxes', asked, when: 'warm' }, boxSet(seed, count, 5)));
  return medianOf(runs.slice(BEFORE));
}

/** How analyses grow with the number of rules; each set holds one planted conflict of five rules. */
export async function measureAnalyses(
  boxes: readonly number[] = [10, 100, 1_000, 10_000],
  lines: readonly number[] = [10, 100, 1_000, 3_000],
): Promise<AnalysisMeasure[]> {
  const measures: AnalysisMeasure[] = [];
  for (const count of boxes)
    for (const asked of ['all', 'conflicts'] as const) {
      if (count > 1_000) {
        measures.push(await measure({ shape: 'boxes', asked, when: 'once' }, boxSet(1, count, 5)));
        continue;
      }
      measures.push(await inFreshProcesses(asked, count, 3));
      measures.push(await warmed(asked, count));
    }
  if (lines.length > 0) await loadZ3();
  for (const count of lines) {
    measures.push(await measure({ shape: 'linear', asked: 'conflicts', when: 'once' }, linearSet(1, count, 5)));
    if (count <= 1_000)
      measures.push(await measure({ shape: 'linear', asked: 'all', when: 'once' }, linearSet(1, count, 5)));
  }
  return measures;
}
