/**
 * How the objective is written in whole numbers. With K scenarios, lambda = t / g in lowest terms, and money in `unit` minor units,
 *
 *   Z = sum over k of (g - t) S_k  +  t * sum over k of q_k S_k  +  K g * (prices)
 *
 * where S_k is the loss in scenario k and q are the tail weights: whole numbers from 0 to 10 that sum to K, largest on the worst
 * scenarios. Z divided by `factor` = K g is (1 - lambda) * mean loss + lambda * CVaR + prices, for the CVaR at 0.9 is the mean over
 * the worst tenth: sum of q_k S_k / K (Rockafellar and Uryasev, "Optimization of conditional value-at-risk", 2000, in its dual
 * form). Nothing is rounded but money to `unit`, which is 1 unless sums would leave the numbers that are exact.
 */
export interface Scale {
  readonly scenarios: number;
  /** Minor units in one unit of money. */
  readonly unit: number;
  /** Z is so many times the units of money that it stands for. */
  readonly factor: number;
  /** g - t. */
  readonly mean: number;
  /** t. */
  readonly tail: number;
}

/** A scenario bears at most ten times its share of the tail: 1 / (1 - alpha) with alpha = 0.9. */
export const TAIL_LIMIT = 10;

/** Sums stay below this, so that additions of doubles are exact. */
const LARGEST = 2 ** 49;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** @param most the largest loss and price, in minor units, that any plan could come to. */
export function scaleFor(lambdaBasisPoints: number, scenarios: number, most: number): Scale {
  const common = greatestCommonDivisor(10_000, lambdaBasisPoints);
  const whole = 10_000 / common;
  const tail = lambdaBasisPoints / common;
  const factor = scenarios * whole;
  let unit = 1;
  while ((most / unit + 1) * factor > LARGEST) unit *= 10;
  return { scenarios, unit, factor, mean: whole - tail, tail };
}

/** An amount in units of money, rounded to the nearest. */
export function inUnits(minorUnits: number, { unit }: Scale): number {
  return unit === 1 ? minorUnits : Math.floor((minorUnits + unit / 2) / unit);
}

/** What a value of the objective stands for, in minor units, rounded down. */
export function minorUnitsOf(objective: number | bigint, { factor, unit }: Scale): number {
  const scaled = BigInt(objective) * BigInt(unit);
  const size = BigInt(factor);
  const whole = scaled / size;
  return Number(scaled < 0n && whole * size !== scaled ? whole - 1n : whole);
}

/**
 * The tail weights of scenario losses: from the worst scenario down, ten each until they sum to the number of scenarios; the
 * earlier scenario first among equals.
 */
export function tailWeights(losses: ArrayLike<number>): number[] {
  const weights = Array.from({ length: losses.length }, () => 0);
  const worst = weights.map((_, k) => k).sort((a, b) => (losses[b] ?? 0) - (losses[a] ?? 0) || a - b);
  let left = losses.length;
  for (const k of worst) {
    const weight = Math.min(TAIL_LIMIT, left);
    weights[k] = weight;
    left -= weight;
  }
  return weights;
}
