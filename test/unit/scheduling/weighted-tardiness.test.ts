import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInput, type Problem } from '../../../lib/core/errors.ts';
import { checkWeightedTardiness } from '../../../lib/engines/scheduling/weighted-tardiness/check.ts';
import { instanceOf } from '../../../lib/engines/scheduling/weighted-tardiness/instance.ts';
import {
  parseWeightedTardiness,
  type WeightedTardinessProblem,
} from '../../../lib/engines/scheduling/weighted-tardiness/problem.ts';
import { search } from '../../../lib/engines/scheduling/weighted-tardiness/search.ts';
import { solveWeightedTardiness } from '../../../lib/engines/scheduling/weighted-tardiness/solve.ts';
import { tardinessInstance } from '../../bench/scheduling/tardiness-instances.ts';
import { leastByEnumeration, problemOf, smallProblem } from './tardiness-problems.ts';

const RUNS = process.env.COUNTERSIGN_DEEP === undefined ? 60 : 2_000;
const middling = tardinessInstance({ jobs: 30, machines: 3, range: 6, tardiness: 6 });

function problemsOf(act: () => unknown): readonly Problem[] {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
  return [];
}

describe('parsing', () => {
  const job = { id: 'a', duration: 3, due: 4, weight: 1 };
  const document = { schema: 'countersign/weighted-tardiness/1', machines: 1, jobs: [job] };

  it.each<[string, unknown, string, string]>([
    ['another schema', { ...document, schema: 'other/1' }, '/schema', 'invalid-value'],
    ['no machine', { ...document, machines: 0 }, '/machines', 'too-small'],
    ['no job', { ...document, jobs: [] }, '/jobs', 'too-small'],
    ['an absurd number of jobs', { ...document, jobs: Array(2_001).fill(job) }, '/jobs', 'too-big'],
    ['an unknown field', { ...document, note: 1 }, '/note', 'unknown-field'],
    ['a missing due', { ...document, jobs: [{ id: 'a', duration: 3, weight: 1 }] }, '/jobs/0/due', 'missing-field'],
    ['half a unit', { ...document, jobs: [{ ...job, duration: 1.5 }] }, '/jobs/0/duration', 'invalid-type'],
    ['a negative weight', { ...document, jobs: [{ ...job, weight: -1 }] }, '/jobs/0/weight', 'too-small'],
    ['a repeated id', { ...document, jobs: [job, job] }, '/jobs/1/id', 'repeated-id'],
    [
      'sums that a double cannot hold',
      {
        ...document,
        jobs: Array.from({ length: 2_000 }, (_, at) => ({
          ...job,
          id: `${at}`,
          duration: 1_000_000,
          weight: 1_000_000,
        })),
      },
      '/jobs',
      'sums-too-large',
    ],
  ])('refuses %s', (_, value, pointer, code) => {
    const problems = problemsOf(() => parseWeightedTardiness(value));
    expect(problems.map((problem) => [problem.pointer, problem.code])).toContainEqual([pointer, code]);
    expect(problems.every(({ mend }) => mend !== '')).toBe(true);
  });

  it('reads what is sound', () => {
    expect(parseWeightedTardiness(document)).toEqual(document);
  });
});

describe('solving', () => {
  it('finds the optimum of small problems, and says so', () => {
    fc.assert(
      fc.property(smallProblem(7, 3), (problem) => {
        const answer = solveWeightedTardiness(problem, { moves: 0, seed: 1 });
        const least = leastByEnumeration(problem);
        expect(answer).toMatchObject({ standing: 'optimal', objective: least, bound: least, gapBasisPoints: 0 });
        expect(checkWeightedTardiness(problem, answer.solution!)).toBe(least);
      }),
      { numRuns: RUNS },
    );
  });

  it('finds the optimum of small problems also by local search', () => {
    fc.assert(
      fc.property(smallProblem(7, 3), fc.nat(1_000), (problem, seed) => {
        const instance = instanceOf(problem);
        expect(search(instance, 100_000, seed).cost + instance.fixed).toBe(leastByEnumeration(problem));
      }),
      { numRuns: RUNS },
    );
  });

  it('finds the optimum of eight jobs on one to three machines', () => {
    for (const machines of [1, 2, 3]) {
      const problem = tardinessInstance({ jobs: 8, machines, range: 6, tardiness: 6 });
      const least = leastByEnumeration(problem);
      const instance = instanceOf(problem);
      expect(least).toBeGreaterThan(0);
      expect(solveWeightedTardiness(problem, { moves: 0, seed: 1 }).objective).toBe(least);
      expect(search(instance, 100_000, 1).cost + instance.fixed).toBe(least);
    }
  });

  it('gives the same bytes for the same jobs in any order, and other ones for another seed', () => {
    const solve = (jobs: WeightedTardinessProblem['jobs'], seed: number): string =>
      JSON.stringify(solveWeightedTardiness({ ...middling, jobs }, { moves: 20_000, seed }));
    const expected = solve(middling.jobs, 7);
    fc.assert(
      fc.property(fc.shuffledSubarray(middling.jobs, { minLength: 30, maxLength: 30 }), (jobs) => {
        expect(solve(jobs, 7)).toBe(expected);
      }),
      { numRuns: 5 },
    );
    const seeds = [1, 2, 3, 4, 5].map((seed) => solve(middling.jobs, seed));
    expect(new Set(seeds).size).toBeGreaterThan(1);
  });

  it('is never worse with more moves, keeps to them, and gets better', () => {
    const instance = instanceOf(tardinessInstance({ jobs: 60, machines: 3, range: 6, tardiness: 6 }));
    const budgets = [0, 500, 2_000, 5_000, 20_000, 50_000, 200_000, 1_000_000];
    const found = budgets.map((budget) => search(instance, budget, 3));
    const costs = found.map(({ cost }) => cost);
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    expect(new Set(costs).size).toBeGreaterThan(4);
    // The job at which they run out is looked at to the end: at most all places of 60 jobs for each of a dozen kinds of moves.
    expect(Math.max(...found.map(({ moves }, at) => moves - budgets[at]!))).toBeLessThan(60 * 12);
    expect(found[0]!.moves).toBe(0);
  });

  it('counts what was late before the start', () => {
    const late = { ...middling, jobs: middling.jobs.map((job) => ({ ...job, due: -5 })) };
    const atStart = { ...middling, jobs: middling.jobs.map((job) => ({ ...job, due: 0 })) };
    const [one, two] = [late, atStart].map((problem) => solveWeightedTardiness(problem, { moves: 5_000, seed: 1 }));
    const weight = middling.jobs.reduce((sum, job) => sum + job.weight, 0);
    expect(one!.solution).toEqual(two!.solution);
    expect(one!.objective).toBe(two!.objective! + 5 * weight);
    expect(one!.bound).toBe(two!.bound! + 5 * weight);
    expect(checkWeightedTardiness(late, one!.solution!)).toBe(one!.objective);
  });

  it('knows that nothing can be better than nothing late', () => {
    const easy = { ...middling, jobs: middling.jobs.map((job) => ({ ...job, due: 100_000 })) };
    const answer = solveWeightedTardiness(easy, { moves: 1_000_000, seed: 1 });
    expect(answer).toMatchObject({ standing: 'optimal', objective: 0, bound: 0, gapBasisPoints: 0 });
    expect(answer.spent.moves).toBeLessThan(1_000_000);
  });

  it('holds more machines than jobs, weights of zero and the largest figures', () => {
    const idle = problemOf(20, [[5, 3, 1]]);
    expect(solveWeightedTardiness(idle, { moves: 10, seed: 1 })).toMatchObject({ objective: 2, standing: 'optimal' });
    const many = { ...middling, machines: 40 };
    const answer = solveWeightedTardiness(many, { moves: 50_000, seed: 1 });
    expect(checkWeightedTardiness(many, answer.solution!)).toBe(answer.objective);
    const light = { ...middling, jobs: middling.jobs.map((job) => ({ ...job, weight: 0 })) };
    expect(solveWeightedTardiness(light, { moves: 1_000, seed: 1 })).toMatchObject({
      objective: 0,
      standing: 'optimal',
    });
    const huge = parseWeightedTardiness({
      ...middling,
      jobs: middling.jobs.map((job, at) => ({
        ...job,
        duration: 999_979 - at,
        weight: at < 20 ? 100 : 0,
        due: at * 1_000,
      })),
    });
    const far = solveWeightedTardiness(huge, { moves: 50_000, seed: 1 });
    expect(checkWeightedTardiness(huge, far.solution!)).toBe(far.objective);
    expect(far.bound).toBeLessThanOrEqual(far.objective!);
    expect(far.bound).toBeGreaterThan(0);
  });
});

describe('checking', () => {
  const { solution, objective } = solveWeightedTardiness(middling, { moves: 5_000, seed: 1 });
  const machines = solution!.machines;
  const [first, ...rest] = machines;
  const codes = (tampered: readonly (readonly string[])[]): string[] =>
    problemsOf(() => checkWeightedTardiness(middling, { machines: tampered })).map(({ code }) => code);

  it('agrees with the solver, and sees another order', () => {
    expect(checkWeightedTardiness(middling, solution!)).toBe(objective);
    expect(checkWeightedTardiness(middling, { machines: machines.map((ids) => ids.toReversed()) })).not.toBe(objective);
  });

  it('refuses schedules that were tampered with', () => {
    expect(codes([first!.slice(1), ...rest])).toEqual(['missing-job']);
    expect(codes([[...first!, first![0]!], ...rest])).toEqual(['repeated-job']);
    expect(codes([[...first!, 'stranger'], ...rest])).toEqual(['unknown-job']);
    expect(codes([...machines, []])).toEqual(['wrong-machines']);
    const twice = problemsOf(() => checkWeightedTardiness(middling, { machines: [first!, first!, ...rest.slice(1)] }));
    expect(twice.map(({ pointer }) => pointer)).toContain('/machines/1/0');
  });
});
