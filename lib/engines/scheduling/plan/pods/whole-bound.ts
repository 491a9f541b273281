import { WEIGHT_SCALE } from '../price-ascent.ts';
import type { Whole } from './whole.ts';

/** Prices as a certificate holds them: scenario weights and multipliers by row, both in whole thousandths. */
export interface WholePrices {
  readonly weights: readonly number[];
  readonly multipliers: readonly { readonly row: string; readonly value: number }[];
}

/** Names every limit of a whole request by its row. */
export function rowsByName({ rows }: Whole): Map<string, number> {
  return new Map(rows.rows.map(({ name }, row) => [name, row]));
}

/**
 * The bound that weights and multipliers prove for a whole request, in whole numbers: the sum of `provenBound`, shift by shift. Whatever the
 * weights (of a tail) and multipliers (not negative, for a soft limit cut to its price), no plan is below it.
 */
export function wholeBound(whole: Whole, { weights, multipliers }: WholePrices): bigint {
  const { rows, scale, takings, losses, offerLoss, offerTaking, touches } = whole;
  const places = rowsByName(whole);
  const perUnit = BigInt(WEIGHT_SCALE);
  const factor = BigInt(scale.factor) * perUnit;
  const price = new Map<number, bigint>();
  let limits = 0n;
  for (const { row: name, value } of multipliers) {
    const row = places.get(name);
    if (row === undefined || value <= 0) continue;
    const most = rows.price[row] as number;
    const cut = most < 0 ? BigInt(value) : min(BigInt(value), BigInt(most) * factor);
    price.set(row, cut);
    limits += cut * BigInt(rows.rows[row]?.high ?? 0);
  }
  // Sums of all prices before each row: what a range of rows asks is the difference of two.
  const upTo: bigint[] = [0n];
  for (let row = 0; row < rows.rows.length; row += 1) upTo.push((upTo[row] ?? 0n) + (price.get(row) ?? 0n));
  const factors = weights.map((weight) => BigInt(scale.mean * WEIGHT_SCALE) + BigInt(scale.tail) * BigInt(weight));
  const classes = new Map<number, bigint>();
  const lossCost = (place: number): bigint => {
    const known = classes.get(place);
    if (known !== undefined) return known;
    let cost = 0n;
    for (const [k, weight] of factors.entries()) cost += weight * BigInt(losses[place * scale.scenarios + k] ?? 0);
    classes.set(place, cost);
    return cost;
  };
  const takingCost = (taking: number, bucket: number): bigint => {
    const { minutes, reserve, isRescue } = takings[taking] as (typeof takings)[number];
    let perMinute = price.get(rows.halfDay[bucket] ?? -1) ?? 0n;
    for (const edge of edges[taking] ?? []) perMinute += price.get(edge + (rows.placeInShift[bucket] ?? 0)) ?? 0n;
    const week = (price.get(rows.week[bucket] ?? -1) ?? 0n) + (price.get(rows.fairness[bucket] ?? -1) ?? 0n);
    const single =
      (price.get(rows.consecutive[bucket] ?? -1) ?? 0n) +
      (price.get(rows.afterHours[bucket] ?? -1) ?? 0n) +
      (isRescue ? (price.get(rows.rescue[bucket] ?? -1) ?? 0n) : 0n);
    return BigInt(reserve) * perMinute + BigInt(minutes) * week + single;
  };
  const edges = takings.map((taking) => rows.edgesOf(taking.shift, taking));
  const least = takings.map(({ buckets }, taking) => {
    let cheapest: bigint | undefined;
    for (const bucket of buckets) {
      const cost = takingCost(taking, bucket);
      if (cheapest === undefined || cost < cheapest) cheapest = cost;
    }
    return cheapest ?? 0n;
  });
  let terms = 0n;
  for (const [touch, own] of touches.entries()) {
    const served = price.get(rows.floor[touch] ?? -1) ?? 0n;
    const offerCost = (offer: number): bigint => {
      let cost = lossCost(offerLoss[offer] ?? 0) - served;
      for (let at = rows.rangeBegin[offer] ?? 0; at < (rows.rangeBegin[offer + 1] ?? 0); at += 1) {
        const paid = (upTo[rows.rangeTo[at] ?? 0] ?? 0n) - (upTo[rows.rangeFrom[at] ?? 0] ?? 0n);
        cost += rows.rangeSign[at] === 1 ? paid : -paid;
      }
      return cost;
    };
    let cheapest: bigint | undefined;
    const offer = (cost: bigint): void => {
      if (cheapest === undefined || cost < cheapest) cheapest = cost;
    };
    if (own.deferredLoss >= 0) offer(lossCost(own.deferredLoss) + factor * BigInt(own.deferredPrice));
    for (let at = own.begin; at < own.end; at += 1)
      offer(offerCost(at) + factor * BigInt(own.price) + (least[offerTaking[at] ?? -1] ?? 0n));
    for (const { offer: at, bucket, price: comes } of own.specials)
      offer(offerCost(at) + factor * BigInt(comes) + takingCost(offerTaking[at] ?? -1, bucket));
    terms += cheapest ?? 0n;
  }
  const total = terms - limits;
  const whole1 = total / perUnit;
  return total > 0n && whole1 * perUnit !== total ? whole1 + 1n : whole1;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
