import type { AssignmentProblem } from './problem.ts';

/** A problem in arrays, its agents and jobs in the order of their ids, so that the order in which they were given makes no difference. */
export interface Instance {
  readonly agents: number;
  readonly jobs: number;
  readonly agentIds: readonly string[];
  readonly jobIds: readonly string[];
  readonly capacity: Float64Array;
  /** Of an agent's job at `agent * jobs + job`, as is `load`. */
  readonly cost: Float64Array;
  readonly load: Float64Array;
}

/** Where each id stands once they are in order, by code units and not by any language's rules. */
function inOrder(ids: readonly string[]): number[] {
  return ids.map((_, index) => index).sort((a, b) => ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1));
}

/** The instance of a problem whose ids are distinct. */
export function instanceOf(problem: AssignmentProblem): Instance {
  const { agents, jobs } = problem;
  const agentOrder = inOrder(agents.map(({ id }) => id));
  const jobOrder = inOrder(jobs.map(({ id }) => id));
  const gather = (table: readonly (readonly number[])[]): Float64Array => {
    const values = new Float64Array(agents.length * jobs.length);
    let at = 0;
    for (const agent of agentOrder)
      for (const job of jobOrder) {
        values[at] = table[agent]?.[job] ?? 0;
        at += 1;
      }
    return values;
  };
  return {
    agents: agents.length,
    jobs: jobs.length,
    agentIds: agentOrder.map((agent) => agents[agent]?.id ?? ''),
    jobIds: jobOrder.map((job) => jobs[job]?.id ?? ''),
    capacity: Float64Array.from(agentOrder, (agent) => agents[agent]?.capacity ?? 0),
    cost: gather(problem.cost),
    load: gather(problem.load),
  };
}

/** Numbers by id, in the order of the ids. */
export function byId<T>(ids: readonly string[], at: (index: number) => T): Record<string, T> {
  return Object.fromEntries(ids.map((id, index) => [id, at(index)]));
}
