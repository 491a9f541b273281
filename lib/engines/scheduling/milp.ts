/** A linear problem over variables of which some are whole numbers; to be made small. Coefficients are safe integers. */
export interface LinearProblem {
  readonly columns: number;
  readonly cost: readonly number[];
  /** Bounds of the columns; `Infinity` and `-Infinity` are none. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Whether a column takes whole numbers only. */
  readonly integer: readonly boolean[];
  /** Rows: `low <= sum of coefficients times columns <= high`. */
  readonly rows: readonly LinearRow[];
}

export interface LinearRow {
  readonly low: number;
  readonly high: number;
  /** Columns in ascending order, each once. */
  readonly columns: readonly number[];
  readonly coefficients: readonly number[];
}

export interface SolveOptions {
  /** Iterations of the simplex method after which the solver gives up and answers what it has. Never a time. */
  readonly iterations: number;
  /** Stop when the gap is at most so many basis points. */
  readonly gapBasisPoints: number;
  /** A feasible solution to begin with. */
  readonly start?: readonly number[];
  /** Leave out that columns are whole. */
  readonly relaxed?: boolean;
}

/** What a solver claims. Nothing of it is believed: solutions are held against the rows, bounds are computed again from multipliers. */
export interface LinearAnswer {
  readonly status: 'optimal' | 'gap' | 'infeasible' | 'stopped';
  /** Values of the columns; absent where none were found. */
  readonly values?: readonly number[];
  /** What the solver takes for a bound. */
  readonly bound?: number;
  /** Multipliers of the rows, of the relaxed problem only. */
  readonly multipliers?: readonly number[];
  /** Iterations taken. */
  readonly iterations: number;
}

/** A solver of linear problems. The same problem with the same options gives the same answer on each machine. */
export interface LinearSolver {
  solve(problem: LinearProblem, options: SolveOptions): LinearAnswer;
}
