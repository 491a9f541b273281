import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerBound } from '../../../lib/engines/scheduling/weighted-tardiness/bound.ts';
import { solveExactly } from '../../../lib/engines/scheduling/weighted-tardiness/exact.ts';
import { costOf, instanceOf } from '../../../lib/engines/scheduling/weighted-tardiness/instance.ts';
import { Relaxation } from '../../../lib/engines/scheduling/weighted-tardiness/relaxation.ts';
import { search } from '../../../lib/engines/scheduling/weighted-tardiness/search.ts';
import { tardinessInstance } from '../../bench/scheduling/tardiness-instances.ts';
import { leastByEnumeration, smallProblem } from './tardiness-problems.ts';

const RUNS = process.env.COUNTERSIGN_DEEP === undefined ? 60 : 2_000;

describe('the bound', () => {
  it('is never above the optimum, whatever the prices and the unit of time', () => {
    const prices = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(smallProblem(7, 3), prices, fc.integer({ min: 1, max: 5 }), (problem, paid, unit) => {
        const instance = instanceOf(problem);
        const relaxation = new Relaxation(instance, unit, 1_024);
        const bound = relaxation.bound(paid, relaxation.solve(paid));
        expect(bound + instance.fixed).toBeLessThanOrEqual(leastByEnumeration(problem));
      }),
      { numRuns: RUNS * 4 },
    );
  });

  it('is never above the optimum, and near to it, after its prices were improved', () => {
    let [bounds, optima] = [0, 0];
    for (const machines of [1, 2, 3]) {
      for (const tardiness of [4, 6, 8]) {
        const instance = instanceOf(tardinessInstance({ jobs: 10, machines, range: 6, tardiness }));
        const { sequences } = solveExactly(instance);
        const { value } = lowerBound(instance, sequences);
        expect(value).toBeLessThanOrEqual(costOf(instance, sequences));
        bounds += value;
        optima += costOf(instance, sequences);
      }
    }
    expect(bounds).toBeGreaterThan(0.93 * optima);
  });

  it('is proved by its prices alone', () => {
    const instance = instanceOf(tardinessInstance({ jobs: 30, machines: 2, range: 6, tardiness: 6 }));
    const { sequences, cost } = search(instance, 200_000, 1);
    const { value, certificate } = lowerBound(instance, sequences);
    const { unit, scale, prices } = certificate;
    expect(Array.from(prices).every(Number.isSafeInteger)).toBe(true);
    const relaxation = new Relaxation(instance, unit, scale);
    expect(relaxation.bound(prices, relaxation.solve(prices))).toBe(value);
    expect(value).toBeLessThanOrEqual(cost);
    expect(value).toBeGreaterThan(0.95 * cost);
  });

  it('does not need a good schedule', () => {
    const instance = instanceOf(tardinessInstance({ jobs: 10, machines: 2, range: 6, tardiness: 6 }));
    const best = costOf(instance, solveExactly(instance).sequences);
    const bad = [instance.ids.map((_, job) => job).toReversed(), []];
    const { value } = lowerBound(instance, bad);
    expect(value).toBeLessThanOrEqual(best);
    expect(value).toBeGreaterThan(0.8 * best);
  });
});
