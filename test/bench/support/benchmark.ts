import { availableParallelism } from 'node:os';

/** Rows by name, each with its figures; a figure's name says its unit. */
export type Figures = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What a benchmark found. */
export interface Measurement {
  readonly figures: Figures;
  /** Dimensionless: they compare what was measured in one run, so they mean something on other machines too. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Results that were checked before the figures counted; a wrong one fails the run. */
  readonly agreed: number;
}

/** How a benchmark is to be run. */
export interface BenchmarkOptions {
  /** Few repetitions: shows that the benchmark works, not how fast anything is. */
  readonly quick: boolean;
  /** Overrides how many requests, executions or runs the benchmark takes. */
  readonly count: number | undefined;
  readonly onProgress: (message: string) => void;
}

/** Runs a benchmark. @throws WrongResult when anything that was measured did not do what it should. */
export type Measure = (options: BenchmarkOptions) => Promise<Measurement>;

export interface Benchmark {
  readonly name: string;
  /** What it measures, in one line. */
  readonly title: string;
  /** Loads it: what one benchmark needs is not to weigh on another. */
  load(): Promise<Measure>;
}

/** What was measured did not do what it should, so its figures mean nothing. */
export class WrongResult extends Error {
  override readonly name = 'WrongResult';
}

/** The one line that `--json` ends with. */
export interface BenchmarkReport extends Measurement {
  readonly benchmark: string;
  readonly environment: { readonly node: string; readonly cpus: number };
}

/** A measurement with the name of its benchmark and the machine it was taken on. */
export function reportOf(benchmark: string, { figures, ratios, agreed }: Measurement): BenchmarkReport {
  const environment = { node: process.version, cpus: availableParallelism() };
  return { benchmark, figures, ratios, environment, agreed };
}
