import * as z from 'zod';
import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import { parseWith } from '../../../core/zod-problems.ts';

export const WEIGHTED_TARDINESS_SCHEMA = 'countersign/weighted-tardiness/1';
export const MOST_JOBS = 2_000;
export const MOST_MACHINES = 200;
const LONGEST = 1_000_000;
const HEAVIEST = 1_000_000;
const FARTHEST = 1_000_000_000;
/** Twice, and twice again, before a double is no longer exact: what solvers compute on the way is at most so much larger. */
const MOST_COST = 2 ** 51;

/** One job: any unit of time will do, as long as every job uses the same. */
export const tardinessJob = z.strictObject({
  id: z.string().min(1).max(120),
  /** Time it takes without a break. */
  duration: z.int().min(1).max(LONGEST),
  /** The instant after which it is late; below zero when it is late already at the start. */
  due: z.int().min(-FARTHEST).max(FARTHEST),
  /** What each unit of time that it is late costs. */
  weight: z.int().min(0).max(HEAVIEST),
});
export type TardinessJob = z.infer<typeof tardinessJob>;

/**
 * Total weighted tardiness on identical parallel machines (P||sum wjTj): each job runs once on one machine without a break, each
 * machine one job at a time, all from instant 0. The sum of weight times lateness is to be small. Everything is whole.
 */
export const weightedTardinessProblem = z.strictObject({
  schema: z.literal(WEIGHTED_TARDINESS_SCHEMA),
  machines: z.int().min(1).max(MOST_MACHINES),
  jobs: z.array(tardinessJob).min(1).max(MOST_JOBS),
});
export type WeightedTardinessProblem = z.infer<typeof weightedTardinessProblem>;

function repeatedIds({ jobs }: WeightedTardinessProblem): Problem[] {
  const seen = new Set<string>();
  return jobs.flatMap(({ id }, index) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    const at = pointer('/jobs', index, 'id');
    return [{ pointer: at, code: 'repeated-id', message: `"${id}" is an earlier job's id.`, mend: 'Rename one job.' }];
  });
}

/** The worst objective that any schedule can have, with room for what solvers compute on the way, has to be exact. */
function tooLarge({ jobs }: WeightedTardinessProblem): Problem[] {
  const weight = jobs.reduce((sum, job) => sum + job.weight, 0);
  const time = jobs.reduce((sum, job) => sum + job.duration, 0);
  const early = jobs.reduce((least, job) => Math.min(least, job.due), 0);
  if (BigInt(weight) * BigInt(time - early) <= BigInt(MOST_COST)) return [];
  return [
    {
      pointer: '/jobs',
      code: 'sums-too-large',
      message: 'The sum of weights times the sum of durations is above 2^51, so the objective could not be exact.',
      mend: 'Use a coarser unit of time, or smaller weights in the same proportion.',
    },
  ];
}

/**
 * Reads a problem of total weighted tardiness from JSON.
 * @throws InvalidInput with every problem found: those of the schema, `repeated-id`, `sums-too-large`.
 */
export function parseWeightedTardiness(value: unknown): WeightedTardinessProblem {
  const problem = parseWith(weightedTardinessProblem, value, 'The weighted tardiness problem');
  const problems = [...repeatedIds(problem), ...tooLarge(problem)];
  if (problems.length === 0) return problem;
  throw new InvalidInput(`The weighted tardiness problem is not sound: ${problems.length} problem(s).`, problems);
}
