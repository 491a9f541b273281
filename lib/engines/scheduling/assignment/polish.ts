import type { LinearAnswer, LinearRow, LinearSolver } from '../../../core/linear-problem.ts';
import type { Found } from './anneal.ts';
import type { Instance } from './instance.ts';

/** A pair of an agent and a job that may be assigned, at `agent * jobs + job`. */
type Pair = number;

/** What a solver made of the problem with some of its pairs only. */
export interface Polished {
  /** Held against capacities here; absent where the solver gave none that fits. */
  readonly found?: Found;
  readonly iterations: number;
  readonly status: LinearAnswer['status'];
}

function rowsOf({ agents, jobs, capacity, load }: Instance, pairs: readonly Pair[]): LinearRow[] {
  const perJob: number[][] = Array.from({ length: jobs }, () => []);
  const perAgent: number[][] = Array.from({ length: agents }, () => []);
  for (const [column, pair] of pairs.entries()) {
    perJob[pair % jobs]?.push(column);
    perAgent[Math.floor(pair / jobs)]?.push(column);
  }
  const one = (columns: readonly number[]): LinearRow => ({
    low: 1,
    high: 1,
    columns,
    coefficients: columns.map(() => 1),
  });
  const fitting = (columns: readonly number[], agent: number): LinearRow => ({
    low: Number.NEGATIVE_INFINITY,
    high: capacity[agent] as number,
    columns,
    coefficients: columns.map((column) => load[pairs[column] as number] as number),
  });
  return [...perJob.map(one), ...perAgent.map(fitting)];
}

/** The assignment that columns at one mean, where each job has one agent and all loads fit. */
function read(
  { agents, jobs, capacity, cost, load }: Instance,
  pairs: readonly Pair[],
  values: readonly number[],
): Found | undefined {
  const agentOf = new Int32Array(jobs).fill(-1);
  const room = Float64Array.from(capacity);
  let sum = 0;
  for (const [column, pair] of pairs.entries()) {
    if ((values[column] as number) < 0.5) continue;
    const agent = Math.floor(pair / jobs);
    if (agentOf[pair % jobs] !== -1) return undefined;
    agentOf[pair % jobs] = agent;
    room[agent] = (room[agent] as number) - (load[pair] as number);
    sum += cost[pair] as number;
  }
  for (let agent = 0; agent < agents; agent += 1) if ((room[agent] as number) < 0) return undefined;
  return agentOf.includes(-1) ? undefined : { agentOf, cost: sum };
}

/**
 * Lets a solver choose among some pairs, from the best assignment on.
 * @param near the agents that each job may go to; those that it has in `start` are added
 */
export function polish(
  solver: LinearSolver,
  instance: Instance,
  near: readonly (readonly number[])[],
  start: Found | undefined,
  iterations: number,
): Polished {
  const { jobs, cost } = instance;
  const pairs: Pair[] = near.flatMap((agents, job) => {
    const own = start?.agentOf[job];
    const all = new Set(own === undefined ? agents : [...agents, own]);
    return [...all].sort((a, b) => a - b).map((agent) => agent * jobs + job);
  });
  const answer = solver.solve(
    {
      columns: pairs.length,
      cost: pairs.map((pair) => cost[pair] as number),
      lower: pairs.map(() => 0),
      upper: pairs.map(() => 1),
      integer: pairs.map(() => true),
      rows: rowsOf(instance, pairs),
    },
    {
      iterations,
      gapBasisPoints: 0,
      ...(start === undefined
        ? {}
        : { start: pairs.map((pair) => (start.agentOf[pair % jobs] === Math.floor(pair / jobs) ? 1 : 0)) }),
    },
  );
  const found = answer.values === undefined ? undefined : read(instance, pairs, answer.values);
  return { iterations: answer.iterations, status: answer.status, ...(found === undefined ? {} : { found }) };
}
