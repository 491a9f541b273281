import fc from 'fast-check';
import type { WeightedTardinessProblem } from '../../../lib/engines/scheduling/weighted-tardiness/problem.ts';

/** A problem of jobs as [duration, due, weight]. */
export function problemOf(machines: number, jobs: readonly (readonly number[])[]): WeightedTardinessProblem {
  return {
    schema: 'countersign/weighted-tardiness/1',
    machines,
    jobs: jobs.map(([duration = 1, due = 0, weight = 0], at) => ({ id: `j${at}`, duration, due, weight })),
  };
}

export const smallProblem = (jobs: number, machines: number): fc.Arbitrary<WeightedTardinessProblem> =>
  fc
    .tuple(
      fc.integer({ min: 1, max: machines }),
      fc.array(
        fc.tuple(
          fc.integer({ min: 1, max: 12 }),
          fc.integer({ min: -3, max: 30 }),
          fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 6, arbitrary: fc.integer({ min: 1, max: 9 }) }),
        ),
        { minLength: 1, maxLength: jobs },
      ),
    )
    .map(([count, drawn]) => problemOf(count, drawn));

/** The least total weighted tardiness: every order of the jobs on every machine, except where the cost is too high already. */
export function leastByEnumeration({ machines, jobs }: WeightedTardinessProblem): number {
  const ends = new Array<number>(machines).fill(0);
  const used = new Array<boolean>(jobs.length).fill(false);
  let least = Infinity;
  const place = (left: number, cost: number): void => {
    if (cost >= least) return;
    if (left === 0) {
      least = cost;
      return;
    }
    jobs.forEach(({ duration, due, weight }, job) => {
      if (used[job]) return;
      used[job] = true;
      // Machines with the same load are the same.
      for (const load of new Set(ends)) {
        const machine = ends.indexOf(load);
        ends[machine] = load + duration;
        place(left - 1, cost + weight * Math.max(0, load + duration - due));
        ends[machine] = load;
      }
      used[job] = false;
    });
  };
  place(jobs.length, 0);
  return least;
}
