import type { Highs, Model, ModelData } from 'highs';
import type { LinearAnswer, LinearProblem, LinearSolver, SolveOptions } from '../../core/linear-problem.ts';

/** The problem as HiGHS reads it: rows packed one behind the other. */
function packed({ columns, cost, lower, upper, integer, rows }: LinearProblem, isRelaxed: boolean): ModelData {
  const starts = new Int32Array(rows.length + 1);
  for (const [index, row] of rows.entries()) starts[index + 1] = (starts[index] ?? 0) + row.columns.length;
  const indices = new Int32Array(starts[rows.length] ?? 0);
  const values = new Float64Array(indices.length);
  for (const [index, row] of rows.entries()) {
    indices.set(row.columns, starts[index]);
    values.set(row.coefficients, starts[index]);
  }
  return {
    numCols: columns,
    numRows: rows.length,
    colCost: Float64Array.from(cost),
    colLower: Float64Array.from(lower),
    colUpper: Float64Array.from(upper),
    rowLower: Float64Array.from(rows, ({ low }) => low),
    rowUpper: Float64Array.from(rows, ({ high }) => high),
    matrix: { format: 'csr', numRows: rows.length, numCols: columns, starts, indices, values },
    ...(isRelaxed ? {} : { integrality: Int32Array.from(integer, Number) }),
  };
}

/**
 * Runs to the end or until the iterations are used up. HiGHS is built for a single thread, and its seed is set: what it does follows from its input.
 * `simplex_iteration_limit` is no budget, as it counts for each relaxation of a search anew.
 */
function run({ constants }: Highs, model: Model, iterations: number): number {
  const { simplexInterrupt, mipInterrupt } = constants.callbackType;
  return model.run({
    [simplexInterrupt]: (event) => {
      if ((event.data.simplex_iteration_count ?? 0) >= iterations) event.interrupt();
    },
    [mipInterrupt]: (event) => {
      if ((event.data.mip_total_lp_iterations ?? 0n) >= iterations) event.interrupt();
    },
  }).modelStatus;
}

const numberOf = (model: Model, name: string): number => Number(model.info.get(name));

/** HiGHS has no solution to show of a problem without columns: each of its rows is zero, which fits between low and high or does not. */
function answerWithoutColumns({ rows }: LinearProblem): LinearAnswer {
  const isFeasible = rows.every(({ low, high }) => low <= 0 && high >= 0);
  if (!isFeasible) return { status: 'infeasible', iterations: 0 };
  return { status: 'optimal', values: [], bound: 0, multipliers: rows.map(() => 0), iterations: 0 };
}

function answerOf(highs: Highs, model: Model, status: number, problem: LinearProblem, isWhole: boolean): LinearAnswer {
  const { modelStatus, solutionStatus } = highs.constants;
  if (problem.columns === 0) return answerWithoutColumns(problem);
  const iterations = Math.max(0, numberOf(model, 'simplex_iteration_count'));
  if (status === modelStatus.infeasible) return { status: 'infeasible', iterations };
  const isDone = status === modelStatus.optimal || status === modelStatus.empty;
  if (!isDone && status !== modelStatus.interrupted && status !== modelStatus.iterationLimit)
    throw new Error(`The solver ended with model status ${status}.`);
  const { colValue, rowDual } = model.getSolution();
  const isFeasible = isDone || numberOf(model, 'primal_solution_status') === solutionStatus.feasible;
  const values = isFeasible
    ? { values: Array.from(colValue, (value, n) => (isWhole && problem.integer[n] ? Math.round(value) : value)) }
    : {};
  if (!isWhole) {
    const bound = isDone ? { bound: model.getObjectiveValue() } : {};
    return { status: isDone ? 'optimal' : 'stopped', ...values, ...bound, multipliers: [...rowDual], iterations };
  }
  const bound = numberOf(model, 'mip_dual_bound');
  const isProved = isFeasible && bound >= model.getObjectiveValue() - 1e-6;
  return {
    status: isProved ? 'optimal' : isDone ? 'gap' : 'stopped',
    ...values,
    ...(Number.isFinite(bound) ? { bound } : {}),
    iterations,
  };
}

function solve(highs: Highs, problem: LinearProblem, options: SolveOptions): LinearAnswer {
  const { modelStatus } = highs.constants;
  const isWhole = options.relaxed !== true && problem.integer.includes(true);
  // A model of its own for each problem, freed whatever happens: nothing is carried over from one to the next.
  return highs.withModel(packed(problem, !isWhole), (model: Model) => {
    model.options.set({ output_flag: false, random_seed: 0, mip_rel_gap: options.gapBasisPoints / 10_000 });
    // Without presolve there are multipliers of the problem itself, also when the iterations are used up halfway.
    if (!isWhole) model.options.set({ solver: 'simplex', presolve: 'off' });
    if (options.start !== undefined) model.setSolution({ colValue: Float64Array.from(options.start) });
    let status = run(highs, model, options.iterations);
    if (status === modelStatus.unboundedOrInfeasible) {
      model.options.set({ presolve: 'off' });
      status = run(highs, model, options.iterations);
    }
    return answerOf(highs, model, status, problem, isWhole);
  });
}

let loading: Promise<LinearSolver> | undefined;

async function load(): Promise<LinearSolver> {
  const { default: imported } = await import('highs');
  // The package declares the types of its CommonJS form for both of its forms; as a module its default export is the loader itself.
  const loader = imported as unknown as typeof imported.default;
  const highs = await loader();
  return { solve: (problem, options) => solve(highs, problem, options) };
}

/**
 * HiGHS as WebAssembly, called synchronously on the calling thread. Loading takes about a tenth of a second and 4 MB, which is why it is loaded only
 * when somebody asks for it, once in a process.
 * Source: Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical Programming Computation 10 (2018).
 */
export function loadHighs(): Promise<LinearSolver> {
  loading ??= load();
  return loading;
}
