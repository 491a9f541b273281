import type { Model } from './model.ts';
import { type Duals, LARGEST_MULTIPLIER, PriceAscent, type Priced, WEIGHT_SCALE, weighLosses } from './price-ascent.ts';

export { type Duals, LARGEST_MULTIPLIER, WEIGHT_SCALE };

export interface Ascent extends Duals {
  /** The bound that floating-point numbers show; the certificate computes it anew in whole ones. */
  readonly bound: number;
  /** What each column costs beyond the cheapest of its touch at these prices. */
  readonly reduced: Float64Array;
  readonly rounds: number;
}

/** The limits of a model, priced column by column. */
class ModelLimits implements Priced {
  readonly most: Float64Array;
  readonly size: Float64Array;
  readonly scenarios: number;
  readonly tail: number;
  private readonly model: Model;
  private readonly high: Float64Array;
  private readonly lossCost: Float64Array;

  constructor(model: Model) {
    this.model = model;
    const { factor, scenarios, tail } = model.scale;
    this.scenarios = scenarios;
    this.tail = tail;
    this.most = Float64Array.from(model.rows, ({ price }) =>
      Math.min(LARGEST_MULTIPLIER, (price ?? LARGEST_MULTIPLIER) * factor),
    );
    this.high = Float64Array.from(model.rows, ({ high }) => high);
    this.size = new Float64Array(model.rows.length).fill(1);
    for (const [at, row] of model.entryRow.entries())
      this.size[row] = Math.max(this.size[row] as number, Math.abs(model.entryCoefficient[at] as number));
    this.lossCost = new Float64Array(model.losses.length / scenarios);
  }

  weigh(weights: readonly number[]): void {
    weighLosses(this.model, weights, this.lossCost);
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
  evaluate(multipliers: Float64Array, gradient: Float64Array, sums: Float64Array): number {
    const { touches, entryBegin, entryRow, entryCoefficient, losses, columnLoss } = this.model;
    const count = sums.length;
    sums.fill(0);
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
      for (let k = 0; k < count; k += 1) sums[k] = (sums[k] as number) + (losses[from + k] as number);
    }
    return bound;
  }

  /** What each column costs beyond the cheapest of its touch. */
  reducedCosts(weights: readonly number[], multipliers: Float64Array): Float64Array {
    const { model } = this;
    this.weigh(weights);
    const reduced = new Float64Array(model.columnTouch.length);
    for (const { begin, end } of model.touches) {
      let least = Number.POSITIVE_INFINITY;
      for (let column = begin; column < end; column += 1) {
        const cost = this.costOf(column, multipliers);
        reduced[column] = cost;
        least = Math.min(least, cost);
      }
      for (let column = begin; column < end; column += 1) reduced[column] = (reduced[column] as number) - least;
    }
    return reduced;
  }
}

/** Improves the prices of a model's limits, from given ones or from none. */
export class PriceSearch {
  private readonly limits: ModelLimits;
  private readonly ascent: PriceAscent;

  constructor(model: Model, scenarioLoss: Float64Array, start?: Duals) {
    this.limits = new ModelLimits(model);
    this.ascent = new PriceAscent(this.limits, scenarioLoss, start);
  }

  /** @param target the value of the best plan known. */
  improve(rounds: number, target: number): Ascent {
    const { exactWeights, exactMultipliers, ...reached } = this.ascent.improve(rounds, target);
    return { ...reached, reduced: this.limits.reducedCosts(exactWeights, exactMultipliers) };
  }
}
