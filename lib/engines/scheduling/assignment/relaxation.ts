import type { Instance } from './instance.ts';

/** In which units a relaxation counts. */
export interface Units {
  /** Multipliers are in so many parts of a unit of cost. */
  readonly scale: number;
  /** Loads and capacities are counted in so many units of load, rounded down, which leaves every assignment that fits within its capacity. */
  readonly grain: number;
}

/** The relaxation at one point. */
export interface Relaxed {
  /** No assignment costs less than `value / scale`. A whole number. */
  readonly value: number;
  /** How many agents take each job: one each would be an assignment. */
  readonly takers: Int32Array;
}

/** So many steps of load a knapsack has at most, fewer where there are many pairs, which all have to be counted for each step. */
const STEPS = { least: 256, most: 4_096, cells: 100_000_000 } as const;

/** The finest units in which sums stay exact and knapsacks small. */
export function unitsOf({ agents, capacity, cost, jobs }: Instance): Units {
  const largest = cost.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const scale = [1_000, 100, 10].find((parts) => largest * parts * jobs < 2 ** 46) ?? 1;
  const steps = Math.max(STEPS.least, Math.min(STEPS.most, Math.floor(STEPS.cells / (agents * jobs))));
  return { scale, grain: Math.max(1, Math.ceil(Math.max(...capacity) / steps)) };
}

/**
 * Leaves out that each job goes to exactly one agent, at a price for each job: what remains is a knapsack for each agent, which is solved exactly.
 * Source: M. L. Fisher, R. Jaikumar and L. N. Van Wassenhove, Management Science 32 (1986).
 */
export class Relaxation {
  readonly #instance: Instance;
  readonly #steps: Float64Array;
  readonly #capacity: Int32Array;
  readonly #load: Int32Array;
  readonly #least: Float64Array;
  /** Whether the n-th item is taken where so many steps are left, at `n * (STEPS + 1) + step`; grows as it is needed. */
  #taken = new Uint8Array(0);

  constructor(instance: Instance, units: Units) {
    const inGrains = (value: number): number => Math.floor(value / units.grain);
    this.#instance = instance;
    this.#capacity = Int32Array.from(instance.capacity, inGrains);
    // Loads above every capacity are all the same to a knapsack, and fit into 32 bits.
    const most = Math.max(...instance.capacity) + 1;
    this.#load = Int32Array.from(instance.load, (value) => inGrains(Math.min(value, most)));
    this.#steps = instance.cost.map((value) => value * units.scale);
    this.#least = new Float64Array(Math.max(...this.#capacity) + 1);
  }

  /** @param multipliers whole numbers, one for each job, in parts of a unit of cost */
  at(multipliers: Float64Array): Relaxed {
    const { agents, jobs } = this.#instance;
    const takers = new Int32Array(jobs);
    let value = 0;
    for (let job = 0; job < jobs; job += 1) value += multipliers[job] ?? 0;
    for (let agent = 0; agent < agents; agent += 1) value += this.#knapsack(agent, multipliers, takers);
    return { value, takers };
  }

  /** The least that an agent's jobs cost once each pays its price. Counts the jobs that it takes. */
  #knapsack(agent: number, multipliers: Float64Array, takers: Int32Array): number {
    const { jobs, capacity, load } = this.#instance;
    const room = this.#capacity[agent] ?? 0;
    const items: number[] = [];
    let sum = 0;
    for (let job = 0; job < jobs; job += 1) {
      const at = agent * jobs + job;
      const cost = (this.#steps[at] ?? 0) - (multipliers[job] ?? 0);
      if (cost >= 0 || (load[at] ?? 0) > (capacity[agent] ?? 0)) continue;
      if (this.#load[at] === 0) {
        sum += cost;
        takers[job] = (takers[job] ?? 0) + 1;
      } else items.push(job);
    }
    return sum + this.#fill(agent, items, room, multipliers, takers);
  }

  #fill(agent: number, items: readonly number[], room: number, multipliers: Float64Array, takers: Int32Array): number {
    const { jobs } = this.#instance;
    const width = room + 1;
    if (this.#taken.length < items.length * width) this.#taken = new Uint8Array(2 * items.length * width);
    const taken = this.#taken;
    const least = this.#least;
    least.fill(0, 0, width);
    taken.fill(0, 0, items.length * width);
    let reach = 0;
    for (let n = 0; n < items.length; n += 1) {
      const job = items[n] as number;
      const load = this.#load[agent * jobs + job] as number;
      const cost = (this.#steps[agent * jobs + job] as number) - (multipliers[job] as number);
      const row = n * width;
      // Beyond what all items together load, everything is as it is there.
      const before = reach;
      reach = Math.min(room, reach + load);
      for (let step = before + 1; step <= reach; step += 1) least[step] = least[before] as number;
      for (let step = reach; step >= load; step -= 1) {
        const candidate = (least[step - load] as number) + cost;
        if (candidate < (least[step] as number)) {
          least[step] = candidate;
          taken[row + step] = 1;
        }
      }
    }
    let step = reach;
    for (let n = items.length - 1; n >= 0; n -= 1) {
      if (taken[n * width + step] !== 1) continue;
      const job = items[n] as number;
      takers[job] = (takers[job] as number) + 1;
      step -= this.#load[agent * jobs + job] as number;
    }
    return least[reach] as number;
  }
}

/** The bound that a value of the relaxation proves for whole costs. */
export function boundOf({ value }: Relaxed, { scale }: Units): number {
  return Math.ceil(value / scale);
}
