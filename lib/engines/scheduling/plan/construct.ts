import type { Model, ModelTouch } from './model.ts';
import { State } from './state.ts';

/** Sum of a column's losses over the scenarios, in units of money. */
function lossSum(model: Model, column: number): number {
  const count = model.scale.scenarios;
  const from = (model.columnLoss[column] as number) * count;
  let sum = 0;
  for (let k = 0; k < count; k += 1) sum += model.losses[from + k] as number;
  return sum;
}

/** Touches in an order in which predecessors come before those that follow them, and otherwise by a key, the largest first. */
export function inOrder(touches: readonly Pick<ModelTouch, 'touch' | 'fixed'>[], key: Float64Array): number[] {
  const places = new Map(touches.map(({ touch }, place) => [touch.id, place]));
  const order: number[] = [];
  const taken = new Uint8Array(touches.length);
  const take = (place: number): void => {
    // The chain up to the first one that is not taken yet; there are no circles.
    const chain: number[] = [];
    for (let at: number | undefined = place; at !== undefined && taken[at] === 0; ) {
      taken[at] = 1;
      chain.push(at);
      const after: string | undefined = touches[at]?.touch.after;
      at = after === undefined ? undefined : places.get(after);
    }
    order.push(...chain.reverse());
  };
  const sorted = [...key.keys()].sort((a, b) => (key[b] as number) - (key[a] as number) || a - b);
  for (const place of sorted) if (touches[place]?.fixed === true) take(place);
  for (const place of sorted) take(place);
  return order;
}

function fill(model: Model, order: readonly number[], measure: (column: number) => number): Int32Array {
  const state = new State(model);
  for (const { begin, fixed } of model.touches) if (fixed) state.put(begin);
  for (const place of order) {
    const { begin, end, fixed } = model.touches[place] ?? { begin: 0, end: 0, fixed: true };
    if (fixed) continue;
    let chosen = end - 1;
    let least = measure(chosen);
    for (let column = begin; column < end - 1; column += 1) {
      const value = measure(column);
      if (value < least && state.fits(column)) {
        least = value;
        chosen = column;
      }
    }
    state.put(chosen);
  }
  return state.choice;
}

/**
 * The constructive rule: touches by the loss that serving them averts per minute, each into the half-day that costs least.
 */
export function byLossAverted(model: Model): Int32Array {
  const cost = (column: number): number =>
    lossSum(model, column) + model.scale.scenarios * (model.columnPrice[column] as number);
  const key = Float64Array.from(model.touches, ({ touch, begin, end }) => {
    let best = Number.POSITIVE_INFINITY;
    for (let column = begin; column < end; column += 1) best = Math.min(best, cost(column));
    return Math.floor((cost(end - 1) - best) / touch.minutes.p80);
  });
  return fill(model, inOrder(model.touches, key), cost);
}

/** Touches by what they stand to lose at the prices of the limits, each into the column that is cheapest at these prices. */
export function byPrices(model: Model, reduced: Float64Array): Int32Array {
  const key = Float64Array.from(model.touches, ({ touch, begin, end }) => {
    const sorted = Array.from(reduced.subarray(begin, end)).sort((a, b) => a - b);
    // Regret over the next few places: who loses most by coming late goes first.
    return Math.floor(((sorted[Math.min(4, sorted.length - 1)] ?? 0) * 1_000) / touch.minutes.p80);
  });
  return fill(model, inOrder(model.touches, key), (column) => reduced[column] as number);
}

/**
 * A plan from a solution of the linear relaxation: touches that it places as a whole go there first, the rest where it gives them
 * most, and else where the prices of the limits say.
 */
export function inPromisedOrder(model: Model, values: Float64Array, reduced: Float64Array): Int32Array {
  const key = Float64Array.from(model.touches, ({ begin, end }) =>
    values.subarray(begin, end).reduce((a, b) => Math.max(a, b), 0),
  );
  // A column that the relaxation uses comes before every one that it does not.
  const dearest = reduced.reduce((a, b) => Math.max(a, b), 1);
  return fill(
    model,
    inOrder(model.touches, key),
    (column) => (reduced[column] as number) - (values[column] as number) * dearest,
  );
}

/**
 * The plain rule that plans are held against: the touch with the most revenue at risk first (its loss in an average month if it
 * were deferred), into the earliest half-day that is free, with the preferred rep where they have one then. It keeps every limit.
 */
export function highestRiskFirst(model: Model): Int32Array {
  const key = Float64Array.from(model.touches, ({ end }) => lossSum(model, end - 1));
  const state = new State(model);
  for (const { begin, fixed } of model.touches) if (fixed) state.put(begin);
  const { buckets, columnBucket, columnPrice } = model;
  for (const place of inOrder(model.touches, key)) {
    const { begin, end, fixed } = model.touches[place] ?? { begin: 0, end: 0, fixed: true };
    if (fixed) continue;
    let chosen = end - 1;
    let earliest = Number.POSITIVE_INFINITY;
    let price = 0;
    for (let column = begin; column < end - 1; column += 1) {
      const start = buckets[columnBucket[column] as number]?.start ?? 0;
      const own = columnPrice[column] as number;
      if ((start < earliest || (start === earliest && own < price)) && state.fits(column)) {
        earliest = start;
        price = own;
        chosen = column;
      }
    }
    state.put(chosen);
  }
  return state.choice;
}
