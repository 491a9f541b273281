import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../lib/core/digest.ts';
import { combinePods, evenPrices, type PodPlan, sharePrices } from '../../../lib/engines/scheduling/plan/combine.ts';
import { evaluatePlan } from '../../../lib/engines/scheduling/plan/evaluate.ts';
import { makePlan } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import { podBound, type SharedPrices } from '../../../lib/engines/scheduling/plan/pod-bound.ts';
import { type PlanRequest, parsePlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { type Pod, splitIntoPods } from '../../../lib/engines/scheduling/plan/split.ts';
import { randomFrom } from '../../../lib/engines/scheduling/random.ts';
import { loadHighs } from '../../../lib/platform/optimizer/highs.ts';
import { planInstance } from '../../bench/scheduling/plan-instances.ts';
import { randomRequest } from '../../support/random-plan-requests.ts';

function instance(seed: number): PlanRequest {
  const written = planInstance({ touches: 60, reps: 9, days: 5, scenarios: 20 }, seed);
  return parsePlanRequest({ ...written, budget: { moves: 40_000, priceRounds: 200, iterations: 5_000 } });
}

const solver = await loadHighs();

function plansOf(pods: readonly Pod[]): PodPlan[] {
  return pods.map(({ id, request }) => {
    const result = makePlan(request, solver);
    if (result.standing === 'refused' || result.certificate === undefined) throw new Error(result.standing);
    return { pod: id, plan: result.plan, certificate: result.certificate };
  });
}

function combined(request: PlanRequest, pods: readonly Pod[], plans: readonly PodPlan[], prices: SharedPrices) {
  return combinePods(
    request,
    plans,
    pods.map((pod, place) => podBound(request, pod, plans[place]!.plan, prices)),
    prices,
  );
}

describe('pods', () => {
  const request = instance(2);
  const pods = splitIntoPods(request, 20);
  const plans = plansOf(pods);

  it('hold each touch, account and rep once, as valid requests', () => {
    expect(pods).toHaveLength(3);
    const ids = (list: (pod: Pod) => readonly { readonly id: string }[]): string[] =>
      pods.flatMap((pod) => list(pod).map(({ id }) => id)).sort();
    expect(ids((pod) => pod.request.touches)).toEqual(request.touches.map(({ id }) => id).sort());
    expect(ids((pod) => pod.request.accounts)).toEqual(request.accounts.map(({ id }) => id).sort());
    const reps = ids((pod) => pod.request.reps.filter(({ weeklyMinutes }) => weeklyMinutes > 0));
    expect(reps).toEqual(request.reps.map(({ id }) => id).sort());
    for (const pod of pods) expect(parsePlanRequest(JSON.parse(JSON.stringify(pod.request)))).toEqual(pod.request);
  });

  it('make one plan that keeps every rule, with a bound on the plans of the whole', () => {
    const prices = sharePrices(request, plans);
    const result = combined(request, pods, plans, prices);
    expect(result.touches.map(({ touch }) => touch)).toEqual(request.touches.map(({ id }) => id));
    expect(evaluatePlan(request, result)).toMatchObject({ objective: BigInt(result.objective), violations: [] });
    const whole = makePlan(request, undefined);
    if (whole.standing === 'refused') throw new Error('refused');
    // The whole can do what no pod can: the bound holds for its plan as well.
    expect(result.bound).toBeLessThanOrEqual(whole.plan.objective);
    expect(combined(request, pods, plans, evenPrices(request, prices)).bound).toBeLessThanOrEqual(whole.plan.objective);
  });

  it('are the same for permuted input', () => {
    const permuted = parsePlanRequest({
      ...request,
      touches: request.touches.toReversed(),
      reps: request.reps.toReversed(),
    });
    expect(canonicalJson(splitIntoPods(permuted, 20))).toBe(canonicalJson(pods));
  });

  it('prove a bound from any prices', () => {
    const whole = makePlan(request, undefined);
    if (whole.standing === 'refused') throw new Error('refused');
    const prices = sharePrices(request, plans);
    for (let seed = 0; seed < 20; seed += 1) {
      const random = randomFrom(seed);
      const multipliers = prices.multipliers
        .filter(({ row }) => !row.startsWith('floor') && !row.startsWith('fairness'))
        .map(({ row, value }) => ({ row, value: Math.floor((value * random.below(300)) / 100) }));
      const { bound } = combined(request, pods, plans, { ...prices, multipliers });
      expect(bound).toBeLessThanOrEqual(whole.plan.objective);
    }
  });

  it('keep fixed slots, playbooks and caps of any request', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const odd = parsePlanRequest(randomRequest(seed, { touches: 14, reps: 5, days: 4 }));
      const parts = splitIntoPods(odd, 5);
      const partPlans = plansOf(parts);
      const result = combined(odd, parts, partPlans, sharePrices(odd, partPlans));
      expect(result.touches).toHaveLength(odd.touches.length);
      const whole = makePlan(odd, undefined);
      if (whole.standing === 'refused') throw new Error('refused');
      if (canonicalJson(whole.plan.scale) === canonicalJson(result.scale))
        expect(result.bound).toBeLessThanOrEqual(whole.plan.objective);
    }
  });
});
