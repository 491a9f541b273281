import { describe, expect, test } from 'vitest';
import { InvalidInput, type Problem } from '../../../lib/core/errors.ts';
import { checkProject } from '../../../lib/engines/scheduling/project/check.ts';
import { PROJECT_LIMITS, parseProject } from '../../../lib/engines/scheduling/project/problem.ts';
import { solveProject } from '../../../lib/engines/scheduling/project/solve.ts';
import bestKnown from '../../bench/scheduling/project-best-known.json' with { type: 'json' };
import { generateProject, projectInstances } from '../../bench/scheduling/project-instances.ts';

const onboarding = {
  schema: 'countersign/project/1',
  resources: [
    { id: 'engineers', capacity: 3 },
    { id: 'trainers', capacity: 1 },
  ],
  activities: [
    { id: 'kick-off', duration: 60 },
    { id: 'import', duration: 240, uses: { engineers: 2 }, after: ['kick-off'] },
    { id: 'sign-on', duration: 120, uses: { engineers: 2 }, after: ['kick-off'] },
    { id: 'train-admins', duration: 180, uses: { trainers: 1 }, after: ['sign-on'] },
    { id: 'train-users', duration: 180, uses: { trainers: 1 }, after: ['import'] },
    { id: 'go-live', duration: 60, uses: { engineers: 1 }, after: ['train-admins', 'train-users'] },
  ],
};

function problemsOf(work: () => unknown): readonly Problem[] {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInput);
    return (error as InvalidInput).problems;
  }
  throw new Error('Nothing was refused.');
}

const withActivities = (activities: readonly unknown[]) => ({ ...onboarding, activities });

describe('a project', () => {
  test('is scheduled, with a proof that nothing is shorter', () => {
    const problem = parseProject(onboarding);
    const answer = solveProject(problem, { moves: 1_000, seed: 1 });
    // Import and sign-on need two of three engineers each, so they do not overlap; sign-on first lets training begin early.
    expect(answer).toMatchObject({ standing: 'optimal', objective: 660, bound: 660, gapBasisPoints: 0 });
    expect(answer.solution!.start).toMatchObject({ 'kick-off': 0, 'sign-on': 60, import: 180, 'go-live': 600 });
    expect(checkProject(problem, answer.solution!)).toBe(660);
  });

  test('of a single activity that takes no time has a makespan of 0', () => {
    const problem = parseProject(withActivities([{ id: 'a', duration: 0 }]));
    expect(solveProject(problem, { moves: 10, seed: 1 })).toMatchObject({
      standing: 'optimal',
      objective: 0,
      bound: 0,
    });
  });

  test('of a thousand activities, some of them very long, is scheduled within its budget', () => {
    const drawn = generateProject({ activities: 120, resources: 4, complexity: 180, factor: 75, strength: 20 }, 5);
    const activities = Array.from({ length: 8 }, (_, copy) =>
      drawn.activities.map((each, i) => ({
        ...each,
        id: `${copy}-${each.id}`,
        duration: i % 10 === 0 ? 999_983 : each.duration,
        after: [...each.after.map((id) => `${copy}-${id}`), ...(copy > 0 && i === 0 ? [`${copy - 1}-a120`] : [])],
      })),
    ).flat();
    const problem = parseProject({ ...drawn, activities });
    const { objective, bound, solution, spent } = solveProject(problem, { moves: 60, seed: 1 });
    expect(checkProject(problem, solution!)).toBe(objective);
    expect(bound).toBeGreaterThan(999_983);
    expect(bound).toBeLessThanOrEqual(objective!);
    expect(spent.moves).toBeLessThanOrEqual(60);
  });
});

describe('the benchmark', () => {
  const known = bestKnown.instances as Record<string, { makespan: number; isOptimal: boolean }>;
  const instances = projectInstances(30);

  test('has one instance per cell, each of the wanted shape, and knows a best makespan of each', () => {
    expect(instances).toHaveLength(48);
    expect(Object.keys(known)).toEqual(instances.map(({ name }) => name));
    for (const { shape, problem } of instances) {
      const arcs = problem.activities.flatMap(({ after }) => after).length;
      const used = problem.activities.flatMap(({ uses }) => Object.keys(uses)).length;
      expect((arcs + 6) / 32).toBeCloseTo(shape.complexity / 100, 1);
      expect((100 * used) / 120).toBeCloseTo(shape.factor, 1);
      expect(problem.activities.filter(({ after }) => after.length === 0)).toHaveLength(3);
      expect(() => parseProject(problem)).not.toThrow();
    }
  });

  test('with a small budget no bound is above, and no proved makespan is other than the best known', () => {
    let proved = 0;
    for (const { name, problem } of instances)
      for (const moves of [40, 400]) {
        const { standing, objective, bound, solution } = solveProject(problem, { moves, seed: moves });
        expect(checkProject(problem, solution!)).toBe(objective);
        expect(bound, name).toBeLessThanOrEqual(known[name]!.makespan);
        expect(objective, name).toBeGreaterThanOrEqual(known[name]!.makespan);
        if (standing === 'optimal') proved++;
      }
    expect(proved).toBeGreaterThan(60);
  });
});

describe('what is refused', () => {
  test('cycles, named in order', () => {
    const activities = [
      { id: 'd', duration: 1 },
      { id: 'c', duration: 1, after: ['b', 'd'] },
      { id: 'a', duration: 1, after: ['d', 'c'] },
      { id: 'b', duration: 1, after: ['a'] },
      { id: 'e', duration: 1, after: ['b'] },
    ];
    expect(problemsOf(() => parseProject(withActivities(activities)))).toEqual([
      {
        pointer: '/activities/2/after/1',
        code: 'precedence-cycle',
        message: 'Activities wait for each other: "a" before "b" before "c" before "a".',
        mend: 'Take one of these predecessors away.',
      },
    ]);
    const itself = [{ id: 'a', duration: 1, after: ['a'] }];
    expect(problemsOf(() => parseProject(withActivities(itself)))).toMatchObject([
      { pointer: '/activities/0/after/0', code: 'precedence-cycle' },
    ]);
  });

  test('demands that can never be met, and names of what is not there', () => {
    const activities = [
      { id: 'a', duration: 1, uses: { engineers: 4, 'no/body': 1 } },
      { id: 'a', duration: 1, uses: { nobody: 1 }, after: ['a', 'z'] },
    ];
    expect(problemsOf(() => parseProject(withActivities(activities.slice(1))))).toMatchObject([
      { pointer: '/activities/0/uses/nobody', code: 'unknown-resource' },
      { pointer: '/activities/0/after/1', code: 'unknown-activity' },
      { pointer: '/activities/0/after/0', code: 'precedence-cycle' },
    ]);
    const demanding = [
      { id: 'a', duration: 1, uses: { engineers: 4 } },
      { id: 'a', duration: 1 },
    ];
    expect(problemsOf(() => parseProject(withActivities(demanding)))).toMatchObject([
      { pointer: '/activities/1/id', code: 'duplicate-id' },
      {
        pointer: '/activities/0/uses/engineers',
        code: 'demand-above-capacity',
        mend: 'Use at most 3, or raise the capacity.',
      },
    ]);
  });

  test.each([
    ['no activities', { ...onboarding, activities: [] }, '/activities'],
    ['half a minute', withActivities([{ id: 'a', duration: 0.5 }]), '/activities/0/duration'],
    ['time that runs back', withActivities([{ id: 'a', duration: -1 }]), '/activities/0/duration'],
    ['a field that nobody knows', { ...onboarding, deadline: 3 }, '/deadline'],
    ['another schema', { ...onboarding, schema: 'countersign/project/2' }, '/schema'],
    [
      'more activities than there may be',
      withActivities(Array.from({ length: PROJECT_LIMITS.activities + 1 }, (_, i) => ({ id: `a${i}`, duration: 1 }))),
      '/activities',
    ],
  ])('%s', (_, value, at) => {
    expect(problemsOf(() => parseProject(value)).map(({ pointer }) => pointer)).toEqual([at]);
  });

  test.each([
    ['a start that is missing', { import: undefined }, 'missing-start', '/start/import'],
    ['a start of nothing', { lunch: 3 }, 'unknown-activity', '/start/lunch'],
    ['a start before the beginning', { 'kick-off': -1 }, 'invalid-start', '/start/kick-off'],
    ['a start between instants', { 'go-live': 600.5 }, 'invalid-start', '/start/go-live'],
    ['a start before a predecessor has ended', { 'go-live': 599 }, 'precedence-broken', '/start/go-live'],
    ['more than there is of a resource', { import: 179 }, 'capacity-exceeded', '/start/import'],
  ])('a solution with %s', (_, changed, code, at) => {
    const problem = parseProject(onboarding);
    const { solution } = solveProject(problem, { moves: 1_000, seed: 1 });
    const start = Object.fromEntries(
      Object.entries({ ...solution!.start, ...changed }).flatMap(([id, at]) => (at === undefined ? [] : [[id, at]])),
    );
    expect(problemsOf(() => checkProject(problem, { start }))).toMatchObject([{ code, pointer: at }]);
  });
});
