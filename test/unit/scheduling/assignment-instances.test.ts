import { expect, test } from 'vitest';
import { readAssignment } from '../../../lib/engines/scheduling/assignment/problem.ts';
import { solveAssignment } from '../../../lib/engines/scheduling/assignment/solve.ts';
import { bestKnown } from '../../bench/scheduling/assignment.ts';
import { ASSIGNMENTS, assignmentOf, nameOf } from '../../bench/scheduling/assignment-instances.ts';

test('measured instances follow their recipe, and the best assignment known of each fits', () => {
  expect(ASSIGNMENTS).toHaveLength(12);
  for (const spec of ASSIGNMENTS) {
    const problem = readAssignment(assignmentOf(spec));
    expect(assignmentOf(spec)).toEqual(problem);
    for (const [agent, { capacity }] of problem.agents.entries()) {
      const loads = problem.load[agent]!;
      expect(capacity).toBe(Math.floor((0.8 * loads.reduce((sum, value) => sum + value, 0)) / spec.agents));
      expect(Math.min(...loads)).toBeGreaterThanOrEqual(1);
      if (spec.kind === 'd')
        for (const [job, cost] of problem.cost[agent]!.entries())
          expect(Math.abs(cost - 111 + loads[job]!)).toBeLessThanOrEqual(10);
    }
    expect(bestKnown(nameOf(spec), problem)).toBeGreaterThan(0);
  }
});

test('no bound is above the best that is known', () => {
  for (const spec of ASSIGNMENTS.filter(({ jobs }) => jobs === 100)) {
    const problem = assignmentOf(spec);
    const { bound, objective = Number.POSITIVE_INFINITY } = solveAssignment(problem, { moves: 500_000, seed: 3 });
    const known = bestKnown(nameOf(spec), problem);
    expect(bound!).toBeLessThanOrEqual(known);
    expect(objective).toBeLessThan(1.05 * known);
  }
});

test('an assignment that does not fit its instance is no reference', () => {
  const problem = assignmentOf({ kind: 'd', agents: 5, jobs: 100 });
  expect(() => bestKnown('d-6x100', problem)).toThrow('no assignment is known');
  const agents = problem.agents.map((agent) => ({ ...agent, capacity: agent.capacity - 50 }));
  expect(() => bestKnown('d-5x100', { ...problem, agents })).toThrow('does not fit');
});
