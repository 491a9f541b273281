import { type Duals, WEIGHT_SCALE } from './dual.ts';
import type { Model } from './model.ts';
import { TAIL_LIMIT } from './scale.ts';

/** What proves how much better any plan could be. Whoever holds the request can check it without a solver. */
export interface PlanCertificate {
  readonly format: 'countersign/plan-certificate/1';
  /** Digest of the request in its canonical order. */
  readonly request: string;
  /** Value of the plan: Z, as the scale in the plan defines it. */
  readonly objective: number;
  /** No plan of this request is below it. */
  readonly bound: number;
  readonly gapBasisPoints: number;
  /** Weights of the scenarios in thousandths: 0 to 10,000 each, 1,000 for each scenario in sum. */
  readonly scenarioWeights: readonly number[];
  /** Prices of limits, in thousandths of the objective for one unit of the limit; limits that are not named have none. */
  readonly multipliers: readonly { readonly row: string; readonly value: number }[];
  /** Of a plan that was made in pods: how each of them came out by itself. The bound is one on all plans of the whole request. */
  readonly pods?: readonly { readonly pod: string; readonly touches: number; readonly gapBasisPoints?: number }[];
}

/** Whether weights are ones that a tail can have; others prove nothing. */
export function weightsAreValid(weights: readonly number[], scenarios: number): boolean {
  return (
    weights.length === scenarios &&
    weights.every((weight) => Number.isSafeInteger(weight) && weight >= 0 && weight <= TAIL_LIMIT * WEIGHT_SCALE) &&
    weights.reduce((sum, weight) => sum + weight, 0) === scenarios * WEIGHT_SCALE
  );
}

/**
 * The bound that weights and multipliers prove, in whole numbers without rounding but for the last step, upwards, since every plan
 * has a whole value:
 *
 *   L = sum over touches of min over columns (cost at these weights + sum of multiplier * coefficient) - sum of multiplier * high
 *
 * Valid whatever they are: the tail weights are one of those over which CVaR is the maximum; a limit's excess, where it is allowed,
 * costs at least its multiplier, which is cut to its price; and where every limit holds, the sums of multipliers are not positive.
 */
export function provenBound(model: Model, duals: Duals): bigint {
  return ceilDivided(touchTerms(model, duals) - limitTerms(model, duals), BigInt(WEIGHT_SCALE));
}

/** The touches' part of the bound, in thousandths. */
export function touchTerms(model: Model, { weights, multipliers }: Duals): bigint {
  const { scale, losses, entryBegin, entryRow, entryCoefficient, columnLoss, columnPrice } = model;
  const factors = weights.map((weight) => BigInt(scale.mean * WEIGHT_SCALE) + BigInt(scale.tail) * BigInt(weight));
  const classes = new Map<number, bigint>();
  const classCost = (place: number): bigint => {
    const known = classes.get(place);
    if (known !== undefined) return known;
    let cost = 0n;
    for (const [k, factor] of factors.entries()) cost += factor * BigInt(losses[place * scale.scenarios + k] ?? 0);
    classes.set(place, cost);
    return cost;
  };
  const prices = Array.from(priceable(model, multipliers), BigInt);
  const perUnit = BigInt(WEIGHT_SCALE);
  const factor = BigInt(scale.factor) * perUnit;
  let total = 0n;
  for (const { begin, end } of model.touches) {
    let least: bigint | undefined;
    for (let column = begin; column < end; column += 1) {
      let paid = 0n;
      for (let at = entryBegin[column] ?? 0; at < (entryBegin[column + 1] ?? 0); at += 1) {
        const price = prices[entryRow[at] ?? 0] ?? 0n;
        if (price !== 0n) paid += price * BigInt(entryCoefficient[at] ?? 0);
      }
      const cost = classCost(columnLoss[column] ?? 0) + factor * BigInt(columnPrice[column] ?? 0) + paid;
      if (least === undefined || cost < least) least = cost;
    }
    total += least ?? 0n;
  }
  return total;
}

/** The limits' part of the bound, in thousandths. */
export function limitTerms(model: Model, { multipliers }: Duals): bigint {
  const prices = priceable(model, multipliers);
  let total = 0n;
  for (const [row, { high }] of model.rows.entries()) total += BigInt(prices[row] ?? 0) * BigInt(high);
  return total;
}

/** Multipliers as they may count: whole thousandths, not negative, and for a soft limit no more than its price. */
function priceable(model: Model, multipliers: Float64Array): Float64Array {
  return Float64Array.from(model.rows, ({ price }, row) => {
    const value = Math.max(0, Math.round((multipliers[row] ?? 0) * WEIGHT_SCALE));
    return price === undefined ? value : Math.min(value, price * model.scale.factor * WEIGHT_SCALE);
  });
}

function ceilDivided(value: bigint, by: bigint): bigint {
  const whole = value / by;
  return value > 0n && whole * by !== value ? whole + 1n : whole;
}
