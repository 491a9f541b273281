import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../lib/core/digest.ts';
import { InvalidInput } from '../../lib/core/errors.ts';
import { provenBound } from '../../lib/engines/scheduling/plan/certificate.ts';
import { checkCertificate } from '../../lib/engines/scheduling/plan/check.ts';
import { compile } from '../../lib/engines/scheduling/plan/compile.ts';
import { WEIGHT_SCALE } from '../../lib/engines/scheduling/plan/dual.ts';
import { evaluatePlan } from '../../lib/engines/scheduling/plan/evaluate.ts';
import { makePlan } from '../../lib/engines/scheduling/plan/make-plan.ts';
import type { Model } from '../../lib/engines/scheduling/plan/model.ts';
import { parsePlanRequest, type WrittenPlanRequest } from '../../lib/engines/scheduling/plan/request.ts';
import { TAIL_LIMIT, tailWeights } from '../../lib/engines/scheduling/plan/scale.ts';
import { State, tailSum } from '../../lib/engines/scheduling/plan/state.ts';
import { timetableOf } from '../../lib/engines/scheduling/plan/timetable.ts';
import { randomFrom } from '../../lib/engines/scheduling/random.ts';
import { randomRequest } from '../support/random-plan-requests.ts';

const deep = process.env.COUNTERSIGN_DEEP !== undefined;
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

function planned(written: WrittenPlanRequest) {
  const request = parsePlanRequest(written);
  const result = makePlan(request, undefined);
  if (result.standing === 'refused') throw new Error('refused');
  return { request, ...result };
}

/** The best value of all plans, by trying every one; of those for which something holds beside the model's limits. */
function best(model: Model, holds: (choice: Int32Array) => boolean = () => true): number {
  const state = new State(model);
  let least = Number.POSITIVE_INFINITY;
  const descend = (touch: number): void => {
    const { begin, end } = model.touches[touch] ?? { begin: 0, end: 0 };
    if (touch === model.touches.length) {
      const value = state.objective();
      if (value < least && state.feasible() && holds(state.choice)) least = value;
      return;
    }
    for (let column = begin; column < end; column += 1) {
      state.put(column);
      descend(touch + 1);
      state.take(touch);
    }
  };
  descend(0);
  return least;
}

describe('plans of any request', () => {
  it('keep every rule, say what they cost, name every touch, and prove their bound', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { request, plan, certificate } = planned(randomRequest(seed, { touches: 12, reps: 3, days: 5 }));
        const { objective, violations } = evaluatePlan(request, plan);
        expect(violations).toEqual([]);
        expect(objective).toBe(BigInt(plan.objective));
        expect(plan.touches.map(({ touch }) => touch)).toEqual(request.touches.map(({ id }) => id));
        expect(checkCertificate(request, plan, certificate)).toEqual([]);
        expect(plan.objective).toBeGreaterThanOrEqual(certificate!.bound);
        expect(plan.baseline.saves).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: deep ? 3_000 : 150 },
    );
  });

  it('are never below the bound and seldom above the best of all plans', () => {
    let exact = 0;
    let runs = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const { request, plan, certificate } = planned(randomRequest(seed, { touches: 4, reps: 2, days: 2 }));
        const model = compile(request);
        const plans = model.touches.reduce((product, { begin, end }) => product * (end - begin), 1);
        fc.pre(plans <= 20_000);
        // The bound is on all plans, also on those that would send two people to one account at the same time.
        expect(certificate!.bound).toBeLessThanOrEqual(best(model));
        const least = best(model, (choice) => timetableOf(model, choice).clashes.length === 0);
        expect(plan.objective).toBeGreaterThanOrEqual(least);
        runs += 1;
        if (plan.objective === least) exact += 1;
      }),
      { numRuns: deep ? 2_000 : 100 },
    );
    expect(exact / runs).toBeGreaterThan(0.98);
  });

  it('are the same bytes for permuted input', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const written = randomRequest(seed, { touches: 8, reps: 3, days: 3 });
        const random = randomFrom(seed + 1);
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map((each) => ({ each, key: random.below(1_000_000) }))
            .sort((a, b) => a.key - b.key)
            .map(({ each }) => each);
        const permuted: WrittenPlanRequest = {
          ...written,
          touches: shuffled(written.touches),
          reps: shuffled(written.reps),
          accounts: shuffled(written.accounts),
          actuals: shuffled(written.actuals ?? []),
          ...(written.previous === undefined
            ? {}
            : { previous: { ...written.previous, slots: shuffled(written.previous.slots) } }),
        };
        expect(canonicalJson(planned(permuted))).toBe(canonicalJson(planned(written)));
      }),
      { numRuns: deep ? 500 : 30 },
    );
  });

  it('prove a bound from any multipliers and weights', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const model = compile(parsePlanRequest(randomRequest(seed, { touches: 3, reps: 2, days: 2 })));
        const plans = model.touches.reduce((product, { begin, end }) => product * (end - begin), 1);
        fc.pre(plans <= 5_000);
        const random = randomFrom(seed);
        const multipliers = Float64Array.from(model.rows, () => random.below(3) * random.below(2_000_000_000));
        const weights = tailWeights(Array.from({ length: model.scale.scenarios }, () => random.below(100)));
        const duals = { multipliers, weights: weights.map((weight) => weight * WEIGHT_SCALE) };
        expect(Number(provenBound(model, duals))).toBeLessThanOrEqual(best(model));
      }),
      { numRuns: deep ? 2_000 : 150 },
    );
  });

  it('are made or refused with a typed error for requests that were tampered with', () => {
    const places = ['touches', 'reps', 'accounts', 'horizon', 'weights', 'budget', 'previous', 'scenarios'] as const;
    const junk = fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.constant([]), fc.constant({}), fc.double());
    fc.assert(
      fc.property(seeds, fc.constantFrom(...places), fc.nat(20), junk, (seed, place, which, value) => {
        const written = structuredClone(randomRequest(seed, { touches: 5, reps: 2, days: 3 })) as Record<
          string,
          unknown
        >;
        const part = written[place];
        const target = (Array.isArray(part) ? part[which % Math.max(1, part.length)] : part) as
          | Record<string, unknown>
          | undefined;
        if (target === undefined) written[place] = value;
        else target[Object.keys(target)[which % Math.max(1, Object.keys(target).length)] ?? 'x'] = value;
        try {
          const { request, plan } = planned(written as unknown as WrittenPlanRequest);
          expect(plan.touches).toHaveLength(request.touches.length);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
          for (const problem of (error as InvalidInput).problems) expect(problem.mend).not.toBe('');
        }
      }),
      { numRuns: deep ? 5_000 : 200 },
    );
  });
});

describe('the tail', () => {
  it('is the mean of the worst tenth, times the number of scenarios', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 60 }), (losses) => {
        const sorted = losses.toSorted((a, b) => b - a);
        // In tenths of a scenario: the worst count/10 scenarios, each of which is ten tenths.
        let left = losses.length;
        let sum = 0;
        for (const loss of sorted) {
          sum += loss * Math.min(TAIL_LIMIT, left);
          left -= Math.min(TAIL_LIMIT, left);
        }
        expect(tailSum(Float64Array.from(losses))).toBe(sum);
        const weights = tailWeights(losses);
        expect(weights.reduce((total, weight, k) => total + weight * (losses[k] ?? 0), 0)).toBe(sum);
        expect(weights.reduce((total, weight) => total + weight, 0)).toBe(losses.length);
      }),
    );
  });
});
