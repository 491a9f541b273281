import type { Instance } from './instance.ts';
import { boundOf, Relaxation, type Relaxed, type Units } from './relaxation.ts';

/** The best prices found, and what they prove. */
export interface Priced {
  /** A whole number for each job, in parts of a unit of cost. */
  readonly multipliers: Float64Array;
  readonly value: number;
  readonly bound: number;
  /** Knapsacks solved. */
  readonly nodes: number;
}

/** So many steps without a better bound halve the length of steps. */
const PATIENCE = 20;

/** The second lowest cost of each job: the price at which one agent wants it. */
export function firstPrices({ agents, jobs, cost }: Instance, { scale }: Units): Float64Array {
  return Float64Array.from({ length: jobs }, (_, job) => {
    let lowest = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (let agent = 0; agent < agents; agent += 1) {
      const value = cost[agent * jobs + job] as number;
      if (value < lowest) {
        second = lowest;
        lowest = value;
      } else if (value < second) second = value;
    }
    return (second === Number.POSITIVE_INFINITY ? lowest : second) * scale;
  });
}

/**
 * Raises the prices of jobs that nobody takes and lowers those that several take, by steps after Polyak, smoothed by the direction of the step before.
 * Source: M. Held, P. Wolfe and H. P. Crowder, Mathematical Programming 6 (1974); P. M. Camerini, L. Fratta and F. Maffioli, Mathematical
 * Programming Study 3 (1975).
 * @param goal a cost that is known or hoped to be reached; it sets the length of the steps only
 */
export function improvePrices(
  instance: Instance,
  units: Units,
  start: Float64Array,
  goal: number,
  steps: number,
): Priced {
  const relaxation = new Relaxation(instance, units);
  const { jobs } = instance;
  const prices = Float64Array.from(start);
  // Sums of so large prices are still exact.
  const most = Math.floor(2 ** 51 / jobs);
  const direction = new Float64Array(jobs);
  let best: Relaxed = relaxation.at(prices);
  let multipliers = Float64Array.from(prices);
  let now = best;
  let eagerness = 1;
  let idle = 0;
  let taken = 1;
  for (; taken < steps && boundOf(best, units) < goal && eagerness > 0.002; taken += 1) {
    let size = 0;
    for (let job = 0; job < jobs; job += 1) {
      const smoothed = 1 - (now.takers[job] as number) + 0.6 * (direction[job] as number);
      direction[job] = smoothed;
      size += smoothed * smoothed;
    }
    if (size < 1e-9) break;
    // A little beyond the goal: one that is nearly reached would shorten the steps to nothing.
    const ahead = Math.max(0, goal * units.scale - now.value) + 0.002 * Math.abs(goal) * units.scale;
    const length = (eagerness * ahead) / size;
    for (let job = 0; job < jobs; job += 1) {
      const price = Math.round((prices[job] as number) + length * (direction[job] as number));
      prices[job] = Math.max(-most, Math.min(most, price));
    }
    now = relaxation.at(prices);
    if (now.value > best.value) {
      best = now;
      multipliers = Float64Array.from(prices);
      idle = 0;
    } else {
      idle += 1;
      if (idle === PATIENCE) {
        idle = 0;
        eagerness /= 2;
        prices.set(multipliers);
        direction.fill(0);
        now = best;
      }
    }
  }
  return { multipliers, value: best.value, bound: boundOf(best, units), nodes: taken * instance.agents };
}
