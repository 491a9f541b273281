import { costOf, type Instance, type Sequences } from './instance.ts';
import { type Certificate, Relaxation, type Sequence } from './relaxation.ts';

/** Steps that all subproblems of one bound may take, and how many subproblems there are at most. */
const MOST_STEPS = 500_000_000;
const MOST_SUBPROBLEMS = 1_000;
/** A subproblem with more steps is counted in coarser units of time. */
const MOST_STEPS_EACH = 20_000_000;
/** Values up to here are exact with room to add two of them. */
const EXACT = 2 ** 51;

/** Length of the first step, after how many steps in vain it is shortened, and what weight the newest subproblem has in the mean. */
const FIRST_STEP = 0.5;
const IN_VAIN = 10;
const FRESH = 0.03;
/** The fewer subproblems there can be, the more each of them weighs: so many times its share. */
const FRESH_SHARES = 30;

export interface Bound {
  /** No schedule costs less; without the fixed part of the instance. */
  readonly value: number;
  readonly subproblems: number;
  readonly certificate: Certificate;
}

function relaxationOf(instance: Instance): Relaxation {
  const { jobs, machines, durations, weights } = instance;
  const time = durations.reduce((sum, duration) => sum + duration, 0);
  const worst = time * weights.reduce((sum, weight) => sum + weight, 0);
  const unit = Math.max(1, Math.ceil((time * jobs) / machines / MOST_STEPS_EACH));
  let scale = 1_024;
  while (scale > 1 && worst * scale > EXACT) scale /= 2;
  return new Relaxation(instance, unit, scale);
}

/**
 * Prices to begin with: a job's own cost in a known schedule, and what all late jobs behind it on its machine pay for its duration.
 * That is what the schedule would save without the job, as long as no other job came to be in time.
 */
function firstPrices({ jobs, durations, dues, weights }: Instance, known: Sequences): Float64Array {
  const prices = new Float64Array(jobs);
  for (const sequence of known) {
    let end = sequence.reduce((sum, job) => sum + (durations[job] as number), 0);
    let behind = 0;
    for (const job of sequence.toReversed()) {
      const [duration, weight] = [durations[job] as number, weights[job] as number];
      const over = end - (dues[job] as number);
      prices[job] = Math.max(0, over) * weight + duration * behind;
      if (over > 0) behind += weight;
      end -= duration;
    }
  }
  return prices;
}

/**
 * A lower bound of the total weighted tardiness: prices of jobs are raised where the relaxation leaves a job out, and lowered where it runs
 * it more than once. Prices are rounded to whole numbers before they count, so the bound is exact whatever led to them.
 * Source: the volume algorithm of F. Barahona and R. Anbil, Mathematical Programming 87 (2000).
 * @param known a schedule: its cost sets the length of steps, and ends the work once it is proved.
 */
export function lowerBound(instance: Instance, known: Sequences): Bound {
  const aim = costOf(instance, known);
  const relaxation = relaxationOf(instance);
  const { jobs, machines } = instance;
  const { scale, unit } = relaxation;
  const most = Math.floor(EXACT / jobs);
  const rounded = (price: number): number => Math.min(most, Math.max(0, Math.round(price)));
  let prices = firstPrices(instance, known).map((price) => rounded(price * scale));
  let sequence: Sequence = relaxation.solve(prices);
  let value = relaxation.bound(prices, sequence);
  let reached = relaxation.total(prices, sequence);
  const runs = sequence.times.map((times) => times * machines);
  let step = FIRST_STEP;
  let worse = 0;
  let subproblems = 1;
  const limit = Math.min(MOST_SUBPROBLEMS, Math.floor(MOST_STEPS / Math.max(1, relaxation.steps)));
  const fresh = Math.min(1, Math.max(FRESH, FRESH_SHARES / limit));
  while (value < aim && subproblems < limit) {
    const norm = runs.reduce((sum, times) => sum + (1 - times) ** 2, 0);
    if (norm === 0) break;
    const length = (step * (aim * 1.001 * scale - reached)) / norm;
    const next = prices.map((price, job) => rounded(price + length * (1 - (runs[job] as number))));
    sequence = relaxation.solve(next);
    subproblems += 1;
    const total = relaxation.total(next, sequence);
    if (total > reached) {
      const agrees = sequence.times.reduce(
        (sum, times, job) => sum + (1 - (runs[job] as number)) * (1 - machines * times),
        0,
      );
      if (agrees > 0) step = Math.min(2, step * 1.1);
      reached = total;
      prices = next;
      value = Math.max(value, relaxation.bound(prices, sequence));
      worse = 0;
    } else {
      worse += 1;
      if (worse % IN_VAIN === 0) step *= 0.66;
    }
    for (let job = 0; job < jobs; job += 1) {
      runs[job] = (1 - fresh) * (runs[job] as number) + fresh * machines * (sequence.times[job] as number);
    }
  }
  return { value, subproblems, certificate: { unit, scale, prices: Array.from(prices) } };
}
