import { randomFrom } from '../../random.ts';
import { withoutDoubleBookings } from '../double-bookings.ts';
import { PriceSearch } from '../dual.ts';
import { instantOfMinute } from '../local-time.ts';
import type { Model } from '../model.ts';
import { type Duals, PriceAscent, type Reached, WEIGHT_SCALE } from '../price-ascent.ts';
import { tailWeights } from '../scale.ts';
import { LocalSearch } from '../search.ts';
import { State } from '../state.ts';
import { choiceOf, chosenIn, narrowDuals, narrowModel } from './narrow.ts';
import type { PodPlanned, WholeImproved } from './pod-work.ts';
import type { Whole } from './whole.ts';
import { rowsByName, type WholePrices } from './whole-bound.ts';
import { WholeLimits } from './whole-limits.ts';
import { wholeValue } from './whole-value.ts';

/** Part of what is not proved yet by which half-days may differ and still share touches, while prices are looked for. */
const SLACK = 0.25;
/** Rounds over the whole for each one that a pod may have: pods get better prices from the linear solver, the whole has rounds alone. */
const ROUNDS = 2;
/** One in so many of the rounds shows which prices to begin with. */
const TRIED = 8;
/** Prices are good enough when what they prove is within this part of the pods' plans. */
const NEAR = 100;
/** Runs of local search over the whole, each from the best plan so far. */
const RUNS = 3;

/**
 * The prices of all pods' limits together. A floor belongs to every pod; its price is the least of theirs, for one pod that cannot keep it
 * by itself says nothing about the whole.
 */
function sharedPrices(whole: Whole, pods: readonly PodPlanned[]): Float64Array {
  const places = rowsByName(whole);
  const prices = new Float64Array(whole.rows.rows.length);
  const floors = new Map<number, number[]>();
  for (const { multipliers, unit } of pods) {
    for (const { row, value } of multipliers) {
      const place = places.get(row);
      if (place === undefined) continue;
      const price = (value * unit) / whole.scale.unit / WEIGHT_SCALE;
      if (whole.rows.rows[place]?.kind === 'floor') floors.set(place, [...(floors.get(place) ?? []), price]);
      else prices[place] = (prices[place] as number) + price;
    }
  }
  for (const [place, all] of floors) if (all.length === pods.length) prices[place] = Math.min(...all);
  const { factor } = whole.scale;
  return prices.map((price, row) => {
    const most = whole.rows.price[row] as number;
    return most < 0 ? price : Math.min(price, most * factor);
  });
}

/**
 * Looks for prices from those of the pods and from none: a few rounds each, then the better one goes on, and the other one as well where
 * the first does not come near the pods' plans.
 */
function bestPrices(whole: Whole, pods: readonly PodPlanned[], losses: Float64Array, target: number): Reached {
  const rounds = Math.max(2, ROUNDS * whole.request.budget.priceRounds);
  const few = Math.ceil(rounds / TRIED);
  const weights = tailWeights(losses).map((weight) => weight * WEIGHT_SCALE);
  const limits = new WholeLimits(whole);
  const begun = [sharedPrices(whole, pods), new Float64Array(whole.rows.rows.length)].map((multipliers) => {
    const ascent = new PriceAscent(limits, losses, { weights, multipliers });
    return { ascent, bound: ascent.improve(few, target, SLACK).bound };
  });
  let best: Reached | undefined;
  let spent = few * begun.length;
  for (const { ascent } of begun.sort((a, b) => b.bound - a.bound)) {
    if (best !== undefined && target - best.bound <= Math.abs(target) / NEAR) break;
    const reached = ascent.improve(rounds - few, target, SLACK);
    spent += reached.rounds;
    if (best === undefined || reached.bound > best.bound) best = reached;
  }
  if (best === undefined) throw new RangeError('There are no prices to begin with.');
  return { ...best, rounds: spent };
}

/** Prices as a certificate holds them. */
function written({ rows: { rows } }: Whole, { weights, multipliers }: Duals): WholePrices {
  return {
    weights,
    multipliers: rows.flatMap(({ name }, row) => {
      const value = Math.round((multipliers[row] as number) * WEIGHT_SCALE);
      return value === 0 ? [] : [{ row: name, value }];
    }),
  };
}

/**
 * The best plan that local search finds from the pods' one: touches may now go to every rep. Search does not know that an account cannot
 * be with two people at once; what a run finds counts as it is when that is mended.
 */
function repaired(model: Model, from: Int32Array, reduced: Float64Array): { choice: Int32Array; moves: number } {
  const { budget, scenarios } = model.request;
  const each = Math.floor(budget.moves / RUNS);
  let best = withoutDoubleBookings(model, from);
  if (each === 0 || model.touches.length === 0) return { choice: best, moves: 0 };
  let least = State.of(model, best).objective();
  let choice = from;
  let moves = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const search = new LocalSearch(model, choice, reduced, randomFrom(scenarios.seed + run + 1));
    ({ choice } = search.run(each));
    moves += search.moves;
    const apart = withoutDoubleBookings(model, choice);
    const value = State.of(model, apart).objective();
    if (value >= least) continue;
    best = apart;
    least = value;
  }
  return { choice: best, moves };
}

/**
 * Improves the plans of pods over the whole request: prices of all limits together, by the volume algorithm; and at these prices the pods'
 * plan, whose touches may now go to every rep.
 * @throws RangeError when the answers do not make a plan of this request, which their split rules out.
 */
export function improveWhole(whole: Whole, pods: readonly PodPlanned[]): Omit<WholeImproved, 'kind'> {
  const { request, touches } = whole;
  const chosen = chosenIn(
    whole,
    pods.flatMap(({ slots }) => slots),
  );
  const { objective: target, losses } = wholeValue(whole, chosen);
  const ascent = bestPrices(whole, pods, losses, target);
  const slack = Math.max(0, target - ascent.bound) / Math.max(1, touches.length);
  const model = narrowModel(whole, new WholeLimits(whole), ascent, [chosen], slack);
  const first = choiceOf(model, chosen);
  const state = State.of(model, first);
  if (!state.feasible()) throw new RangeError('The answers of the pods do not make a plan of this request.');
  const duals = narrowDuals(whole, model, ascent);
  const { reduced } = new PriceSearch(model, state.scenarioLoss, duals).improve(0, target);
  const found = repaired(model, first, reduced);
  const spent = { moves: found.moves, iterations: 0, rounds: ascent.rounds };
  const { choice } = found;
  const slots = model.touches.flatMap(({ touch }, place) => {
    const bucket = model.buckets[model.columnBucket[choice[place] as number] as number];
    const rep = request.reps[bucket?.rep ?? -1];
    return bucket === undefined || rep === undefined
      ? []
      : [{ touch: touch.id, rep: rep.id, start: instantOfMinute(bucket.start) }];
  });
  const prices = written(whole, ascent);
  return { slots, weights: [...prices.weights], multipliers: [...prices.multipliers], spent };
}
