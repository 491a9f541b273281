import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import type { LinearSolver } from '../../../lib/core/linear-problem.ts';
import { checkAssignment } from '../../../lib/engines/scheduling/assignment/check.ts';
import { type AssignmentProblem, readAssignment } from '../../../lib/engines/scheduling/assignment/problem.ts';
import { type AssignmentAnswer, solveAssignment } from '../../../lib/engines/scheduling/assignment/solve.ts';
import { randomFrom } from '../../../lib/engines/scheduling/random.ts';
import { loadHighs } from '../../../lib/platform/optimizer/highs.ts';
import { assignmentOf } from '../../bench/scheduling/assignment-instances.ts';

const budget = { moves: 20_000, seed: 1 };

function problemOf(capacity: readonly number[], cost: number[][], load: number[][]): AssignmentProblem {
  return {
    schema: 'countersign/assignment/1',
    agents: capacity.map((value, n) => ({ id: `a${n}`, capacity: value })),
    jobs: cost[0]!.map((_, n) => ({ id: `j${n}` })),
    cost,
    load,
  };
}

/** Least cost over all assignments that fit, by trying each. */
function cheapest({ agents, jobs, cost, load }: AssignmentProblem): number | undefined {
  const room = agents.map(({ capacity }) => capacity);
  let best: number | undefined;
  const place = (job: number, sum: number): void => {
    if (job === jobs.length) {
      if (best === undefined || sum < best) best = sum;
      return;
    }
    for (let agent = 0; agent < agents.length; agent += 1) {
      if (load[agent]![job]! > room[agent]!) continue;
      room[agent]! -= load[agent]![job]!;
      place(job + 1, sum + cost[agent]![job]!);
      room[agent]! += load[agent]![job]!;
    }
  };
  place(0, 0);
  return best;
}

const table = (agents: number, jobs: number, value: fc.Arbitrary<number>): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(value, { minLength: jobs, maxLength: jobs }), { minLength: agents, maxLength: agents });

const smallProblem = fc
  .record({ agents: fc.integer({ min: 1, max: 4 }), jobs: fc.integer({ min: 1, max: 7 }) })
  .chain(({ agents, jobs }) =>
    fc
      .record({
        capacity: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: agents, maxLength: agents }),
        cost: table(agents, jobs, fc.integer({ min: -20, max: 60 })),
        load: table(agents, jobs, fc.integer({ min: 0, max: 20 })),
      })
      .map(({ capacity, cost, load }) => problemOf(capacity, cost, load)),
  );

/** Eight jobs of which four agents can take two or three each. */
const tight = (): AssignmentProblem => {
  const { below } = randomFrom(12);
  const load = Array.from({ length: 4 }, () => Array.from({ length: 9 }, () => 10 + below(30)));
  return problemOf(
    [52, 52, 52, 52],
    load.map((row) => row.map((value) => 50 - value + below(12))),
    load,
  );
};

describe('answers', () => {
  test('small problems are solved as trying every assignment solves them, and no bound is above the optimum', () => {
    const seen = { solved: 0, impossible: 0 };
    fc.assert(
      fc.property(smallProblem, (problem) => {
        const answer = solveAssignment(problem, budget);
        const best = cheapest(problem);
        expect(checkAssignment(problem, answer)).toEqual([]);
        if (best === undefined) {
          seen.impossible += 1;
          expect(answer.standing).toBe('refused');
          expect(answer.problems.length).toBeGreaterThan(0);
          return;
        }
        seen.solved += 1;
        expect(answer.objective).toBe(best);
        expect(answer.bound!).toBeLessThanOrEqual(best);
        expect(answer.problems).toEqual([]);
      }),
      { numRuns: 250, seed: 20_261_121 },
    );
    expect(seen.solved).toBeGreaterThan(50);
    expect(seen.impossible).toBeGreaterThan(20);
  });

  test('a tight problem is solved, with a gap that counts what is not proved', () => {
    const problem = tight();
    const answer = solveAssignment(problem, { moves: 1_000_000, seed: 1 });
    const { objective = Number.NaN, bound = Number.NaN } = answer;
    expect(objective).toBe(cheapest(problem));
    expect(bound).toBeLessThan(objective);
    expect(answer).toMatchObject({
      standing: 'gap',
      gapBasisPoints: Math.ceil(((objective - bound) / objective) * 10_000),
    });
  });

  test('an answer stays within its moves, and more of them find what is cheaper', () => {
    const problem = assignmentOf({ kind: 'd', agents: 10, jobs: 50 });
    const none = solveAssignment(problem, { moves: 0, seed: 1 });
    const few = solveAssignment(problem, { moves: 10_000, seed: 1 });
    const more = solveAssignment(problem, { moves: 1_000_000, seed: 1 });
    expect(none.spent.moves).toBe(0);
    expect(few.spent.moves).toBe(10_000);
    expect(more.spent.moves).toBe(1_000_000);
    expect(more.objective!).toBeLessThan(few.objective ?? Number.POSITIVE_INFINITY);
    expect(more.gapBasisPoints!).toBeLessThan(200);
    for (const answer of [none, few, more]) expect(checkAssignment(problem, answer)).toEqual([]);
  });

  test('amounts as large as the contract allows are added up exactly', () => {
    const most = 1_000_000_000;
    const { below } = randomFrom(3);
    const row = (): number[] => Array.from({ length: 6 }, () => most - below(1_000));
    const problem = readAssignment(
      problemOf(
        [most, most, most, most, most, most],
        [row(), row(), row(), row(), row(), row()],
        [...Array.from({ length: 6 }, row)],
      ),
    );
    const answer = solveAssignment(problem, budget);
    expect(answer.objective).toBe(cheapest(problem));
    expect(checkAssignment(problem, answer)).toEqual([]);
  });
});

describe('the same bytes', () => {
  const shuffled = <T>(items: readonly T[], order: readonly number[]): T[] => order.map((index) => items[index]!);
  const orderOf = (length: number, seed: number): number[] => {
    const { below } = randomFrom(seed);
    const order = Array.from({ length }, (_, n) => n);
    for (let n = length - 1; n > 0; n -= 1) {
      const other = below(n + 1);
      [order[n], order[other]] = [order[other]!, order[n]!];
    }
    return order;
  };

  test('whatever the order of agents and jobs', () => {
    const problem = assignmentOf({ kind: 'e', agents: 5, jobs: 30 });
    const answer = JSON.stringify(solveAssignment(problem, { moves: 300_000, seed: 4 }));
    for (const seed of [1, 2, 3]) {
      const agents = orderOf(5, seed);
      const jobs = orderOf(30, seed + 10);
      const permuted: AssignmentProblem = {
        ...problem,
        agents: shuffled(problem.agents, agents),
        jobs: shuffled(problem.jobs, jobs),
        cost: shuffled(problem.cost, agents).map((row) => shuffled(row, jobs)),
        load: shuffled(problem.load, agents).map((row) => shuffled(row, jobs)),
      };
      expect(JSON.stringify(solveAssignment(permuted, { moves: 300_000, seed: 4 }))).toBe(answer);
    }
  });

  test('in fresh processes, with a solver and without', () => {
    const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
    const script = `
      import { solveAssignment } from ${at('../../../lib/engines/scheduling/assignment/solve.ts')};
      import { loadHighs } from ${at('../../../lib/platform/optimizer/highs.ts')};
      import { assignmentOf } from ${at('../../bench/scheduling/assignment-instances.ts')};
      const problem = assignmentOf({ kind: 'd', agents: 5, jobs: 40 });
      const solver = await loadHighs();
      console.log(JSON.stringify([
        solveAssignment(problem, { moves: 200_000, seed: 1 }),
        solveAssignment(problem, { moves: 200_000, seed: 1, solver, iterations: 300 }),
      ]));`;
    const run = (): string =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 50_000 });
    const first = run();
    const [without, polished] = JSON.parse(first) as AssignmentAnswer[];
    expect(polished!.spent.iterations).toBeGreaterThan(0);
    expect(polished!.objective!).toBeLessThanOrEqual(without!.objective!);
    expect(run()).toBe(first);
  });
});

describe('a solver', () => {
  test('finds what search did not, up to the optimum', async () => {
    const problem = tight();
    const solver = await loadHighs();
    const answer = solveAssignment(problem, { moves: 0, seed: 1, solver, iterations: 100_000 });
    expect(answer.objective).toBe(cheapest(problem));
    expect(answer.spent.iterations).toBeGreaterThan(0);
    expect(checkAssignment(problem, answer)).toEqual([]);
  });

  test('that lies about its solution is not believed', () => {
    const problem = tight();
    const liar: LinearSolver = {
      solve: ({ columns }) => ({ status: 'optimal', values: Array.from({ length: columns }, () => 1), iterations: 7 }),
    };
    const overloads: LinearSolver = {
      solve: ({ columns, rows }) => {
        const values = Array.from({ length: columns }, () => 0);
        // The first pair of each job, whatever its agent can take.
        for (const { low, columns: pairs } of rows) if (low === 1) values[pairs[0]!] = 1;
        return { status: 'optimal', values, iterations: 7 };
      },
    };
    const without = solveAssignment(problem, budget);
    for (const solver of [liar, overloads]) {
      const answer = solveAssignment(problem, { ...budget, solver, iterations: 10 });
      expect(answer).toEqual({ ...without, spent: { ...without.spent, iterations: 7 } });
    }
  });

  test('says that a problem is impossible where nothing else shows it', async () => {
    // Two jobs of 6 for each of the agents' 10: none has room for the third.
    const problem = problemOf([10, 10], [[1, 1, 1]], [[6, 6, 6]]);
    const both = {
      ...problem,
      cost: [
        [1, 1, 1],
        [1, 1, 1],
      ],
      load: [
        [6, 6, 6],
        [6, 6, 6],
      ],
    };
    const without = solveAssignment(both, budget);
    expect(without).toMatchObject({ standing: 'refused', problems: [{ code: 'none-found' }] });
    const asked = solveAssignment(both, { ...budget, solver: await loadHighs(), iterations: 1_000 });
    expect(asked).toMatchObject({ standing: 'refused', problems: [{ code: 'said-impossible' }] });
    expect(checkAssignment(both, asked)).toEqual([]);
  });
});

describe('what cannot be solved', () => {
  test('is refused with each reason, its place and what to do', () => {
    const problem = problemOf(
      [5, 3],
      [
        [1, 1, 1],
        [1, 1, 1],
      ],
      [
        [6, 2, 9],
        [4, 2, 9],
      ],
    );
    const answer = solveAssignment(problem, budget);
    expect(answer.standing).toBe('refused');
    expect(answer.problems.map(({ pointer, code }) => ({ pointer, code }))).toEqual([
      { pointer: '/jobs/0', code: 'fits-nobody' },
      { pointer: '/jobs/2', code: 'fits-nobody' },
    ]);
    expect(answer.spent.moves).toBe(0);
    const crowded = problemOf(
      [5, 5],
      [
        [1, 1, 1],
        [1, 1, 1],
      ],
      [
        [4, 4, 4],
        [5, 5, 5],
      ],
    );
    expect(solveAssignment(crowded, budget).problems).toMatchObject([
      { pointer: '/agents', code: 'too-little-capacity' },
    ]);
  });

  test.each([
    ['another schema', { schema: 'countersign/assignment/2' }, '/schema', 'invalid-value'],
    ['no agents', { agents: [] }, '/agents', 'too-small'],
    ['part of a unit', { agents: [{ id: 'a', capacity: 1.5 }] }, '/agents/0/capacity', 'invalid-type'],
    ['a capacity below zero', { agents: [{ id: 'a', capacity: -1 }] }, '/agents/0/capacity', 'too-small'],
    ['an absurd cost', { cost: [[1e12, 1]] }, '/cost/0/0', 'too-big'],
    ['an unknown field', { jobs: [{ id: 'x', urgent: true }, { id: 'y' }] }, '/jobs/0/urgent', 'unknown-field'],
    ['an id that is no key', { agents: [{ id: '__proto__', capacity: 5 }] }, '/agents/0/id', 'invalid-format'],
    ['an id given twice', { jobs: [{ id: 'x' }, { id: 'x' }] }, '/jobs/1/id', 'repeated-id'],
    ['too few rows', { load: [] }, '/load', 'wrong-size'],
    ['a row that is too long', { cost: [[1, 2, 3]] }, '/cost/0', 'wrong-size'],
  ])('%s is an error with its place', (_, change, pointer, code) => {
    const sound = {
      schema: 'countersign/assignment/1',
      agents: [{ id: 'a', capacity: 5 }],
      jobs: [{ id: 'x' }, { id: 'y' }],
      cost: [[1, 2]],
      load: [[2, 3]],
    };
    expect(readAssignment(sound)).toEqual(sound);
    const read = (): unknown => readAssignment({ ...sound, ...change });
    expect(read).toThrow(InvalidInput);
    try {
      read();
    } catch (error) {
      const { problems } = error as InvalidInput;
      expect(problems.map((problem) => [problem.pointer, problem.code])).toContainEqual([pointer, code]);
      for (const { mend } of problems) expect(mend).not.toBe('');
    }
  });

  test('too many pairs are an error before any work', () => {
    const row = (): number[] => Array.from({ length: 1_001 }, () => 1);
    const rows = Array.from({ length: 500 }, row);
    const agents = rows.map((_, n) => ({ id: `a${n}`, capacity: 9 }));
    const jobs = row().map((_, n) => ({ id: `j${n}` }));
    const read = (): unknown =>
      readAssignment({ schema: 'countersign/assignment/1', agents, jobs, cost: rows, load: rows });
    expect(read).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ code: 'too-large' })] }));
  });
});

describe('the check', () => {
  const problem = tight();
  const answer = solveAssignment(problem, budget);
  const codesAt = (changed: AssignmentAnswer): string[] =>
    checkAssignment(problem, changed).map(({ pointer }) => pointer);
  const certificate = answer.certificate!;

  test('finds nothing wrong with the answer as it is', () => {
    expect(checkAssignment(problem, answer)).toEqual([]);
  });

  test.each<[string, Partial<AssignmentAnswer>, string]>([
    ['an objective made smaller', { objective: answer.objective! - 1 }, '/objective'],
    ['a bound made larger', { bound: answer.bound! + 1 }, '/bound'],
    [
      'a certificate made larger',
      { certificate: { ...certificate, bound: certificate.bound + 1 } },
      '/certificate/bound',
    ],
    ['a standing made better', { standing: 'optimal' }, '/standing'],
    ['a gap made smaller', { gapBasisPoints: answer.gapBasisPoints! - 1 }, '/gapBasisPoints'],
    [
      'a price changed',
      {
        certificate: {
          ...certificate,
          multipliers: { ...certificate.multipliers, j3: certificate.multipliers.j3! + 5_000_000 },
        },
      },
      '/bound',
    ],
    ['a price left out', { certificate: { ...certificate, multipliers: {} } }, '/certificate/multipliers/j0'],
    [
      'a price that is not whole',
      { certificate: { ...certificate, multipliers: { ...certificate.multipliers, j1: 0.5 } } },
      '/certificate/multipliers/j1',
    ],
    ['a scale of zero', { certificate: { ...certificate, scale: 0 } }, '/certificate/scale'],
    ['a grain below one', { certificate: { ...certificate, grain: 1e-9 } }, '/certificate/grain'],
    ['a job left out', { solution: { agentOf: {} } }, '/solution/agentOf/j0'],
    [
      'a job that nobody gave',
      { solution: { agentOf: { ...answer.solution!.agentOf, more: 'a0' } } },
      '/solution/agentOf/more',
    ],
    [
      'an unknown agent',
      { solution: { agentOf: { ...answer.solution!.agentOf, j0: 'nobody' } } },
      '/solution/agentOf/j0',
    ],
    [
      'an overload',
      { solution: { agentOf: Object.fromEntries(problem.jobs.map(({ id }) => [id, 'a0'])) } },
      '/solution/agentOf',
    ],
  ])('refuses %s', (_, change, pointer) => {
    expect(codesAt({ ...answer, ...change })).toContain(pointer);
  });

  test('refuses a claim without a solution or without a certificate', () => {
    const { solution, ...claim } = answer;
    expect(solution).toBeDefined();
    expect(codesAt(claim)).toEqual(['/solution']);
    const { certificate: left, ...bare } = answer;
    expect(left).toBeDefined();
    expect(codesAt(bare)).toEqual(['/certificate']);
  });

  test('accepts a bound that was proved in coarser grains, and it is no better', () => {
    const coarse = problemOf(
      problem.agents.map(({ capacity }) => capacity * 1_000),
      problem.cost,
      problem.load.map((row) => row.map((value) => value * 1_000)),
    );
    const found = solveAssignment(coarse, budget);
    expect(found.certificate!.grain).toBeGreaterThan(1);
    expect(found.objective!).toBeGreaterThanOrEqual(found.bound!);
    expect(found.bound!).toBeLessThanOrEqual(answer.objective!);
    expect(checkAssignment(coarse, found)).toEqual([]);
  });
});
