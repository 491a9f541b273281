import type { WeightedTardinessProblem } from './problem.ts';

/** A problem as arrays, its jobs sorted by id: the order in which they were written leaves no trace. */
export interface Instance {
  readonly jobs: number;
  readonly machines: number;
  readonly ids: readonly string[];
  readonly durations: Float64Array;
  /** Between 0 and the sum of all durations. */
  readonly dues: Float64Array;
  readonly weights: Float64Array;
  /** What each schedule pays whatever it does: lateness that is older than the start. */
  readonly fixed: number;
}

/**
 * Sorts the jobs by id (UTF-16 code units) and brings due instants between 0 and the sum of all durations. A job that was due before the
 * start is as late as one due at the start, and a fixed cost; no job ends after the sum of all durations.
 */
export function instanceOf({ machines, jobs }: WeightedTardinessProblem): Instance {
  const sorted = jobs.toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
  const total = jobs.reduce((sum, { duration }) => sum + duration, 0);
  return {
    jobs: jobs.length,
    machines,
    ids: sorted.map(({ id }) => id),
    durations: Float64Array.from(sorted, ({ duration }) => duration),
    dues: Float64Array.from(sorted, ({ due }) => Math.min(Math.max(due, 0), total)),
    weights: Float64Array.from(sorted, ({ weight }) => weight),
    fixed: jobs.reduce((sum, { due, weight }) => sum + weight * Math.max(0, -due), 0),
  };
}

/** Jobs of each machine in order, as indices into an instance. */
export type Sequences = readonly (readonly number[])[];

/** Total weighted tardiness of sequences, without the fixed part. */
export function costOf({ durations, dues, weights }: Instance, sequences: Sequences): number {
  let cost = 0;
  for (const sequence of sequences) {
    let end = 0;
    for (const job of sequence) {
      end += durations[job] as number;
      cost += (weights[job] as number) * Math.max(0, end - (dues[job] as number));
    }
  }
  return cost;
}
