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
  /** A feasible solution to begin with; one that is not feasible is left aside. */
  readonly start?: readonly number[];
  /** Leave out that columns are whole. */
  readonly relaxed?: boolean;
}

/** What a solver claims, in floating point: to be held against the problem by whoever relies on it. */
export interface LinearAnswer {
  /** `gap`: the gap that was asked for is reached, and no more is claimed. `stopped`: the iterations were used up. */
  readonly status: 'optimal' | 'gap' | 'infeasible' | 'stopped';
  /** Values of the columns; absent where none were found. Whole columns are rounded to whole numbers. */
  readonly values?: readonly number[];
  /** What the solver takes for a bound. */
  readonly bound?: number;
  /**
   * Multipliers of the rows, of the relaxed problem only: by how much the objective grows when a row's binding side is raised by one. A stopped
   * solve has some too, which are worth less.
   */
  readonly multipliers?: readonly number[];
  /** Iterations taken: more than asked for, as the solver looks at its budget between two solves of a relaxation only. */
  readonly iterations: number;
}

/** A solver of linear problems: engines ask one, the platform has one, and neither knows the other. The same problem with the same options gives the same answer on each machine. */
export interface LinearSolver {
  /** @throws Error where no problem can be read from the arrays, or where its objective has no lower bound */
  solve(problem: LinearProblem, options: SolveOptions): LinearAnswer;
}
