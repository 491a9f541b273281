import { describe, expect, it } from 'vitest';
import { provenBound } from '../../../lib/engines/scheduling/plan/certificate.ts';
import { compile } from '../../../lib/engines/scheduling/plan/compile.ts';
import { highestRiskFirst } from '../../../lib/engines/scheduling/plan/construct.ts';
import { Whole } from '../../../lib/engines/scheduling/plan/pods/whole.ts';
import { wholeBaseline } from '../../../lib/engines/scheduling/plan/pods/whole-baseline.ts';
import { rowsByName, wholeBound } from '../../../lib/engines/scheduling/plan/pods/whole-bound.ts';
import { WholeLimits } from '../../../lib/engines/scheduling/plan/pods/whole-limits.ts';
import { PriceAscent } from '../../../lib/engines/scheduling/plan/price-ascent.ts';
import { type PlanRequest, parsePlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { tailWeights } from '../../../lib/engines/scheduling/plan/scale.ts';
import { randomFrom } from '../../../lib/engines/scheduling/random.ts';
import { planInstance } from '../../bench/scheduling/plan-instances.ts';
import { randomRequest } from '../../support/random-plan-requests.ts';

const requests: PlanRequest[] = [
  ...Array.from({ length: 60 }, (_, seed) =>
    parsePlanRequest(randomRequest(seed + 1, { touches: 14, reps: 5, days: 4 })),
  ),
  parsePlanRequest(planInstance({ touches: 60, reps: 9, days: 5, scenarios: 20 }, 2)),
];

/** Where a touch may go in a whole request, with what comes with it alone, as text. */
function placesIn(whole: Whole, touch: number): string[] {
  const { begin = 0, end = 0, price = 0, specials = [] } = whole.touches[touch] ?? {};
  const special = new Map(specials.map((each) => [each.bucket, each.price]));
  const places: string[] = [];
  for (let offer = begin; offer < end; offer += 1) {
    const { reserve, from, to } = whole.candidates[offer]!;
    const { start } = whole.shifts[whole.candidates[offer]!.bucket]!;
    for (const bucket of whole.takings[whole.offerTaking[offer]!]!.buckets) {
      const losses = Array.from(
        { length: whole.scale.scenarios },
        (_, k) => whole.losses[whole.offerLoss[offer]! * whole.scale.scenarios + k],
      );
      places.push(
        `${bucket} ${special.get(bucket) ?? price} ${reserve > 0} ${from - start} ${to - start} ${losses.join(' ')}`,
      );
    }
  }
  return places.sort();
}

describe('a whole request by shift', () => {
  it('has the touches, places, prices and losses of the model that compile writes out', () => {
    for (const request of requests) {
      const whole = new Whole(request);
      const model = compile(request);
      expect(whole.touches.map(({ admitted }) => admitted.touch.id)).toEqual(
        model.touches.map(({ touch }) => touch.id),
      );
      expect([...whole.infeasible.keys()].sort()).toEqual([...model.infeasible.keys()].sort());
      for (const [touch, reason] of whole.infeasible)
        if (reason.code !== 'limit-used-up') expect(reason).toEqual(model.infeasible.get(touch));
      expect(whole.notices.filter(({ code }) => code === 'frozen-slot-lost')).toEqual(
        model.notices.filter(({ code }) => code === 'frozen-slot-lost'),
      );
      expect(whole.scale).toEqual(model.scale);
      for (const [touch, { begin, end, fixed }] of model.touches.entries()) {
        const columns = Array.from({ length: (fixed ? end : end - 1) - begin }, (_, at) => begin + at).map((column) => {
          const losses = Array.from(
            { length: model.scale.scenarios },
            (_, k) => model.losses[model.columnLoss[column]! * model.scale.scenarios + k],
          );
          return `${model.columnBucket[column]} ${model.columnPrice[column]} true ${model.columnFrom[column]} ${model.columnTo[column]} ${losses.join(' ')}`;
        });
        expect(placesIn(whole, touch)).toEqual(columns.sort());
      }
    }
  });

  it('proves the bound that the model proves, from any prices', () => {
    let compared = 0;
    for (const [seed, request] of requests.entries()) {
      const random = randomFrom(seed + 1);
      const whole = new Whole(request);
      const model = compile(request);
      const places = rowsByName(whole);
      const weights = tailWeights(Array.from({ length: model.scale.scenarios }, () => random.below(1_000))).map(
        (weight) => weight * 1_000,
      );
      // Limits that the model lowers to what minutes can be filled are others in the whole.
      const multipliers = model.rows.map(({ name, high }) => {
        const row = whole.rows.rows[places.get(name)!];
        return row !== undefined && row.high === high && random.below(2) === 0 ? random.below(50_000_000) : 0;
      });
      compared += multipliers.filter((value) => value > 0).length;
      const proved = provenBound(model, {
        weights,
        multipliers: Float64Array.from(multipliers, (value) => value / 1_000),
      });
      const named = model.rows.map(({ name }, row) => ({ row: name, value: multipliers[row]! }));
      expect(wholeBound(whole, { weights, multipliers: named })).toBe(proved);
    }
    expect(compared).toBeGreaterThan(1_000);
  });

  it('is planned by the plain rule as the model is', () => {
    for (const request of requests) {
      const whole = new Whole(request);
      const model = compile(request);
      const chosen = Array.from(highestRiskFirst(model), (column) => model.columnBucket[column]);
      expect([...wholeBaseline(whole)]).toEqual(chosen);
    }
  });

  it('gets better prices round by round, which whole numbers confirm', () => {
    const whole = new Whole(requests.at(-1)!);
    const limits = new WholeLimits(whole);
    const flat = Array.from({ length: whole.scale.scenarios }, () => 0);
    const boundOf = (rounds: number): number => {
      const reached = new PriceAscent(limits, flat).improve(rounds, 10_000_000_000, 0.25);
      const multipliers = whole.rows.rows.flatMap(({ name }, row) => {
        const value = Math.round(reached.multipliers[row]! * 1_000);
        return value === 0 ? [] : [{ row: name, value }];
      });
      const exact = Number(wholeBound(whole, { weights: reached.weights, multipliers }));
      expect(Math.abs(exact - reached.bound)).toBeLessThanOrEqual(1e-5 * exact);
      return exact;
    };
    const [first, later] = [boundOf(1), boundOf(200)];
    expect(later).toBeGreaterThan(first);
  });
});
