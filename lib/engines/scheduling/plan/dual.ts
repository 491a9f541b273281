import type { Model } from './model.ts';
import { TAIL_LIMIT, tailWeights } from './scale.ts';

/** Tail weights and multipliers of a certificate are written in thousandths. */
export const WEIGHT_SCALE = 1_000;

/** Multipliers stay below this, so that thousandths of them are exact numbers. */
export const LARGEST_MULTIPLIER = 2 ** 42;

/** Prices of the limits, and weights of the scenarios: whatever they are, they prove a bound; good ones prove a good one. */
export interface Duals {
  /** In thousandths, each from 0 to 10,000, in sum 1,000 for each scenario. */
  readonly weights: readonly number[];
  /** What one unit more of each row would save, in units of the objective; never negative, for soft rows at most their price. */
  readonly multipliers: Float64Array;
}

export interface Ascent extends Duals {
  /** The bound that floating-point numbers show; the certificate computes it anew in whole ones. */
  readonly bound: number;
  /** What each column costs beyond the cheapest of its touch at these prices. */
  readonly reduced: Float64Array;
  readonly rounds: number;
}

/**
 * Improves prices of the limits round by round: each round lets every touch take its cheapest column at the current prices, and
 * then raises the prices of limits that are exceeded and lowers those of limits with room. The bound of a round is
 *
 *   L = sum over touches of min over columns (cost + sum of multiplier * coefficient) - sum of multiplier * high.
 *
 * The direction is an average over rounds, the step is scaled by the distance to the best known plan. Source: F. Barahona and
 * R. Anbil, "The volume algorithm", Mathematical Programming 87 (2000). Floating-point numbers do no harm: the bound that counts is
 * computed from the rounded prices in whole numbers, and any prices give a valid one.
 */
export class PriceSearch {
  private readonly model: Model;
  private readonly most: Float64Array;
  private readonly high: Float64Array;
  /** The largest coefficient of each row: minutes and touches are made alike before steps are taken along them. */
  private readonly size: Float64Array;
  private readonly sums: Float64Array;
  private readonly lossCost: Float64Array;
  private weights: number[];
  private best: Float64Array;
  private bestBound = Number.NEGATIVE_INFINITY;
  private bestWeights: number[];

  constructor(model: Model, scenarioLoss: Float64Array, start?: Duals) {
    this.model = model;
    const { factor } = model.scale;
    this.most = Float64Array.from(model.rows, ({ price }) =>
      Math.min(LARGEST_MULTIPLIER, (price ?? LARGEST_MULTIPLIER) * factor),
    );
    this.high = Float64Array.from(model.rows, ({ high }) => high);
    this.size = new Float64Array(model.rows.length).fill(1);
    for (const [at, row] of model.entryRow.entries())
      this.size[row] = Math.max(this.size[row] as number, Math.abs(model.entryCoefficient[at] as number));
    this.sums = new Float64Array(model.scale.scenarios);
    this.lossCost = new Float64Array(model.losses.length / model.scale.scenarios);
    this.weights = start?.weights.map((weight) => weight / WEIGHT_SCALE) ?? tailWeights(scenarioLoss);
    this.bestWeights = this.weights;
    this.best = start === undefined ? new Float64Array(model.rows.length) : Float64Array.from(start.multipliers);
  }

  /** @param target the value of the best plan known. */
  improve(rounds: number, target: number): Ascent {
    const { model } = this;
    const count = model.rows.length;
    const gradient = new Float64Array(count);
    const direction = new Float64Array(count);
    const trial = Float64Array.from(this.best);
    const averages = new Float64Array(this.sums.length);
    let step = 1;
    let idle = 0;
    let begun = false;
    this.costLosses();
    let done = 0;
    for (; done < rounds; done += 1) {
      const bound = this.evaluate(trial, gradient);
      const keep = begun ? 0.9 : 0;
      for (let row = 0; row < count; row += 1)
        direction[row] = keep * (direction[row] as number) + (1 - keep) * (gradient[row] as number);
      for (let k = 0; k < averages.length; k += 1)
        averages[k] = keep * (averages[k] as number) + (1 - keep) * (this.sums[k] as number);
      begun = true;
      if (bound > this.bestBound) {
        if (bound - this.bestBound > 1e-5 * Math.abs(target)) idle = 0;
        else idle += 1;
        this.bestBound = bound;
        this.best.set(trial);
        this.bestWeights = this.weights;
        step = Math.min(2, step * 1.05);
      } else idle += 1;
      if (idle >= 15) {
        step *= 0.7;
        idle = 0;
      }
      if (target - this.bestBound <= 1e-7 * Math.abs(target) || step < 1e-4) break;
      if (done % 25 === 24) this.mixWeights(averages);
      let norm = 0;
      for (let row = 0; row < count; row += 1) {
        const towards = (direction[row] as number) / (this.size[row] as number);
        const at = this.best[row] as number;
        if (!((at <= 0 && towards < 0) || (at >= (this.most[row] as number) && towards > 0))) norm += towards * towards;
      }
      if (norm === 0) break;
      const length = (step * Math.max(target - bound, 1e-6 * Math.abs(target))) / norm;
      for (let row = 0; row < count; row += 1) {
        const size = this.size[row] as number;
        const moved = (this.best[row] as number) + (length * (direction[row] as number)) / (size * size);
        trial[row] = moved <= 0 ? 0 : Math.min(moved, this.most[row] as number);
      }
    }
    return { ...this.rounded(), bound: this.bestBound, reduced: this.reducedCosts(), rounds: done };
  }

  /** Moves the scenario weights a little towards the tail of what the columns at these prices come to. */
  private mixWeights(averages: Float64Array): void {
    if (this.model.scale.tail === 0) return;
    const tail = tailWeights(averages);
    const mixed = this.bestWeights.map((weight, k) => 0.8 * weight + 0.2 * (tail[k] ?? 0));
    if (mixed.every((weight, k) => Math.abs(weight - (this.weights[k] ?? 0)) < 1e-3)) return;
    this.weights = mixed;
    this.costLosses();
    const bound = this.evaluate(this.best, new Float64Array(this.model.rows.length));
    if (bound > this.bestBound) {
      this.bestBound = bound;
      this.bestWeights = mixed;
      return;
    }
    this.weights = this.bestWeights;
    this.costLosses();
  }

  private costLosses(): void {
    const { losses, scale } = this.model;
    const factors = this.weights.map((weight) => scale.mean + scale.tail * weight);
    for (let place = 0; place < this.lossCost.length; place += 1) {
      let cost = 0;
      const from = place * scale.scenarios;
      for (let k = 0; k < factors.length; k += 1) cost += (factors[k] as number) * (losses[from + k] as number);
      this.lossCost[place] = cost;
    }
  }

  private costOf(column: number, multipliers: Float64Array): number {
    const { entryBegin, entryRow, entryCoefficient, columnLoss, columnPrice, scale } = this.model;
    let cost = (this.lossCost[columnLoss[column] as number] as number) + scale.factor * (columnPrice[column] as number);
    const stop = entryBegin[column + 1] as number;
    for (let at = entryBegin[column] as number; at < stop; at += 1)
      cost += (multipliers[entryRow[at] as number] as number) * (entryCoefficient[at] as number);
    return cost;
  }

  /** The bound at some prices, and by how much the touches' cheapest columns exceed each row. */
  private evaluate(multipliers: Float64Array, gradient: Float64Array): number {
    const { touches, entryBegin, entryRow, entryCoefficient, losses, columnLoss } = this.model;
    const count = this.sums.length;
    this.sums.fill(0);
    let bound = 0;
    for (let row = 0; row < gradient.length; row += 1) {
      gradient[row] = -(this.high[row] as number);
      bound -= (multipliers[row] as number) * (this.high[row] as number);
    }
    for (const { begin, end } of touches) {
      let least = Number.POSITIVE_INFINITY;
      let chosen = begin;
      for (let column = begin; column < end; column += 1) {
        const cost = this.costOf(column, multipliers);
        if (cost < least) {
          least = cost;
          chosen = column;
        }
      }
      bound += least;
      const stop = entryBegin[chosen + 1] as number;
      for (let at = entryBegin[chosen] as number; at < stop; at += 1) {
        const row = entryRow[at] as number;
        gradient[row] = (gradient[row] as number) + (entryCoefficient[at] as number);
      }
      const from = (columnLoss[chosen] as number) * count;
      for (let k = 0; k < count; k += 1) this.sums[k] = (this.sums[k] as number) + (losses[from + k] as number);
    }
    return bound;
  }

  private reducedCosts(): Float64Array {
    const { model } = this;
    this.weights = this.bestWeights;
    this.costLosses();
    const reduced = new Float64Array(model.columnTouch.length);
    for (const { begin, end } of model.touches) {
      let least = Number.POSITIVE_INFINITY;
      for (let column = begin; column < end; column += 1) {
        const cost = this.costOf(column, this.best);
        reduced[column] = cost;
        least = Math.min(least, cost);
      }
      for (let column = begin; column < end; column += 1) reduced[column] = (reduced[column] as number) - least;
    }
    return reduced;
  }

  /** The best prices in whole thousandths. */
  private rounded(): Duals {
    return {
      weights: wholeWeights(this.bestWeights),
      multipliers: this.best.map((multiplier, row) =>
        Math.min(Math.round(multiplier * WEIGHT_SCALE) / WEIGHT_SCALE, this.most[row] as number),
      ),
    };
  }
}

/** Weights in thousandths that sum to a thousand each: rounded down, what is missing goes to the first with room. */
function wholeWeights(weights: readonly number[]): number[] {
  const whole = weights.map((weight) =>
    Math.min(TAIL_LIMIT * WEIGHT_SCALE, Math.max(0, Math.floor(weight * WEIGHT_SCALE))),
  );
  let missing = weights.length * WEIGHT_SCALE - whole.reduce((sum, weight) => sum + weight, 0);
  for (let k = 0; k < whole.length && missing > 0; k += 1) {
    const room = Math.min(missing, TAIL_LIMIT * WEIGHT_SCALE - (whole[k] ?? 0));
    whole[k] = (whole[k] ?? 0) + room;
    missing -= room;
  }
  return whole;
}
