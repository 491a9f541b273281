import type { LinearProblem, LinearRow } from '../../../core/linear-problem.ts';
import { type Duals, LARGEST_MULTIPLIER, WEIGHT_SCALE } from './dual.ts';
import type { Model } from './model.ts';

/** Solvers measure against fixed tolerances: costs are handed over as whole numbers of about this size. */
const LARGEST_COST = 2 ** 32;

/** Some columns of a model as a linear problem, and the way back. */
export interface LinearForm {
  readonly problem: LinearProblem;
  /** Columns of the model, by column of the problem; behind them come the excesses of soft rows. */
  readonly columns: readonly number[];
  /** Rows of the model, by row of the problem, behind one row for each touch. */
  readonly rows: readonly number[];
  /** Costs of the problem are so many times smaller than the model's. */
  readonly divisor: number;
}

/** The columns' costs in units of the objective, with the scenario weights fixed. */
export function columnCosts(model: Model, weights: readonly number[]): Float64Array {
  const { losses, scale, columnLoss, columnPrice } = model;
  const factors = weights.map((weight) => scale.mean + (scale.tail * weight) / WEIGHT_SCALE);
  const classes = new Float64Array(losses.length / scale.scenarios);
  for (let place = 0; place < classes.length; place += 1) {
    let cost = 0;
    for (let k = 0; k < factors.length; k += 1)
      cost += (factors[k] as number) * (losses[place * scale.scenarios + k] as number);
    classes[place] = cost;
  }
  return Float64Array.from(columnLoss, (loss, column) =>
    Math.round((classes[loss] as number) + scale.factor * (columnPrice[column] as number)),
  );
}

/**
 * The problem over some columns, for a linear solver: one row that sums to one for each touch, then the limits that these columns
 * take part of, with a variable for the excess of each soft one. Scenario weights are fixed, which makes it a lower estimate.
 */
export function linearForm(model: Model, columns: readonly number[], duals: Duals): LinearForm {
  const costs = columnCosts(model, duals.weights);
  const entries = new Map<number, { columns: number[]; coefficients: number[] }>();
  const ofTouch = model.touches.map((): number[] => []);
  // A cost that all columns of a touch share changes nothing, and makes numbers large.
  const least = new Float64Array(model.touches.length).fill(Number.POSITIVE_INFINITY);
  for (const column of columns) {
    const touch = model.columnTouch[column] as number;
    least[touch] = Math.min(least[touch] as number, costs[column] as number);
  }
  for (const [place, column] of columns.entries()) {
    ofTouch[model.columnTouch[column] as number]?.push(place);
    for (let at = model.entryBegin[column] as number; at < (model.entryBegin[column + 1] as number); at += 1) {
      const row = model.entryRow[at] as number;
      let list = entries.get(row);
      if (list === undefined) {
        list = { columns: [], coefficients: [] };
        entries.set(row, list);
      }
      list.columns.push(place);
      list.coefficients.push(model.entryCoefficient[at] as number);
    }
  }
  const rows = [...entries.keys()].sort((a, b) => a - b);
  const soft = rows.filter((row) => model.rows[row]?.price !== undefined);
  const own = columns.map(
    (column) => (costs[column] as number) - (least[model.columnTouch[column] as number] as number),
  );
  const excess = soft.map((row) => model.scale.factor * (model.rows[row]?.price ?? 0));
  const largest = own.reduce((most, cost) => Math.max(most, cost), 1);
  const divisor = Math.max(1, Math.ceil(largest / LARGEST_COST));
  const place = new Map(soft.map((row, index) => [row, columns.length + index]));
  const limits = rows.map((row): LinearRow => {
    const { columns: own = [], coefficients = [] } = entries.get(row) ?? {};
    const extra = place.get(row);
    return {
      low: Number.NEGATIVE_INFINITY,
      high: model.rows[row]?.high ?? 0,
      columns: extra === undefined ? own : [...own, extra],
      coefficients: extra === undefined ? coefficients : [...coefficients, -1],
    };
  });
  const served = ofTouch.map(
    (list): LinearRow => ({ low: 1, high: 1, columns: list, coefficients: list.map(() => 1) }),
  );
  return {
    columns,
    rows,
    divisor,
    problem: {
      columns: columns.length + soft.length,
      cost: [...own, ...excess].map((cost) => Math.round(cost / divisor)),
      lower: [...own, ...excess].map(() => 0),
      upper: [...own.map(() => 1), ...excess.map(() => Number.POSITIVE_INFINITY)],
      integer: [...own.map(() => true), ...excess.map(() => false)],
      rows: [...served, ...limits],
    },
  };
}

/** What a relaxed answer says about the prices of the model's limits; a limit at its high has a negative multiplier there. */
export function dualsFrom(
  model: Model,
  form: LinearForm,
  multipliers: readonly number[],
  weights: readonly number[],
): Duals {
  const prices = new Float64Array(model.rows.length);
  for (const [index, row] of form.rows.entries()) {
    const price = model.rows[row]?.price;
    const most = Math.min(LARGEST_MULTIPLIER, (price ?? LARGEST_MULTIPLIER) * model.scale.factor);
    const value = -(multipliers[model.touches.length + index] ?? 0) * form.divisor;
    prices[row] = Math.min(most, Math.max(0, value));
  }
  return { weights, multipliers: prices };
}
