import { analyse } from '../../lib/engines/constraints/analysis/analyse.ts';
import { loadZ3 } from '../../lib/platform/prover/z3.ts';
import { plenty } from '../support/constraint-sets.ts';
import { boxSet, linearSet, type Planted } from '../support/planted-sets.ts';

/** One measurement of an analysis. */
export interface AnalysisMeasure {
  readonly shape: 'boxes' | 'linear';
  readonly asked: 'all' | 'conflicts';
  readonly rules: number;
  readonly milliseconds: number;
  /** Of the processor, which other work on the machine does not lengthen much. */
  readonly cpuMilliseconds: number;
  /** Whether the planted conflict, and no other one, was found. */
  readonly isFound: boolean;
  readonly solverLoaded: boolean;
}

async function measure(
  shape: AnalysisMeasure['shape'],
  asked: AnalysisMeasure['asked'],
  { set, conflict }: Planted,
): Promise<AnalysisMeasure> {
  const start = performance.now();
  const processor = process.cpuUsage();
  const { findings, spent } = await analyse(set, plenty, loadZ3, undefined, asked);
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
  return {
    shape,
    asked,
    rules: set.rules.length,
    milliseconds,
    cpuMilliseconds: (user + system) / 1_000,
    isFound,
    solverLoaded: spent.solverLoaded,
  };
}

/** How analyses grow with the number of rules; each set holds one planted conflict of five rules. */
export async function measureAnalyses(
  boxes: readonly number[] = [10, 100, 1_000, 10_000],
  lines: readonly number[] = [10, 100, 1_000, 3_000],
): Promise<AnalysisMeasure[]> {
  const measures: AnalysisMeasure[] = [];
  // A first run lets the compiler of the engine warm up, as it is in a server.
  await measure('boxes', 'all', boxSet(1, 100, 5));
  for (const count of boxes) {
    measures.push(await measure('boxes', 'all', boxSet(1, count, 5)));
    measures.push(await measure('boxes', 'conflicts', boxSet(1, count, 5)));
  }
  if (lines.length > 0) await loadZ3();
  for (const count of lines) {
    measures.push(await measure('linear', 'conflicts', linearSet(1, count, 5)));
    if (count <= 1_000) measures.push(await measure('linear', 'all', linearSet(1, count, 5)));
  }
  return measures;
}
