import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../../../lib/core/digest.ts';
import type { PlanCertificate } from '../../../lib/engines/scheduling/plan/certificate.ts';
import { checkCertificate } from '../../../lib/engines/scheduling/plan/check.ts';
import { makePlan } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import type { Plan, ScheduledTouch } from '../../../lib/engines/scheduling/plan/plan.ts';
import { type PlanRequest, parsePlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { loadHighs } from '../../../lib/platform/optimizer/highs.ts';
import { planInstance } from '../../bench/scheduling/plan-instances.ts';
import { anAccount, aRep, aRequest, aTouch } from '../../support/plan-requests.ts';

const solver = await loadHighs();

function planned(request: PlanRequest, withSolver = true) {
  const result = makePlan(request, withSolver ? solver : undefined);
  if (result.standing === 'refused' || result.certificate === undefined) throw new Error(result.standing);
  return { ...result, certificate: result.certificate };
}

function small(): PlanRequest {
  const written = planInstance({ touches: 30, reps: 4, days: 5, scenarios: 20 }, 3);
  return parsePlanRequest({ ...written, budget: { moves: 60_000, priceRounds: 200, iterations: 5_000 } });
}

describe('a certificate', () => {
  const request = small();
  const { plan, certificate, explanation } = planned(request);

  it('proves a narrow gap, and is checked without a solver', () => {
    expect(checkCertificate(request, plan, certificate)).toEqual([]);
    expect(certificate.gapBasisPoints).toBeLessThanOrEqual(200);
  });

  it('proves optimality where there is no gap', () => {
    const touches = ['a', 'b', 'c', 'd'].map((id) => aTouch(id, { kind: 'rescue' }));
    const reps = [aRep('anna', { loadMinutes: 2_300 })];
    const easy = aRequest({ touches, reps });
    const result = planned(easy);
    expect(result.standing).toBe('optimal');
    expect(result.certificate.bound).toBe(result.plan.objective);
    expect(result.certificate.multipliers.map(({ row }) => row)).toContain('week anna 2026-11-23');
  });

  it('is absent where no price was looked for, and the plan says heuristic', () => {
    const result = makePlan({ ...request, budget: { moves: 1_000, priceRounds: 0, iterations: 0 } }, undefined);
    if (result.standing === 'refused') throw new Error('refused');
    expect(result.standing).toBe('heuristic');
    expect(result.certificate).toBeUndefined();
    const again = parsePlanRequest({ ...request, budget: { moves: 1_000, priceRounds: 0, iterations: 0 } });
    expect(checkCertificate(again, result.plan, undefined)).toEqual([]);
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
    ['another standing', (p, c) => [{ ...p, standing: 'optimal' }, c], 'other-standing'],
    ['other multipliers', (p, c) => [p, { ...c, multipliers: [] }], 'bound-not-proved'],
    [
      'a negative multiplier',
      (p, c) => [p, { ...c, multipliers: [{ ...c.multipliers[0]!, value: -1 }] }],
      'invalid-multiplier',
    ],
    [
      'a limit that is none',
      (p, c) => [p, { ...c, multipliers: [{ row: 'week nobody', value: 1 }] }],
      'invalid-multiplier',
    ],
    [
      'weights that are no tail',
      (p, c) => [p, { ...c, scenarioWeights: c.scenarioWeights.map(() => 10_000) }],
      'invalid-weights',
    ],
    ['another request', (p, c) => [p, { ...c, request: digestOf('x') }], 'other-request'],
    ['lower totals', (p, c) => [{ ...p, totals: { ...p.totals, expectedLoss: 0 } }, c], 'other-totals'],
    ['other losses', (p, c) => [{ ...p, losses: p.losses.map((loss) => loss - 1) }, c], 'other-losses'],
    ['another scale', (p, c) => [{ ...p, scale: { ...p.scale, mean: 1 } }, c], 'other-scale'],
    ['a touch dropped', (p, c) => [{ ...p, touches: p.touches.slice(1) }, c], 'rule-broken'],
    [
      'a touch called infeasible',
      (p, c) => {
        const [first, ...rest] = p.touches;
        const reason = { code: 'x', message: '', mend: '' };
        const { touch, account } = first!;
        return [
          {
            ...p,
            touches: [{ touch, account, status: 'infeasible', reason, expectedLoss: 0, brokenPromise: false }, ...rest],
          },
          c,
        ];
      },
      'other-infeasible',
    ],
    [
      'a touch at midnight',
      (p, c) => {
        const place = p.touches.findIndex(({ status }) => status === 'scheduled');
        const slot = p.touches[place] as ScheduledTouch;
        const moved = { ...slot, start: '2026-11-24T00:00:00.000Z' };
        return [{ ...p, touches: p.touches.with(place, moved) }, c];
      },
      'rule-broken',
    ],
    [
      'two touches at once',
      (p, c) => {
        const slots = p.touches.filter((each) => each.status === 'scheduled');
        const pair = slots.flatMap((a) =>
          slots
            .filter((b) => b !== a && a.rep === b.rep && a.halfDay.start === b.halfDay.start)
            .map((b) => [a, b] as const),
        )[0];
        if (pair === undefined) throw new Error('no half-day holds two touches');
        const [a, b] = pair;
        const touches = p.touches.map((each) =>
          each === b ? { ...b, start: a.start, end: a.end, reservedUntil: a.reservedUntil } : each,
        );
        return [{ ...p, touches }, c];
      },
      'rule-broken',
    ],
  ];
  it.each(tampered)('is refused with %s', (_, change, code) => {
    const [badPlan, badCertificate] = change(plan, certificate);
    expect(checkCertificate(request, badPlan, badCertificate).map((problem) => problem.code)).toContain(code);
  });

  it('is refused beside another request', () => {
    const other = parsePlanRequest({ ...request, weights: { ...request.weights, handover: 1 } });
    expect(checkCertificate(other, plan, certificate).map(({ code }) => code)).toEqual(['other-request']);
  });

  it('comes with prices of the limits and a regret for each touch that has a choice', () => {
    expect(explanation.prices.length).toBeGreaterThan(0);
    expect(explanation.prices[0]?.sentence).toMatch(/saves? about|would save about|costs about/);
    const scheduled = plan.touches.filter(({ status }) => status === 'scheduled').length;
    const regrets = explanation.touches.filter(({ runnerUp }) => runnerUp !== undefined);
    expect(regrets.length).toBeGreaterThan(scheduled / 2);
    for (const { runnerUp } of regrets) expect(runnerUp?.costs).toBeGreaterThanOrEqual(0);
  });

  it('prices an hour at about what an hour is worth', () => {
    const touches = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) =>
      aTouch(id, { kind: 'rescue', minutes: { p50: 60, p80: 60, p95: 90 } }),
    );
    const reps = (free: number) => [aRep('anna', { loadMinutes: 2_400 - free, limits: { rescueCallsPerDay: 9 } })];
    const accounts = [anAccount('acme', { segment: 'enterprise' })];
    const weights = { fairnessPerMinute: 0, lambdaBasisPoints: 0 };
    const before = planned(aRequest({ touches, reps: reps(120), accounts, weights }));
    const after = planned(aRequest({ touches, reps: reps(180), accounts, weights }));
    const price = before.explanation.prices.find(({ kind }) => kind === 'week')?.price ?? 0;
    const saved = before.plan.totals.objective - after.plan.totals.objective;
    expect(saved).toBeGreaterThan(0);
    expect(Math.abs(price - saved)).toBeLessThanOrEqual(2);
  });
});

describe('planning', () => {
  it('gives the same bytes in a fresh process', () => {
    const script = `
      const { makePlan } = await import('./lib/engines/scheduling/plan/make-plan.ts');
      const { parsePlanRequest } = await import('./lib/engines/scheduling/plan/request.ts');
      const { loadHighs } = await import('./lib/platform/optimizer/highs.ts');
      const { planInstance } = await import('./test/bench/scheduling/plan-instances.ts');
      const { canonicalJson } = await import('./lib/core/digest.ts');
      const written = planInstance({ touches: 30, reps: 4, days: 5, scenarios: 20 }, 3);
      const request = parsePlanRequest({ ...written, budget: { moves: 60000, priceRounds: 200, iterations: 5000 } });
      process.stdout.write(canonicalJson(makePlan(request, await loadHighs())));
    `;
    const fresh = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'Pacific/Auckland' },
      maxBuffer: 2 ** 26,
    });
    expect(fresh).toBe(canonicalJson(makePlan(small(), solver)));
  });

  it('answers a request without touches, and one of which no touch can be', () => {
    for (const touches of [[], [aTouch('t', { minutes: { p50: 60, p80: 300, p95: 400 } })]]) {
      const request = aRequest({ touches });
      const { plan, certificate } = planned(request);
      expect([plan.standing, plan.objective, plan.touches.length]).toEqual(['optimal', 0, touches.length]);
      expect(checkCertificate(request, plan, certificate)).toEqual([]);
    }
  });

  it('refuses what is too large for one plan, and says what to do', () => {
    const many = planInstance({ touches: 4_000, reps: 400, days: 20, scenarios: 1 }, 1);
    const result = makePlan(parsePlanRequest(many), undefined);
    expect(result).toMatchObject({ standing: 'refused', problems: [{ code: 'too-many-places', pointer: '/touches' }] });
  });
});
