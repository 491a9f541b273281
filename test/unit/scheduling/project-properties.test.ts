import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkProject } from '../../../lib/engines/scheduling/project/check.ts';
import { criticalPaths, energyBound } from '../../../lib/engines/scheduling/project/critical-path.ts';
import { isOverloaded } from '../../../lib/engines/scheduling/project/energetic.ts';
import { Justification } from '../../../lib/engines/scheduling/project/justification.ts';
import { type Network, networkOf } from '../../../lib/engines/scheduling/project/network.ts';
import { MakespanSearch } from '../../../lib/engines/scheduling/project/search/makespan-search.ts';
import { solveProject } from '../../../lib/engines/scheduling/project/solve.ts';
import { generateProject } from '../../bench/scheduling/project-instances.ts';
import { shortestMakespan, smallProjects } from './project-support.ts';

const deep = process.env.COUNTERSIGN_DEEP !== undefined;
const runs = (count: number) => ({ numRuns: deep ? 20 * count : count });

/** One activity after the other: a schedule, and no short one. */
function oneByOne({ size, topological, durations }: Network): Int32Array {
  const finish = new Int32Array(size);
  let now = 0;
  for (const activity of topological) {
    now += durations[activity]!;
    finish[activity] = now;
  }
  return finish;
}

const lengthOf = (finish: Int32Array): number => Math.max(...finish);

const startsOf = ({ ids, durations, unit }: Network, finish: Int32Array) => ({
  start: Object.fromEntries(ids.map((id, i) => [id, (finish[i]! - durations[i]!) * unit])),
});

/** A drawn order in which each activity is behind all that it comes after. */
function orderOf({ size, before }: Network, keys: readonly number[]): Int32Array {
  const order: number[] = [];
  while (order.length < size) {
    const free = [...Array(size).keys()].filter(
      (i) =>
        !order.includes(i) &&
        before.items.subarray(before.first[i], before.first[i + 1]).every((j) => order.includes(j)),
    );
    order.push(free[(keys[order.length] ?? 0) % free.length]!);
  }
  return Int32Array.from(order);
}

const mediumProjects = fc
  .record({
    complexity: fc.constantFrom(150, 180, 210),
    factor: fc.constantFrom(25, 50, 75, 100),
    strength: fc.constantFrom(20, 50, 70),
    seed: fc.nat({ max: 1_000_000 }),
  })
  .map(({ seed, ...shape }) => generateProject({ activities: 20, resources: 4, ...shape }, seed));

describe('small projects', () => {
  test('are solved to the optimum, which is that of trying everything, and nearly all of them with proof', () => {
    const seen = { solved: 0, proved: 0 };
    fc.assert(
      fc.property(smallProjects(7), fc.integer(), (problem, seed) => {
        const { standing, objective, bound, gapBasisPoints, solution } = solveProject(problem, { moves: 2_000, seed });
        const shortest = shortestMakespan(problem);
        expect(objective).toBe(shortest);
        expect(checkProject(problem, solution!)).toBe(shortest);
        expect(bound).toBeLessThanOrEqual(shortest);
        expect([standing, gapBasisPoints === 0]).toEqual(bound === shortest ? ['optimal', true] : ['gap', false]);
        seen.solved++;
        if (standing === 'optimal') seen.proved++;
      }),
      runs(150),
    );
    expect(seen.solved).toBeGreaterThanOrEqual(150);
    expect(seen.proved / seen.solved).toBeGreaterThan(0.95);
  });

  test('with hardly any budget, the bound is never above the optimum, and the standing claims nothing more', () => {
    fc.assert(
      fc.property(smallProjects(7), fc.constantFrom(0, 3, 20, 60, 120), (problem, moves) => {
        const { standing, objective, bound, solution, spent } = solveProject(problem, { moves, seed: 1 });
        const shortest = shortestMakespan(problem);
        expect(bound).toBeLessThanOrEqual(shortest);
        expect(objective).toBeGreaterThanOrEqual(shortest);
        expect(checkProject(problem, solution!)).toBe(objective);
        expect(standing).toBe(objective === bound ? 'optimal' : 'gap');
        expect(spent.moves).toBeLessThanOrEqual(Math.max(3, moves));
      }),
      runs(150),
    );
  });

  test('the exact search alone finds the optimum, from above and from below', () => {
    fc.assert(
      fc.property(smallProjects(6), (problem) => {
        const network = networkOf(problem);
        const longest = oneByOne(network);
        const shortest = shortestMakespan(problem) / network.unit;
        const above = new MakespanSearch(network, longest, 0);
        let best = longest;
        while (above.search(lengthOf(best) - 1, 100_000) === 'found') {
          best = above.finish();
          checkProject(problem, startsOf(network, best));
          above.shorten(lengthOf(best));
        }
        expect(lengthOf(best)).toBe(shortest);
        const below = new MakespanSearch(network, longest, 0);
        let target = 0;
        while (target < lengthOf(longest) && below.search(target, 100_000) === 'refuted') target++;
        expect(target).toBe(shortest);
      }),
      runs(150),
    );
  });

  test('the simple bounds hold, and energetic reasoning refutes no window in which a schedule lies', () => {
    fc.assert(
      fc.property(smallProjects(6), (problem) => {
        const network = networkOf(problem);
        const shortest = shortestMakespan(problem) / network.unit;
        const { heads, tails, length } = criticalPaths(network);
        expect(Math.max(length, energyBound(network))).toBeLessThanOrEqual(shortest);
        const latest = tails.map((tail) => shortest - tail);
        expect(isOverloaded(network, { earliest: heads, latest })).toBe(false);
      }),
      runs(150),
    );
  });
});

describe('projects of twenty activities', () => {
  test('at any budget, the bound of a short search is never above the schedule of a long one', () => {
    fc.assert(
      fc.property(mediumProjects, fc.integer({ min: 30, max: 3_000 }), (problem, moves) => {
        const long = solveProject(problem, { moves: 30_000, seed: 1 });
        const short = solveProject(problem, { moves, seed: 2 });
        expect(short.bound).toBeLessThanOrEqual(long.objective!);
        expect(long.bound).toBeLessThanOrEqual(short.objective!);
        expect(checkProject(problem, short.solution!)).toBe(short.objective);
      }),
      runs(25),
    );
  });

  test('in whatever order a document lists them, the answer has the same bytes', () => {
    fc.assert(
      fc.property(mediumProjects, fc.infiniteStream(fc.nat()), (problem, stream) => {
        const shuffled = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, key: stream.next().value as number }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const permuted = {
          ...problem,
          resources: shuffled(problem.resources),
          activities: shuffled(problem.activities).map((activity) => ({
            ...activity,
            after: shuffled(activity.after),
            uses: Object.fromEntries(shuffled(Object.entries(activity.uses))),
          })),
        };
        const budget = { moves: 600, seed: 7 };
        expect(JSON.stringify(solveProject(permuted, budget))).toBe(JSON.stringify(solveProject(problem, budget)));
      }),
      runs(20),
    );
  });

  test('no schedule gets longer by justification', () => {
    let shorter = 0;
    fc.assert(
      fc.property(mediumProjects, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (problem, keys) => {
        const network = networkOf(problem);
        const justification = new Justification(network);
        const order = orderOf(network, keys);
        const before = justification.schedule(order);
        checkProject(problem, startsOf(network, justification.finish));
        const after = justification.justify(order);
        expect(after).toBeLessThanOrEqual(before);
        expect(checkProject(problem, startsOf(network, justification.finish))).toBe(after);
        if (after < before) shorter++;
      }),
      runs(150),
    );
    expect(shorter).toBeGreaterThan(10);
  });
});
