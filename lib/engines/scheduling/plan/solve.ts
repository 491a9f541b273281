import type { LinearSolver } from '../../../core/linear-problem.ts';
import { gapBasisPoints } from '../answer.ts';
import { randomFrom } from '../random.ts';
import { provenBound } from './certificate.ts';
import { byLossAverted, byPrices, highestRiskFirst, inPromisedOrder } from './construct.ts';
import { type Ascent, type Duals, PriceSearch } from './dual.ts';
import { dualsFrom, linearForm } from './linear-form.ts';
import type { Model } from './model.ts';
import { LocalSearch } from './search.ts';
import { State } from './state.ts';

/** Work is over when no plan is better by more than this. */
const GOOD_ENOUGH = 50;
/** Runs of local search, each from the same beginning with other luck. */
const RUNS = 4;
/** Columns of each touch that the first linear problem holds. */
const FIRST_COLUMNS = 40;
/** Below this number of columns the linear problem holds all of them. */
const ALL_COLUMNS = 40_000;
const PRICING_ROUNDS = 6;
/** Columns of each touch that the whole-number problem holds. */
const WHOLE_COLUMNS = 8;
/** The whole-number problem gets one in so many of the iterations. */
const WHOLE_SHARE = 4;

export interface Solution {
  readonly choice: Int32Array;
  readonly objective: number;
  readonly duals: Duals | undefined;
  readonly bound: bigint | undefined;
  /** What each column costs beyond the cheapest of its touch, at the prices of the certificate. */
  readonly reduced: Float64Array | undefined;
  readonly baseline: Int32Array;
  readonly spent: { readonly moves: number; readonly iterations: number; readonly rounds: number };
}

/** What is known so far. Better plans and better bounds replace worse ones; nothing else does. */
class Progress {
  readonly model: Model;
  choice: Int32Array;
  objective: number;
  duals: Duals | undefined;
  bound: bigint | undefined;
  reduced: Float64Array | undefined;
  moves = 0;
  iterations = 0;
  rounds = 0;

  constructor(model: Model, choice: Int32Array) {
    this.model = model;
    this.choice = choice;
    this.objective = State.of(model, choice).objective();
  }

  offer(choice: Int32Array): void {
    const state = State.of(this.model, choice);
    const value = state.objective();
    if (value >= this.objective || !state.feasible() || choice.includes(-1)) return;
    this.choice = choice;
    this.objective = value;
  }

  /** Improves the prices; from those that are known, unless others are given. */
  ascend(rounds: number, from: Duals | undefined = this.duals): Ascent {
    const loss = State.of(this.model, this.choice).scenarioLoss;
    const ascent = new PriceSearch(this.model, loss, from).improve(rounds, this.objective);
    this.rounds += ascent.rounds;
    const bound = provenBound(this.model, ascent);
    if (this.bound === undefined || bound > this.bound) {
      this.bound = bound;
      this.duals = ascent;
      this.reduced = ascent.reduced;
    }
    return ascent;
  }

  search(from: Int32Array, moves: number, seed: number): void {
    if (moves <= 0 || this.model.touches.length === 0) return;
    const measure = this.reduced ?? new Float64Array(this.model.columnTouch.length);
    const search = new LocalSearch(this.model, from, measure, randomFrom(seed));
    this.offer(search.run(moves).choice);
    this.moves += search.moves;
  }

  gap(): number {
    return this.bound === undefined ? Number.POSITIVE_INFINITY : gapBasisPoints(this.objective, Number(this.bound));
  }
}

/** The most promising columns of each touch, with deferral and the current one, ascending. */
function promising(progress: Progress, reduced: Float64Array, count: number, also?: ReadonlySet<number>): number[] {
  const { model, choice } = progress;
  return model.touches.flatMap(({ begin, end }, touch) => {
    const sorted = Array.from({ length: end - begin }, (_, at) => begin + at).sort(
      (a, b) => (reduced[a] ?? 0) - (reduced[b] ?? 0) || a - b,
    );
    const kept = new Set(sorted.slice(0, count)).add(end - 1).add(choice[touch] ?? begin);
    for (let column = begin; column < end; column += 1) if (also?.has(column) === true) kept.add(column);
    return [...kept].sort((a, b) => a - b);
  });
}

/** Solves the linear relaxation over a growing set of columns; its prices make a bound, its solution a beginning. */
function relax(progress: Progress, solver: LinearSolver, iterations: number): Int32Array | undefined {
  const { model } = progress;
  const all = model.columnTouch.length;
  let reduced = progress.reduced ?? new Float64Array(all);
  let kept: ReadonlySet<number> = new Set();
  let begin: Int32Array | undefined;
  for (let round = 0; round < PRICING_ROUNDS && progress.iterations < iterations; round += 1) {
    const columns =
      all <= ALL_COLUMNS
        ? Array.from({ length: all }, (_, column) => column)
        : promising(progress, reduced, FIRST_COLUMNS, kept);
    if (columns.length < kept.size + model.touches.length / 2) break;
    const duals = progress.duals ?? progress.ascend(1);
    const form = linearForm(model, columns, duals);
    const left = iterations - progress.iterations;
    const answer = solver.solve(form.problem, { iterations: left, gapBasisPoints: 0, relaxed: true });
    progress.iterations += answer.iterations;
    if (answer.multipliers === undefined || answer.status !== 'optimal') break;
    const found = dualsFrom(model, form, answer.multipliers, duals.weights);
    ({ reduced } = progress.ascend(1, found));
    if (answer.values !== undefined) begin = inPromisedOrder(model, valuesOf(model, columns, answer.values), reduced);
    kept = new Set(columns);
    if (columns.length === all) break;
  }
  return begin;
}

function valuesOf(model: Model, columns: readonly number[], values: readonly number[]): Float64Array {
  const all = new Float64Array(model.columnTouch.length);
  for (const [place, column] of columns.entries()) all[column] = values[place] ?? 0;
  return all;
}

/** Lets the solver choose among the most promising columns, beginning from the best plan known. */
function chooseWhole(progress: Progress, solver: LinearSolver, iterations: number): void {
  const { model, duals, reduced } = progress;
  if (duals === undefined || reduced === undefined || iterations <= 0) return;
  const columns = promising(progress, reduced, WHOLE_COLUMNS);
  const form = linearForm(model, columns, duals);
  const state = State.of(model, progress.choice);
  const chosen = new Set(progress.choice);
  const excess = form.rows
    .filter((row) => model.rows[row]?.price !== undefined)
    .map((row) => Math.max(0, (state.activity[row] ?? 0) - (model.rows[row]?.high ?? 0)));
  const start = [...columns.map((column) => (chosen.has(column) ? 1 : 0)), ...excess];
  const answer = solver.solve(form.problem, { iterations, gapBasisPoints: GOOD_ENOUGH / 5, start });
  progress.iterations += answer.iterations;
  if (answer.values === undefined) return;
  const choice = new Int32Array(model.touches.length).fill(-1);
  for (const [place, column] of columns.entries())
    if ((answer.values[place] ?? 0) > 0.5) choice[model.columnTouch[column] ?? 0] = column;
  progress.offer(choice);
}

/**
 * Solves a model: the constructive rule, prices of the limits, local search with a fixed number of changes, and where there is a
 * solver, the linear relaxation for better prices and a whole-number problem over the most promising columns. The order of work and
 * its amount follow from the request alone. Nothing that the solver claims is believed: plans are held against the limits and
 * valued anew, the bound is computed from rounded prices.
 */
export function solveModel(model: Model, optimizer: LinearSolver | undefined): Solution {
  const solver = model.touches.length === 0 ? undefined : optimizer;
  const { moves, priceRounds, iterations } = model.request.budget;
  const { seed } = model.request.scenarios;
  const baseline = highestRiskFirst(model);
  const progress = new Progress(model, baseline);
  progress.offer(byLossAverted(model));
  const early = solver === undefined ? priceRounds : Math.ceil(priceRounds / 4);
  if (early > 0) {
    const { reduced } = progress.ascend(early);
    progress.offer(byPrices(model, reduced));
  }
  const rough = Math.floor(moves / 10);
  progress.search(progress.choice, rough, seed);
  if (priceRounds > 0) progress.ascend(Math.ceil(priceRounds / 8));
  const begin = solver === undefined ? undefined : relax(progress, solver, iterations);
  const each = Math.floor((moves - rough) / (RUNS + 2));
  for (let run = 0; run < RUNS && progress.gap() > GOOD_ENOUGH / 2; run += 1)
    progress.search(run % 2 === 0 && begin !== undefined ? begin : progress.choice, each, seed + run + 1);
  if (priceRounds > 0) progress.ascend(Math.ceil(priceRounds / 4));
  if (solver !== undefined && progress.gap() > GOOD_ENOUGH)
    chooseWhole(progress, solver, Math.min(iterations - progress.iterations, Math.floor(iterations / WHOLE_SHARE)));
  if (progress.gap() > GOOD_ENOUGH / 2) progress.search(progress.choice, 2 * each, seed + RUNS + 1);
  const { choice, objective, duals, bound, reduced, rounds } = progress;
  const spent = { moves: progress.moves, iterations: progress.iterations, rounds };
  return { choice, objective, duals, bound, reduced, baseline, spent };
}
