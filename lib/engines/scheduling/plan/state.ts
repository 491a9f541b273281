import type { Model } from './model.ts';
import { TAIL_LIMIT } from './scale.ts';

/**
 * The tail part of the objective: sum of q_k S_k for the tail weights q (see `tailWeights`), without sorting. The number of
 * scenarios that bear it is a tenth of all, rounded up, so a small selection does.
 */
export function tailSum(losses: Float64Array): number {
  const count = losses.length;
  const whole = Math.floor(count / TAIL_LIMIT);
  const rest = count - whole * TAIL_LIMIT;
  const size = whole + (rest > 0 ? 1 : 0);
  const worst = new Float64Array(size).fill(-1);
  for (let k = 0; k < count; k += 1) {
    const loss = losses[k] as number;
    if (loss <= (worst[size - 1] as number)) continue;
    let at = size - 1;
    while (at > 0 && (worst[at - 1] as number) < loss) {
      worst[at] = worst[at - 1] as number;
      at -= 1;
    }
    worst[at] = loss;
  }
  let sum = 0;
  for (let at = 0; at < size; at += 1) sum += (worst[at] as number) * (at < whole ? TAIL_LIMIT : rest);
  return sum;
}

/**
 * A plan under construction: the column of each touch (-1: none yet), with what it comes to in every row and scenario. Changes
 * are made in place, and are undone by making them backwards.
 */
export class State {
  readonly model: Model;
  readonly choice: Int32Array;
  readonly activity: Float64Array;
  readonly scenarioLoss: Float64Array;
  private readonly high: Float64Array;
  private readonly price: Float64Array;
  private prices = 0;
  private lossSum = 0;

  constructor(model: Model) {
    this.model = model;
    this.choice = new Int32Array(model.touches.length).fill(-1);
    this.activity = new Float64Array(model.rows.length);
    this.scenarioLoss = new Float64Array(model.scale.scenarios);
    this.high = Float64Array.from(model.rows, ({ high }) => high);
    // A hard limit has no price; -1 marks it.
    this.price = Float64Array.from(model.rows, ({ price }) => price ?? -1);
    // A floor is missed from the beginning.
    for (const { high, price } of model.rows) if (price !== undefined && high < 0) this.prices -= high * price;
  }

  static of(model: Model, choice: Int32Array): State {
    const state = new State(model);
    for (const column of choice) if (column >= 0) state.put(column);
    return state;
  }

  /** Takes a column for its touch, which has none. */
  put(column: number): void {
    this.choice[this.model.columnTouch[column] as number] = column;
    this.change(column, 1);
  }

  /** Leaves a touch without a column. */
  take(touch: number): void {
    const column = this.choice[touch] as number;
    this.choice[touch] = -1;
    this.change(column, -1);
  }

  private change(column: number, sign: number): void {
    const { entryBegin, entryRow, entryCoefficient, losses, columnLoss, columnPrice } = this.model;
    const stop = entryBegin[column + 1] as number;
    for (let at = entryBegin[column] as number; at < stop; at += 1) {
      const row = entryRow[at] as number;
      const before = this.activity[row] as number;
      const after = before + sign * (entryCoefficient[at] as number);
      this.activity[row] = after;
      const price = this.price[row] as number;
      if (price < 0) continue;
      const high = this.high[row] as number;
      this.prices += price * ((after > high ? after - high : 0) - (before > high ? before - high : 0));
    }
    this.prices += sign * (columnPrice[column] as number);
    const count = this.scenarioLoss.length;
    const from = (columnLoss[column] as number) * count;
    let sum = 0;
    for (let k = 0; k < count; k += 1) {
      const loss = losses[from + k] as number;
      this.scenarioLoss[k] = (this.scenarioLoss[k] as number) + sign * loss;
      sum += loss;
    }
    this.lossSum += sign * sum;
  }

  /** Whether the hard limits that a column takes part of hold; asked after `put`. */
  holds(column: number): boolean {
    const { entryBegin, entryRow } = this.model;
    const stop = entryBegin[column + 1] as number;
    for (let at = entryBegin[column] as number; at < stop; at += 1) {
      const row = entryRow[at] as number;
      if ((this.price[row] as number) < 0 && (this.activity[row] as number) > (this.high[row] as number)) return false;
    }
    return true;
  }

  /** Whether a column could be put now without breaking a hard limit. */
  fits(column: number): boolean {
    const { entryBegin, entryRow, entryCoefficient } = this.model;
    const stop = entryBegin[column + 1] as number;
    for (let at = entryBegin[column] as number; at < stop; at += 1) {
      const row = entryRow[at] as number;
      if ((this.price[row] as number) >= 0) continue;
      const coefficient = entryCoefficient[at] as number;
      if (coefficient > 0 && (this.activity[row] as number) + coefficient > (this.high[row] as number)) return false;
    }
    return true;
  }

  /** The hard limits that a column would break now. */
  brokenBy(column: number): number[] {
    const { entryBegin, entryRow, entryCoefficient } = this.model;
    const broken: number[] = [];
    for (let at = entryBegin[column] as number; at < (entryBegin[column + 1] as number); at += 1) {
      const row = entryRow[at] as number;
      const after = (this.activity[row] as number) + (entryCoefficient[at] as number);
      if ((this.price[row] as number) < 0 && (entryCoefficient[at] as number) > 0 && after > (this.high[row] as number))
        broken.push(row);
    }
    return broken;
  }

  /** The hard limits of some columns that do not hold now, each once. */
  exceeded(columns: readonly number[]): number[] {
    const { entryBegin, entryRow } = this.model;
    const rows = new Set<number>();
    for (const column of columns) {
      for (let at = entryBegin[column] as number; at < (entryBegin[column + 1] as number); at += 1) {
        const row = entryRow[at] as number;
        if ((this.price[row] as number) < 0 && (this.activity[row] as number) > (this.high[row] as number))
          rows.add(row);
      }
    }
    return [...rows];
  }

  /** Whether every hard limit holds. */
  feasible(): boolean {
    return this.activity.every((value, row) => (this.price[row] as number) >= 0 || value <= (this.high[row] as number));
  }

  /** Z, as `Scale` defines it. */
  objective(): number {
    const { mean, tail, factor } = this.model.scale;
    return mean * this.lossSum + (tail === 0 ? 0 : tail * tailSum(this.scenarioLoss)) + factor * this.prices;
  }
}
