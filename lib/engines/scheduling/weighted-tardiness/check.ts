import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import type { WeightedTardinessProblem } from './problem.ts';

/** Who runs what, in order: one list of job ids per machine. */
export interface TardinessSchedule {
  readonly machines: readonly (readonly string[])[];
}

/**
 * The total weighted tardiness of a schedule, from the problem alone and by BigInt.
 * @throws InvalidInput with every problem found: `wrong-machines`, `unknown-job`, `repeated-job`, `missing-job`; pointers are into the
 * schedule.
 */
export function checkWeightedTardiness(problem: WeightedTardinessProblem, { machines }: TardinessSchedule): number {
  const problems: Problem[] = [];
  if (machines.length !== problem.machines) {
    const message = `The schedule has ${machines.length} machines, the problem ${problem.machines}.`;
    problems.push({ pointer: '/machines', code: 'wrong-machines', message, mend: 'Give one list per machine.' });
  }
  const open = new Map(problem.jobs.map((job) => [job.id, job]));
  const known = new Set(open.keys());
  let cost = 0n;
  machines.forEach((ids, machine) => {
    let end = 0n;
    ids.forEach((id, position) => {
      const at = pointer('/machines', machine, position);
      const job = open.get(id);
      if (job === undefined) {
        const repeated = known.has(id);
        problems.push({
          pointer: at,
          code: repeated ? 'repeated-job' : 'unknown-job',
          message: repeated ? `The job "${id}" runs already.` : `There is no job "${id}".`,
          mend: repeated ? 'Run it once.' : 'Name a job of the problem.',
        });
        return;
      }
      open.delete(id);
      end += BigInt(job.duration);
      const over = end - BigInt(job.due);
      if (over > 0n) cost += over * BigInt(job.weight);
    });
  });
  for (const id of open.keys()) {
    const message = `The job "${id}" does not run.`;
    problems.push({ pointer: '/machines', code: 'missing-job', message, mend: 'Put it on one machine.' });
  }
  if (problems.length > 0) {
    throw new InvalidInput(`The schedule does not fit the problem: ${problems.length} problem(s).`, problems);
  }
  return Number(cost);
}
