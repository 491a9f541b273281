/**
 * How good a solution is known to be, from best to worst. `optimal`: no other one is better. `gap`: none is better than the bound. `heuristic`: feasible, and
 * nothing is known about others. `refused`: there is no solution, or none was found within the budget.
 */
export type Standing = 'optimal' | 'gap' | 'heuristic' | 'refused';

/** What was done for an answer, counted and never timed: the same on each machine. */
export interface Spent {
  /** Changes of a solution that local search looked at. */
  readonly moves: number;
  /** Iterations of the simplex method. */
  readonly iterations: number;
  /** Nodes of a search tree, and subproblems of a relaxation. */
  readonly nodes: number;
}

/** What every solver of this engine answers. Everything is to be made small, and whole. */
export interface Answer<Solution> {
  readonly standing: Standing;
  /** Value of the solution; absent where there is none. */
  readonly objective?: number;
  /** No solution is below it; absent where nothing is proved. Rounded up where every objective is whole. */
  readonly bound?: number;
  /** (objective - bound) / |objective| in basis points, rounded up; absent without both. Zero where both are zero. */
  readonly gapBasisPoints?: number;
  readonly solution?: Solution;
  readonly spent: Spent;
}

export const NOTHING_SPENT: Spent = { moves: 0, iterations: 0, nodes: 0 };

/** (objective - bound) / |objective| in basis points, rounded up. */
export function gapBasisPoints(objective: number, bound: number): number {
  if (objective <= bound) return 0;
  if (objective === 0) return Number.MAX_SAFE_INTEGER;
  const size = BigInt(Math.abs(objective));
  const gap = BigInt(objective) - BigInt(Math.floor(bound));
  return Number((gap * 10_000n + size - 1n) / size);
}

/** The standing of a solution beside what is proved about all of them. */
export function standingOf(objective: number | undefined, bound: number | undefined): Standing {
  if (objective === undefined) return 'refused';
  if (bound === undefined) return 'heuristic';
  return objective <= bound ? 'optimal' : 'gap';
}
