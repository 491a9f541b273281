import type { Instance } from './instance.ts';
import type { Units } from './relaxation.ts';

/**
 * An instance as seen at the prices of its jobs: what a unit of each agent's capacity is worth, and which agents are then near the cheapest for a job.
 */
export interface Market {
  readonly units: Units;
  /** Worth of a unit of load, in parts of a unit of cost; at least 1. */
  readonly worth: Float64Array;
  /** Cost and worth of the load, in parts of a unit of cost, at `agent * jobs + job`. */
  readonly dearness: Float64Array;
  /** For each job the agents that it fits, from the least dear on. */
  readonly candidates: readonly Int32Array[];
  /** By how much the second candidate is dearer than the first, on average: the scale on which differences matter. */
  readonly spread: number;
}

/** What the first job costs less, per unit of load, that no longer fits: zero where all that are wanted fit. */
function worthOf(
  agent: number,
  { jobs, capacity, cost, load }: Instance,
  { scale }: Units,
  prices: Float64Array,
): number {
  const wanted: { readonly gain: number; readonly load: number }[] = [];
  for (let job = 0; job < jobs; job += 1) {
    const at = agent * jobs + job;
    const gain = (prices[job] as number) - scale * (cost[at] as number);
    if (gain > 0 && (load[at] as number) > 0 && (load[at] as number) <= (capacity[agent] as number))
      wanted.push({ gain, load: load[at] as number });
  }
  wanted.sort((a, b) => b.gain * a.load - a.gain * b.load);
  let room = capacity[agent] as number;
  for (const job of wanted) {
    room -= job.load;
    if (room < 0) return Math.round(job.gain / job.load);
  }
  return 0;
}

/** The market at the prices that the relaxation found. @param most how many candidates a job keeps */
export function marketAt(instance: Instance, units: Units, prices: Float64Array, most: number): Market {
  const { agents, jobs, capacity, cost, load } = instance;
  const found = Array.from({ length: agents }, (_, agent) => worthOf(agent, instance, units, prices));
  const mean = found.reduce((sum, value) => sum + value, 0) / agents;
  // Capacity that nobody pays for now is not free once plans change.
  const worth = Float64Array.from(found, (value) => Math.max(1, value, Math.round(mean / 10)));
  const dearness = cost.map(
    (value, at) => value * units.scale + (worth[Math.floor(at / jobs)] as number) * (load[at] as number),
  );
  let spread = 0;
  const candidates = Array.from({ length: jobs }, (_, job) => {
    const fitting: number[] = [];
    for (let agent = 0; agent < agents; agent += 1)
      if ((load[agent * jobs + job] as number) <= (capacity[agent] as number)) fitting.push(agent);
    const dear = (agent: number | undefined): number => dearness[(agent ?? 0) * jobs + job] as number;
    fitting.sort((a, b) => dear(a) - dear(b) || a - b);
    if (fitting.length > 1) spread += dear(fitting[1]) - dear(fitting[0]);
    return Int32Array.from(fitting.slice(0, most));
  });
  return { units, worth, dearness, candidates, spread: Math.max(1, spread / jobs) };
}
