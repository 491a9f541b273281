import type { Found } from './anneal.ts';
import type { Instance } from './instance.ts';
import type { Market } from './market.ts';

/** A first assignment, which fits or not. */
export interface Constructed {
  readonly agentOf: Int32Array;
  /** The same with its cost, where it fits. */
  readonly fitting?: Found;
}

/**
 * Gives jobs to their least dear agent with room, those first that would lose most by the second. A job for which no agent has room goes to the one
 * that it overloads least.
 * Source: S. Martello and P. Toth, "Knapsack Problems", section 7.4 (1990).
 */
export function construct(
  { agents, jobs, capacity, cost, load }: Instance,
  { candidates, dearness }: Market,
): Constructed {
  const room = Float64Array.from(capacity);
  const agentOf = new Int32Array(jobs);
  const regret = Float64Array.from({ length: jobs }, (_, job) => {
    const [first, second] = candidates[job] as Int32Array;
    if (first === undefined || second === undefined) return Number.POSITIVE_INFINITY;
    return (dearness[second * jobs + job] as number) - (dearness[first * jobs + job] as number);
  });
  const order = Array.from({ length: jobs }, (_, job) => job).sort((a, b) => {
    const one = regret[a] as number;
    const other = regret[b] as number;
    return one === other ? a - b : other - one;
  });
  let fits = true;
  let sum = 0;
  for (const job of order) {
    let chosen = -1;
    let least = Number.POSITIVE_INFINITY;
    let roomiest = 0;
    let mostLeft = Number.NEGATIVE_INFINITY;
    for (let agent = 0; agent < agents; agent += 1) {
      const at = agent * jobs + job;
      const left = (room[agent] as number) - (load[at] as number);
      if (left >= 0 && (dearness[at] as number) < least) {
        least = dearness[at] as number;
        chosen = agent;
      }
      if (left > mostLeft) {
        mostLeft = left;
        roomiest = agent;
      }
    }
    if (chosen < 0) {
      fits = false;
      chosen = roomiest;
    }
    agentOf[job] = chosen;
    sum += cost[chosen * jobs + job] as number;
    room[chosen] = (room[chosen] as number) - (load[chosen * jobs + job] as number);
  }
  return fits ? { agentOf, fitting: { agentOf, cost: sum } } : { agentOf };
}
