import { routing } from './routing.ts';
import type { Benchmark } from './support/benchmark.ts';

/** Every benchmark, in the order in which they are listed. */
export const benchmarks: readonly Benchmark[] = [routing];
