import { type Scale, TAIL_LIMIT, tailWeights } from './scale.ts';

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

/** Limits to be priced: what touches take of them at some prices. */
export interface Priced {
  /** The largest multiplier of each limit. */
  readonly most: Float64Array;
  /** The largest coefficient of each row: minutes and touches are made alike before steps are taken along them. */
  readonly size: Float64Array;
  readonly scenarios: number;
  /** Weight of the tail in the objective; without one, scenario weights do not matter. */
  readonly tail: number;
  /** Weighs the scenarios; weights are around 1, and sum to their number. */
  weigh(weights: readonly number[]): void;
  /**
   * The bound at some prices. Writes by how much the touches' cheapest columns exceed each row, and their losses by scenario.
   * @param slack columns that are dearer than the cheapest by no more than this may share its touches: many reps are alike, and none of
   *   them is to get all of the work. The bound is that of the cheapest.
   */
  evaluate(multipliers: Float64Array, gradient: Float64Array, sums: Float64Array, slack: number): number;
}

/** What each delay class of losses costs with the scenarios weighed so. @param into one number for each class. */
export function weighLosses(
  { losses, scale }: { readonly losses: Float64Array; readonly scale: Scale },
  weights: readonly number[],
  into: Float64Array,
): void {
  const factors = weights.map((weight) => scale.mean + scale.tail * weight);
  for (let place = 0; place < into.length; place += 1) {
    let cost = 0;
    const from = place * scale.scenarios;
    for (let k = 0; k < factors.length; k += 1) cost += (factors[k] as number) * (losses[from + k] as number);
    into[place] = cost;
  }
}

/** Where an ascent has come to. */
export interface Reached extends Duals {
  readonly bound: number;
  /** Scenario weights before they are rounded. */
  readonly exactWeights: readonly number[];
  readonly exactMultipliers: Float64Array;
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
export class PriceAscent {
  private readonly limits: Priced;
  private readonly sums: Float64Array;
  private weights: readonly number[];
  private best: Float64Array;
  private bestBound = Number.NEGATIVE_INFINITY;
  private bestWeights: readonly number[];

  /** @param scenarioLoss of a known plan: the first weights are those of its tail, unless there is a start. */
  constructor(limits: Priced, scenarioLoss: ArrayLike<number>, start?: Duals) {
    this.limits = limits;
    this.sums = new Float64Array(limits.scenarios);
    this.weights = start?.weights.map((weight) => weight / WEIGHT_SCALE) ?? tailWeights(scenarioLoss);
    this.bestWeights = this.weights;
    this.best = start === undefined ? new Float64Array(limits.most.length) : Float64Array.from(start.multipliers);
  }

  /** @param target the value of the best plan known. */
  improve(rounds: number, target: number, slackShare = 0): Reached {
    const { limits } = this;
    const { most, size } = limits;
    const count = most.length;
    const gradient = new Float64Array(count);
    const direction = new Float64Array(count);
    const trial = Float64Array.from(this.best);
    const averages = new Float64Array(this.sums.length);
    let step = 1;
    let idle = 0;
    let begun = false;
    limits.weigh(this.weights);
    let done = 0;
    for (; done < rounds; done += 1) {
      const slack = slackShare * Math.max(0, target - this.bestBound);
      const bound = limits.evaluate(
        trial,
        gradient,
        this.sums,
        Number.isFinite(slack) ? slack : slackShare * target * 0.05,
      );
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
        const towards = (direction[row] as number) / (size[row] as number);
        const at = this.best[row] as number;
        if (!((at <= 0 && towards < 0) || (at >= (most[row] as number) && towards > 0))) norm += towards * towards;
      }
      if (norm === 0) break;
      const length = (step * Math.max(target - bound, 1e-6 * Math.abs(target))) / norm;
      for (let row = 0; row < count; row += 1) {
        const scale = size[row] as number;
        const moved = (this.best[row] as number) + (length * (direction[row] as number)) / (scale * scale);
        trial[row] = moved <= 0 ? 0 : Math.min(moved, most[row] as number);
      }
    }
    return {
      ...this.rounded(),
      bound: this.bestBound,
      exactWeights: this.bestWeights,
      exactMultipliers: this.best,
      rounds: done,
    };
  }

  /** Moves the scenario weights a little towards the tail of what the columns at these prices come to. */
  private mixWeights(averages: Float64Array): void {
    const { limits } = this;
    if (limits.tail === 0) return;
    const tail = tailWeights(averages);
    const mixed = this.bestWeights.map((weight, k) => 0.8 * weight + 0.2 * (tail[k] ?? 0));
    if (mixed.every((weight, k) => Math.abs(weight - (this.weights[k] ?? 0)) < 1e-3)) return;
    this.weights = mixed;
    limits.weigh(mixed);
    const bound = limits.evaluate(this.best, new Float64Array(limits.most.length), this.sums, 0);
    if (bound > this.bestBound) {
      this.bestBound = bound;
      this.bestWeights = mixed;
      return;
    }
    this.weights = this.bestWeights;
    limits.weigh(this.weights);
  }

  /** The best prices in whole thousandths. */
  private rounded(): Duals {
    return {
      weights: wholeWeights(this.bestWeights),
      multipliers: this.best.map((multiplier, row) =>
        Math.min(Math.round(multiplier * WEIGHT_SCALE) / WEIGHT_SCALE, this.limits.most[row] as number),
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
