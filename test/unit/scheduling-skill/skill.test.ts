import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { importAccountsCsv, importRepsCsv, importTouchesCsv } from '../../../lib/engines/scheduling/plan/import-csv.ts';
import { determinismProblem } from '../../../lib/platform/executions/determinism.ts';
import { checkRequest } from '../../../lib/platform/executions/request-checks.ts';
import type { SkillResult } from '../../../lib/platform/skill/skill-result.ts';
import {
  artifactOf,
  check,
  directory,
  examples,
  folder,
  ingredients,
  inputOf,
  packet,
  packetOf,
  policy,
  run,
  skill,
  smallPlan,
} from './support.ts';

// Plans are made by work, and take longer where the machine has other work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const touchOf = (plan: ReturnType<typeof smallPlan>, id: string) => {
  const found = plan.touches.find((touch) => touch.id === id);
  if (found === undefined) throw new RangeError(id);
  return found;
};
/** So little time that not everything fits. */
const scarce = () =>
  smallPlan({
    reps: smallPlan()
      .reps.slice(0, 1)
      .map((rep) => ({ ...rep, loadMinutes: 2_200 })),
  });
const withPrevious = (start = '2026-11-30T08:00:00.000Z', promised = true) =>
  smallPlan({
    previous: {
      frozenUntil: '2026-11-30T07:00:00Z',
      slots: [{ touch: 'alster-rescue', rep: 'lea.brandt', start, promised }],
    },
  });
const codes = (reasons: readonly { readonly code: string }[]): string[] => reasons.map(({ code }) => code);

describe('the bundled examples', () => {
  test.each(examples)('%s: verdict, levels and independent check', async (_name, example) => {
    let before: SkillResult | undefined;
    for (const story of [example, ...example.followUps]) {
      const { input } = story.request;
      const goesOn = 'as' in story && story.as === 'next-hop' && before !== undefined;
      const handedOver = goesOn && before !== undefined ? { handedOver: packetOf(before) } : {};
      const result = await run(input, { requester: { personId: story.requester }, ...handedOver });
      before = result;
      const { outcome, levels } = story.expected;
      const verdict = outcome === 'blocked' ? 'block' : levels === 0 ? 'publish' : 'approve';
      expect([result.verdict, result.plan?.stages.flatMap((stage) => stage.levels).length ?? 0]).toEqual([
        verdict,
        levels,
      ]);
      expect(check(input, result)).toEqual([]);
      if (verdict === 'block') continue;
      const { plan, savings, certificate } = artifactOf(result);
      const request = skill.input.parse(input).plan;
      expect(plan.touches.map(({ touch }) => touch)).toEqual(request.touches.map(({ id }) => id).sort());
      expect(savings.rule).toBe('highest-risk-first');
      expect(certificate.gapBasisPoints).toBeLessThanOrEqual(1_500);
    }
  });

  test('62 takes the slots of the plan that its first request publishes', async () => {
    const [, example] = examples.find(([name]) => name === '62') ?? [];
    const first = artifactOf(await run(example?.request.input));
    const { previous } = skill.input.parse(example?.followUps[0]?.request.input).plan;
    const plain = (slots: readonly unknown[] = []) =>
      slots.map((slot) => JSON.stringify({ ...(slot as object), promised: false })).sort();
    expect(plain(previous?.slots.map(({ touch, rep, start }) => ({ touch, rep, start })))).toEqual(plain(first.next));
  });

  test('65 is what the three tables beside it say', () => {
    const [, example] = examples.find(([name]) => name === '65') ?? [];
    const table = (name: string): string => readFileSync(join(folder, 'reference/tables', `${name}.csv`), 'utf8');
    const { plan } = skill.input.parse(example?.request.input);
    const byId = (list: readonly { readonly id: string }[]) => list.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(importTouchesCsv(table('touches')))).toEqual(plan.touches);
    expect(importAccountsCsv(table('accounts'))).toEqual(plan.accounts);
    const sorted = importRepsCsv(table('reps')).map((rep) => ({ ...rep, skills: rep.skills.toSorted() }));
    expect(sorted).toEqual(plan.reps);
  });
});

describe('a plan', () => {
  test('is the same from permuted input in another time zone', async () => {
    const input = inputOf(smallPlan());
    const result = await run(input);
    expect(await determinismProblem(skill, ingredients(input), result)).toBeUndefined();
    expect(artifactOf(result).plan.spent.iterations).toBeGreaterThan(0);
  });

  test('is made with no more work than the policy allows, and with no more than is asked for', async () => {
    const little = { moves: 200, priceRounds: 20, iterations: 50 };
    const capped = artifactOf(await run(inputOf(smallPlan()), { configuration: { ...policy(), budget: little } }));
    expect(capped.plan.spent.moves).toBeLessThan(300);
    const asked = artifactOf(await run(inputOf(smallPlan({ budget: little }))));
    expect(digestOf(asked.plan)).toBe(digestOf(capped.plan));
  });

  test('has the policy’s floors where the request names none', async () => {
    const floors = [{ segment: 'small-business', servedBasisPoints: 10_000 }];
    const { plan } = artifactOf(await run(inputOf(smallPlan()), { configuration: { ...policy(), floors } }));
    expect(plan.floors).toMatchObject([{ segment: 'small-business', required: 2, served: 2, missing: 0 }]);
  });

  test('of nothing but what cannot be done names each touch, and is published', async () => {
    const plan = smallPlan();
    const saturday = { from: '2026-12-05T08:00:00Z', to: '2026-12-05T18:00:00Z' };
    const accounts = plan.accounts.map((account) => ({
      ...account,
      annualRecurringRevenue: { currency: 'EUR', minorUnits: 100 },
    }));
    const result = await run(
      inputOf({ ...plan, accounts, touches: plan.touches.map((touch) => ({ ...touch, window: saturday })) }),
    );
    expect(result.verdict).toBe('publish');
    expect(artifactOf(result).infeasible).toEqual(['alster-rescue', 'bille-renewal', 'cuxhaven-check-in']);
    const told = result.terms.lines.filter(({ label }) => label.startsWith('Cannot be scheduled: '));
    expect(told).toHaveLength(3);
    expect(told[0]?.value).toContain('Widen the window');
    expect(result.trace.every(({ met, because }) => !met && because.includes('Widen the window'))).toBe(true);
  });

  test('tells the lead revenue that waits, standing, gap, savings and prices', async () => {
    const { terms } = await run(inputOf(scarce()));
    const value = (label: string) => terms.lines.find((line) => line.label === label);
    expect(value('Revenue that waits')?.policy).toBe('up to 250,000.00 EUR without asking');
    expect(value('How good it is')?.value).toMatch(
      /^(optimal|gap): no plan is better by more than [\d.]+ %, which is proved$/,
    );
    expect(value('Saved against highest risk first')?.value).toMatch(/EUR \([\d.]+ %\); of the expected loss alone/);
    expect(terms.lines.some(({ label, value: told }) => label.startsWith('Price: ') && /saves? about/.test(told))).toBe(
      true,
    );
  });
});

describe('people are asked', () => {
  test('when revenue beyond the threshold waits, and not below it', async () => {
    const input = inputOf(scarce());
    const at = (minorUnits: number) => ({
      ...policy(),
      floors: [],
      deferredRevenue: [{ currency: 'EUR', minorUnits }],
    });
    const over = await run(input, { configuration: at(0) });
    expect([over.verdict, codes(over.reasons)]).toEqual(['approve', ['revenue-deferred']]);
    expect(over.plan?.stages[0]?.levels[0]?.seats.map(({ approver }) => approver)).toEqual(['amina.yilmaz']);
    expect((await run(input, { configuration: at(1_000_000_000) })).verdict).toBe('publish');
  });

  test('when revenue waits in a currency without a threshold', async () => {
    const configuration = {
      ...policy(),
      floors: [],
      deferredRevenue: [{ currency: 'USD', minorUnits: 1_000_000_000 }],
    };
    expect(codes((await run(inputOf(scarce()), { configuration })).reasons)).toEqual(['revenue-deferred']);
  });

  test('when a promise is broken, which the plan names', async () => {
    // Lea is away, so what she promised cannot be kept.
    const away = {
      ...withPrevious(),
      reps: smallPlan().reps.map((rep) =>
        rep.id === 'lea.brandt' ? { ...rep, calendar: { daysOff: ['2026-11-30', '2026-12-01'] } } : rep,
      ),
    };
    const result = await run(inputOf(away), { handedOver: packet });
    expect(codes(result.reasons)).toEqual(['promise-broken']);
    expect(result.terms.lines.map(({ label }) => label)).toContain('Promise broken: alster-rescue');
    expect(artifactOf(result).replaces).toEqual({
      executionId: 'ex-parent',
      primaryArtifact: `sha256:${'0'.repeat(64)}`,
    });
  });

  test('when no published execution vouches for the plan in force', async () => {
    expect(codes((await run(inputOf(withPrevious()))).reasons)).toEqual(['previous-unlinked']);
    expect((await run(inputOf(withPrevious()), { handedOver: packet })).verdict).toBe('publish');
    const foreign = { ...packet, skill: 'another-skill' };
    expect(codes((await run(inputOf(withPrevious()), { handedOver: foreign })).reasons)).toEqual(['previous-unlinked']);
  });

  test('when a floor is missed or lowered: the lead, then the head of success', async () => {
    const floors = [{ segment: 'small-business' as const, servedBasisPoints: 4_000 }];
    const lowered = await run(inputOf(smallPlan({ floors })));
    expect(codes(lowered.reasons)).toEqual(['equity-floor-lowered']);
    expect(lowered.plan?.stages.map((stage) => stage.levels.map(({ levelId }) => levelId))).toEqual([
      ['team-lead'],
      ['head-of-success'],
    ]);
    const configuration = {
      ...policy(),
      floors: [{ segment: 'small-business', servedBasisPoints: 10_000 }],
      deferredRevenue: [{ currency: 'EUR', minorUnits: 1_000_000_000 }],
    };
    // A floor counts in the plan unless it costs more than missing it.
    const cheap = { ...scarce(), weights: { floorShortfall: 1 } };
    expect(codes((await run(inputOf(cheap), { configuration })).reasons)).toContain('equity-floor-missed');
  });

  test('when a limit of dignity is looser than the policy’s; a stricter one is nobody’s business', async () => {
    const limited = (rescueCallsPerDay: number) =>
      inputOf(smallPlan({ reps: smallPlan().reps.map((rep) => ({ ...rep, limits: { rescueCallsPerDay } })) }));
    const result = await run(limited(4));
    expect(codes(result.reasons)).toEqual(['dignity-limit-loosened']);
    expect(result.reasons[0]?.message).toContain('jonas.petersen rescueCallsPerDay 4 (policy 3)');
    expect((await run(limited(1))).verdict).toBe('publish');
  });

  test('when the proof is further away than the policy wants', async () => {
    const input = inputOf(smallPlan({ budget: { moves: 5_000, priceRounds: 0, iterations: 0 } }));
    const result = await run(input);
    expect([artifactOf(result).standing, codes(result.reasons)]).toEqual(['heuristic', ['gap-too-wide']]);
    expect(check(input, result)).toEqual([]);
  });

  test('and nothing is published where nobody can be', async () => {
    const requester = { personId: 'amina.yilmaz' };
    const escalated = await run(inputOf(withPrevious()), { requester });
    // The only lead asks for it herself: somebody above her decides, or nobody does.
    expect(
      escalated.plan?.stages.flatMap((stage) =>
        stage.levels.flatMap(({ seats }) => seats.map(({ approver }) => approver)),
      ) ?? [],
    ).not.toContain('amina.yilmaz');
    expect(escalated.verdict).toBe(escalated.plan === undefined ? 'block' : 'approve');
    expect(escalated.verdict).not.toBe('publish');
  });
});

describe('no plan is made', () => {
  test('of a request that is larger than the policy plans at once', async () => {
    const input = inputOf(smallPlan());
    const result = await run(input, {
      configuration: { ...policy(), sizes: { touches: 2, reps: 25, days: 14, scenarios: 50 } },
    });
    expect([result.verdict, codes(result.reasons), artifactOf(result).standing]).toEqual([
      'block',
      ['too-large'],
      'refused',
    ]);
    expect(check(input, result)).toEqual([]);
    expect(check(input, { ...result, verdict: 'publish' })).toHaveLength(1);
  });

  test('with a pin that cannot be kept, which the reason names', async () => {
    const plan = smallPlan();
    const touches = [
      ...plan.touches.filter(({ id }) => id !== 'bille-renewal'),
      { ...touchOf(plan, 'bille-renewal'), pin: { start: '2026-11-30T20:00:00Z' } },
    ];
    const result = await run(inputOf({ ...plan, touches }));
    expect(result.verdict).toBe('block');
    expect(result.reasons).toMatchObject([{ pointer: '/input/plan/touches' }]);
    expect(result.reasons[0]?.message).toContain('The pin of "bille-renewal" cannot be kept');
  });

  test.each([
    [
      'a cycle of a playbook',
      {
        touches: smallPlan().touches.map((touch, place, all) => ({
          ...touch,
          account: 'alster',
          after: all[(place + 1) % 3]?.id ?? '',
        })),
      },
      'The playbook is a circle',
    ],
    [
      'an unknown skill',
      { touches: smallPlan().touches.map((touch) => ({ ...touch, skill: 'juggling' })) },
      'No rep has the skill "juggling"',
    ],
    [
      'no capacity at all',
      { reps: smallPlan().reps.map((rep) => ({ ...rep, loadMinutes: 2_340 })) },
      'No rep has a minute left',
    ],
    [
      'a window that ends before it begins',
      {
        touches: smallPlan().touches.map((touch) => ({
          ...touch,
          window: { from: '2026-12-01T00:00:00Z', to: '2026-11-30T00:00:00Z' },
        })),
      },
      'shorter than the touch',
    ],
    ['an absurd size', { horizon: { start: '2026-11-30', days: 4_000 } }, '/input/plan/horizon/days'],
  ])('%s is refused with its place before anything is started', (_name, more, words) => {
    const refused = () => checkRequest(skill, { input: inputOf(smallPlan(more as never)) });
    expect(refused).toThrow();
    try {
      refused();
    } catch (error) {
      const { problems } = error as { problems: { pointer: string; message: string; mend: string }[] };
      expect(problems.map(({ pointer, message }) => `${pointer} ${message}`).join('\n')).toContain(words);
      expect(problems.every(({ pointer, mend }) => pointer.startsWith('/input/plan') && mend !== '')).toBe(true);
    }
  });
});

describe('the independent check finds', () => {
  const input = inputOf(scarce());
  const configuration = { ...policy(), floors: [], deferredRevenue: [{ currency: 'EUR', minorUnits: 1_000_000_000 }] };
  const changed = async (change: (artifact: ReturnType<typeof artifactOf>) => unknown) => {
    const result = structuredClone(await run(input, { configuration }));
    const artifact = { ...artifactOf(result), ...(change(artifactOf(result)) as object) };
    return check(input, { ...result, artifact: artifact as never }, configuration).map(({ message }) => message);
  };

  test('nothing wrong with what was made', async () => expect(await changed(() => ({}))).toEqual([]));
  test('a touch that was dropped', async () => {
    const found = await changed(({ plan }) => ({ plan: { ...plan, touches: plan.touches.slice(1) } }));
    expect(found.join()).toContain('touch-unaccounted');
  });
  test('a bound that nothing proves', async () => {
    const found = await changed(({ certificate, plan }) => ({
      certificate: { ...certificate, bound: plan.objective + 1 },
    }));
    expect(found.join()).toContain('bound-not-proved');
  });
  test('a value that the plan does not come to', async () => {
    const found = await changed(({ plan }) => ({ plan: { ...plan, objective: plan.objective - 1 } }));
    expect(found.join()).toContain('other-objective');
  });
  test('a plan that would be published though somebody has to agree', async () => {
    const result = await run(input, { configuration: { ...configuration, deferredRevenue: [] } });
    expect(result.verdict).toBe('approve');
    const found = check(input, { ...result, verdict: 'publish' }, { ...configuration, deferredRevenue: [] });
    expect(found.map(({ message }) => message).join()).toContain('nobody-asked');
  });
});

describe('the policy', () => {
  test.each([
    ['an unknown level', { ask: { ...(policy().ask as object), whenDeferring: ['nobody'] } }, '/ask/whenDeferring/0'],
    [
      'a floor that stands twice',
      {
        floors: [
          { segment: 'enterprise', servedBasisPoints: 1 },
          { segment: 'enterprise', servedBasisPoints: 2 },
        ],
      },
      '/floors/1/segment',
    ],
    [
      'an unknown role',
      { levels: (policy().levels as object[]).map((level) => ({ ...level, approvers: [{ role: 'jester' }] })) },
      '/levels/0/approvers/0',
    ],
    [
      'a level that goes by an amount',
      { levels: (policy().levels as object[]).map((level) => ({ ...level, minimumLimit: 'amount' })) },
      '/levels/0',
    ],
  ])('with %s is refused', (_name, more, pointer) => {
    const load = () => skill.loadConfiguration({ ...policy(), ...more }, directory);
    expect(load).toThrow();
    try {
      load();
    } catch (error) {
      expect((error as { problems: { pointer: string }[] }).problems.map((each) => each.pointer)).toContain(pointer);
    }
  });
});
