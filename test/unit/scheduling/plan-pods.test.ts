import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../../../lib/core/digest.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import type { PlanCertificate } from '../../../lib/engines/scheduling/plan/certificate.ts';
import { checkCertificate } from '../../../lib/engines/scheduling/plan/check.ts';
import { makePlan } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import type { Plan, PlanResult } from '../../../lib/engines/scheduling/plan/plan.ts';
import { planInPods, planPodByPod, preflightInPods } from '../../../lib/engines/scheduling/plan/pods/plan-in-pods.ts';
import {
  type PodAnswer,
  type PodWork,
  parsePodAnswer,
  parsePodWork,
  solvePodWork,
} from '../../../lib/engines/scheduling/plan/pods/pod-work.ts';
import { preflight } from '../../../lib/engines/scheduling/plan/preflight.ts';
import { type PlanRequest, parsePlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { splitIntoPods } from '../../../lib/engines/scheduling/plan/split.ts';
import { loadHighs } from '../../../lib/platform/optimizer/highs.ts';
import { planInstance } from '../../bench/scheduling/plan-instances.ts';
import { randomRequest } from '../../support/random-plan-requests.ts';

function instance(seed: number): PlanRequest {
  const written = planInstance({ touches: 60, reps: 9, days: 5, scenarios: 20 }, seed);
  return parsePlanRequest({ ...written, budget: { moves: 40_000, priceRounds: 200, iterations: 5_000 } });
}

const solver = await loadHighs();

type Made = Exclude<PlanResult, { readonly standing: 'refused' }>;

function made(result: PlanResult | { readonly wants: readonly PodWork[] }): Made & { certificate: PlanCertificate } {
  if ('wants' in result || result.standing === 'refused' || result.certificate === undefined)
    throw new Error(canonicalJson(result).slice(0, 200));
  return { ...result, certificate: result.certificate };
}

const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('pods', () => {
  const request = instance(2);
  const pods = splitIntoPods(request, 20);
  const first = planInPods(request, 20, () => undefined);
  const works = 'wants' in first ? first.wants : [];
  const answers = new Map<string, PodAnswer>();
  const solve = (work: PodWork): PodAnswer => {
    const answer = solvePodWork(parsePodWork(asJson(work)), solver);
    answers.set(digestOf(work), answer);
    return answer;
  };
  for (const work of works) solve(work);
  const solved = (work: PodWork): PodAnswer | undefined => {
    const answer = answers.get(digestOf(work));
    return answer === undefined ? undefined : parsePodAnswer(asJson(answer));
  };
  const second = planInPods(request, 20, solved);
  const [improving] = 'wants' in second ? second.wants : [];
  if (improving?.kind !== 'improve') throw new Error('nothing is to be improved');
  solve(improving);
  const joined = made(planInPods(request, 20, solved));

  it('hold each touch, account and rep once, as valid requests', () => {
    expect(pods).toHaveLength(3);
    const ids = (list: (pod: (typeof pods)[number]) => readonly { readonly id: string }[]): string[] =>
      pods.flatMap((pod) => list(pod).map(({ id }) => id)).sort();
    expect(ids((pod) => pod.request.touches)).toEqual(request.touches.map(({ id }) => id).sort());
    expect(ids((pod) => pod.request.accounts)).toEqual(request.accounts.map(({ id }) => id).sort());
    const reps = ids((pod) => pod.request.reps.filter(({ weeklyMinutes }) => weeklyMinutes > 0));
    expect(reps).toEqual(request.reps.map(({ id }) => id).sort());
    for (const pod of pods) expect(parsePlanRequest(asJson(pod.request))).toEqual(pod.request);
  });

  it('are wanted until all of them are solved, whichever comes first', () => {
    expect(works.map((work) => work.kind === 'plan' && work.pod)).toEqual(['pod-001', 'pod-002', 'pod-003']);
    expect(improving).toMatchObject({ kind: 'improve', pods: works.map((work) => answers.get(digestOf(work))) });
    const without = (missing: number) =>
      planInPods(request, 20, (work) => (digestOf(work) === digestOf(works[missing]) ? undefined : solved(work)));
    for (const missing of works.keys()) expect(without(missing)).toEqual({ wants: [works[missing]] });
  });

  it('make one plan that keeps every rule, with a bound on the plans of the whole', () => {
    expect(joined.plan.touches.map(({ touch }) => touch)).toEqual(request.touches.map(({ id }) => id));
    expect(checkCertificate(request, joined.plan, joined.certificate)).toEqual([]);
    const whole = made(makePlan(request, solver));
    // The whole can do what no pod can: the bound holds for its plan as well.
    expect(joined.certificate.bound).toBeLessThanOrEqual(whole.plan.objective);
    expect(whole.certificate.bound).toBeLessThanOrEqual(joined.plan.objective);
    expect(joined.plan.baseline.totals).toEqual(whole.plan.baseline.totals);
    expect(joined.certificate.pods).toHaveLength(3);
    expect(joined.explanation.touches).toHaveLength(joined.plan.totals.scheduled + joined.plan.totals.deferred);
    expect(joined.explanation.prices.length).toBeGreaterThan(0);
  });

  it('are proved about as well as the whole: the pods do not lower the bound', () => {
    const whole = made(makePlan(request, solver));
    expect(joined.certificate.bound).toBeGreaterThan(0.99 * whole.certificate.bound);
    expect(joined.certificate.gapBasisPoints).toBeLessThanOrEqual(whole.certificate.gapBasisPoints + 150);
  });

  it('want the same works and make the same plan, however the request is written', () => {
    const permuted = parsePlanRequest({
      ...asJson(request),
      touches: request.touches.toReversed(),
      reps: request.reps.toReversed().map((rep) => ({ ...rep, skills: rep.skills.toReversed() })),
      accounts: request.accounts.toReversed(),
    });
    const again = planInPods(permuted, 20, () => undefined);
    expect(('wants' in again ? again.wants : []).map(digestOf)).toEqual(works.map(digestOf));
    expect(canonicalJson(planInPods(permuted, 20, solved))).toBe(canonicalJson(joined));
  });

  it('are refused as answers where they do not fit together', () => {
    const [one] = works;
    const elsewhere = answers.get(digestOf(one))!;
    if (elsewhere.kind !== 'plan') throw new Error(elsewhere.kind);
    const slot = elsewhere.slots[0]!;
    const crowded = { ...elsewhere, slots: elsewhere.slots.map((each) => ({ ...slot, touch: each.touch })) };
    const pods = [crowded, ...improving.pods.slice(1)];
    expect(() => solvePodWork({ kind: 'improve', request, pods }, solver)).toThrow(RangeError);
    const other = (work: PodWork): PodAnswer | undefined => (work.kind === 'improve' ? elsewhere : solved(work));
    expect(() => planInPods(request, 20, other)).toThrow(RangeError);
    const strange = (work: PodWork): PodAnswer | undefined => {
      const answer = solved(work);
      return answer?.kind === 'improve' ? { ...answer, multipliers: [{ row: 'week nobody', value: 1 }] } : answer;
    };
    expect(() => planInPods(request, 20, strange)).toThrow(RangeError);
  });

  const tampered: [string, (plan: Plan, certificate: PlanCertificate) => [Plan, PlanCertificate], string][] = [
    [
      'a better value',
      (p, c) => [
        { ...p, objective: p.objective - 1 },
        { ...c, objective: c.objective - 1 },
      ],
      'other-objective',
    ],
    ['a higher bound', (p, c) => [p, { ...c, bound: c.bound + 1 }], 'bound-not-proved'],
    ['a smaller gap', (p, c) => [p, { ...c, gapBasisPoints: c.gapBasisPoints - 1 }], 'other-gap'],
    ['no prices', (p, c) => [p, { ...c, multipliers: [] }], 'bound-not-proved'],
    [
      'another price',
      (p, c) => [p, { ...c, multipliers: c.multipliers.map(({ row, value }) => ({ row, value: 2 * value })) }],
      'bound-not-proved',
    ],
    [
      'a price twice',
      (p, c) => [p, { ...c, multipliers: [...c.multipliers, c.multipliers[0]!] }],
      'invalid-multiplier',
    ],
    [
      'a negative price',
      (p, c) => [p, { ...c, multipliers: [{ ...c.multipliers[0]!, value: -1 }] }],
      'invalid-multiplier',
    ],
    [
      'a price of nothing',
      (p, c) => [p, { ...c, multipliers: [{ row: 'week nobody', value: 1 }] }],
      'invalid-multiplier',
    ],
    [
      'weights of no tail',
      (p, c) => [p, { ...c, scenarioWeights: c.scenarioWeights.map(() => 10_000) }],
      'invalid-weights',
    ],
    ['another standing', (p, c) => [{ ...p, standing: 'optimal' }, c], 'other-standing'],
    ['another scale', (p, c) => [{ ...p, scale: { ...p.scale, mean: 1 } }, c], 'other-scale'],
    ['lower totals', (p, c) => [{ ...p, totals: { ...p.totals, deferral: 0 } }, c], 'other-totals'],
    ['other losses', (p, c) => [{ ...p, losses: p.losses.map((loss) => loss - 1) }, c], 'other-losses'],
    ['a touch dropped', (p, c) => [{ ...p, touches: p.touches.slice(1) }, c], 'rule-broken'],
    [
      'a slot with somebody else',
      (p, c) => {
        const place = p.touches.findIndex(({ status }) => status === 'scheduled');
        const slot = p.touches[place];
        if (slot?.status !== 'scheduled') throw new Error('nothing is scheduled');
        const other = request.reps.find(({ id, skills }) => id !== slot.rep && skills.length === 1)!;
        return [{ ...p, touches: p.touches.with(place, { ...slot, rep: other.id }) }, c];
      },
      'rule-broken',
    ],
    [
      'a touch called infeasible',
      (p, c) => {
        const [{ touch, account }, ...rest] = p.touches as [Plan['touches'][number], ...Plan['touches'][number][]];
        const reason = { code: 'x', message: '', mend: '' };
        const status = 'infeasible' as const;
        return [
          { ...p, touches: [{ touch, account, status, reason, expectedLoss: 0, brokenPromise: false }, ...rest] },
          c,
        ];
      },
      'other-infeasible',
    ],
  ];
  it.each(tampered)('show %s', (_name, tamper, code) => {
    const [plan, certificate] = tamper(joined.plan, joined.certificate);
    expect(checkCertificate(request, plan, certificate).map((each) => each.code)).toContain(code);
  });

  it('keep fixed slots, playbooks and caps of any request, and bound its best plan', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const odd = parsePlanRequest(randomRequest(seed, { touches: 14, reps: 5, days: 4 }));
      const result = made(planPodByPod(odd, 5, solver));
      expect(checkCertificate(odd, result.plan, result.certificate)).toEqual([]);
      const whole = makePlan(odd, solver);
      if (whole.standing === 'refused') throw new Error('refused');
      expect(result.plan.scale).toEqual(whole.plan.scale);
      expect(result.certificate.bound).toBeLessThanOrEqual(whole.plan.objective);
      const infeasible = preflight(odd).infeasible.map(({ touch }) => touch);
      expect(preflightInPods(odd).infeasible.map(({ touch }) => touch)).toEqual(infeasible);
    }
  });

  it('prove nothing where no price was looked for', () => {
    const cheap = parsePlanRequest({ ...asJson(request), budget: { moves: 1_000, priceRounds: 0, iterations: 0 } });
    const result = planPodByPod(cheap, 20, solver);
    if (result.standing === 'refused') throw new Error('refused');
    expect(result.standing).toBe('heuristic');
    expect(result.certificate).toBeUndefined();
    expect(checkCertificate(cheap, result.plan, undefined)).toEqual([]);
  });

  it('are read strictly out of storage', () => {
    const [work] = works;
    const answer = asJson(answers.get(digestOf(work))!);
    expect(parsePodWork(asJson(work))).toEqual(work);
    expect(parsePodWork({ ...asJson(improving), pods: asJson(improving.pods).toReversed() })).toEqual(improving);
    expect(parsePodAnswer(answer)).toEqual(answers.get(digestOf(work)));
    expect(() => parsePodWork({ ...work, kind: 'other' })).toThrow(InvalidInput);
    expect(() => parsePodAnswer({ ...answer, slots: [{ touch: 'a' }] })).toThrow(InvalidInput);
  });
});
