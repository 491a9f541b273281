import type { Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import type { AssignmentProblem } from './problem.ts';

/** What makes a problem impossible to solve and can be seen without solving it; none does not mean that it can be solved. */
export function obstaclesOf({ agents, jobs, load }: AssignmentProblem): Problem[] {
  const problems: Problem[] = [];
  let least = 0;
  for (const [job, { id }] of jobs.entries()) {
    let lowest = Number.POSITIVE_INFINITY;
    for (const [agent, { capacity }] of agents.entries()) {
      const value = load[agent]?.[job] ?? 0;
      if (value <= capacity) lowest = Math.min(lowest, value);
    }
    if (lowest === Number.POSITIVE_INFINITY)
      problems.push({
        pointer: pointer('', 'jobs', job),
        code: 'fits-nobody',
        message: `The job "${id}" loads each agent with more than its whole capacity.`,
        mend: 'Raise the capacity of an agent, or leave the job out.',
      });
    else least += lowest;
  }
  if (problems.length > 0) return problems;
  const capacity = agents.reduce((sum, agent) => sum + agent.capacity, 0);
  if (least <= capacity) return [];
  return [
    {
      pointer: '/agents',
      code: 'too-little-capacity',
      message: `All jobs load at least ${least}, and all agents together have a capacity of ${capacity}.`,
      mend: 'Raise capacities, or leave jobs out.',
    },
  ];
}

/** Said where search ended without an assignment that fits, which proves nothing. */
export const NONE_FOUND: Problem = {
  pointer: '',
  code: 'none-found',
  message: 'No assignment within all capacities was found.',
  mend: 'Give more moves, raise capacities, or leave jobs out.',
};

/** Said where a solver holds the problem to be impossible; its claim is not proved again. */
export const SAID_IMPOSSIBLE: Problem = {
  pointer: '',
  code: 'said-impossible',
  message: 'The solver says that no assignment keeps within all capacities.',
  mend: 'Raise capacities, or leave jobs out.',
};
