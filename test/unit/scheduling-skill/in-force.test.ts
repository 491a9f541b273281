import { beforeAll, describe, expect, test, vi } from 'vitest';
import { terms } from '../../../lib/core/approval/terms.ts';
import type { WrittenPlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import type { HandoffPacket } from '../../../lib/platform/contracts/outputs.ts';
import { determinismProblem } from '../../../lib/platform/executions/determinism.ts';
import type { SkillResult } from '../../../lib/platform/skill/skill-result.ts';
import { effectiveRequest } from '../../../skills/risk-aware-scheduling-for-sales-and-client-success/effective-request.ts';
import { factsOf } from '../../../skills/risk-aware-scheduling-for-sales-and-client-success/facts.ts';
import { termsOfPlan } from '../../../skills/risk-aware-scheduling-for-sales-and-client-success/terms.ts';
import {
  artifactOf,
  check,
  directory,
  examples,
  INSTANT,
  ingredients,
  inputOf,
  packetOf,
  policy,
  run,
  skill,
  slotsOf,
  smallPlan,
} from './support.ts';

// Plans are made by work, and take longer where the machine has other work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Slots = NonNullable<WrittenPlanRequest['previous']>['slots'];

let first: SkillResult;
let parent: HandoffPacket;
let planned: Slots;
beforeAll(async () => {
  first = await run(inputOf(smallPlan()));
  parent = packetOf(first);
  planned = slotsOf(parent);
});

/** Plans again, with the plan in force as the request states it. */
const again = (slots: Slots, more: Partial<WrittenPlanRequest> = {}, handedOver: HandoffPacket = parent) =>
  run(inputOf(smallPlan({ previous: { frozenUntil: '2026-11-30T07:00:00Z', slots }, ...more })), { handedOver });
const traceOf = ({ trace }: SkillResult) => trace.filter(({ id }) => id.startsWith('previous'));
const codes = ({ reasons }: SkillResult): string[] => reasons.map(({ code }) => code);
const changed = (touch: string, to: Partial<Slots[number]>): Slots =>
  planned.map((slot) => (slot.touch === touch ? { ...slot, ...to } : slot));

test('the packet of a published plan says what was planned, and that of any other outcome does not', async () => {
  expect(planned.map(({ touch }) => touch)).toEqual(['alster-rescue', 'bille-renewal', 'cuxhaven-check-in']);
  const scheduled = artifactOf(first).plan.touches.flatMap((each) =>
    each.status === 'scheduled' ? [{ touch: each.touch, rep: each.rep, start: each.start, promised: false }] : [],
  );
  expect(planned).toEqual(scheduled);
  expect(
    skill.next?.({ ...first, artifact: { schema: 'countersign/schedule/1', standing: 'refused' } }),
  ).toBeUndefined();
});

describe('a plan in force that is stated', () => {
  test('as it was published needs nobody, and the trace says that it was compared', async () => {
    const result = await again(planned);
    expect([result.verdict, codes(result)]).toEqual(['publish', []]);
    expect(traceOf(result)).toEqual([
      {
        id: 'previous',
        met: true,
        because: 'The request states the 3 slot(s) of the plan in force as ex-parent planned them.',
        detail: { executionId: 'ex-parent', slots: 3 },
      },
    ]);
    expect(artifactOf(result).replaces?.executionId).toBe('ex-parent');
    expect(result.terms.lines).toContainEqual(expect.objectContaining({ label: 'Plan in force', differs: false }));
  });

  test('with a slot elsewhere is put to the lead, with what was planned and what would help', async () => {
    const result = await again(changed('alster-rescue', { start: '2026-12-01T08:00:00.000Z' }));
    expect([result.verdict, codes(result)]).toEqual(['approve', ['previous-differs']]);
    const [reason] = result.reasons;
    const was = planned.find(({ touch }) => touch === 'alster-rescue');
    expect(reason?.pointer).toBe('/input/plan/previous/slots');
    expect(reason?.message).toContain(`with ${was?.rep} at ${was?.start}`);
    expect(reason?.message).toContain('Take the slots from "next"');
    expect(traceOf(result)[1]).toMatchObject({
      id: 'previous:alster-rescue',
      met: false,
      detail: { code: 'slot-elsewhere' },
    });
    expect(result.risk.factors).toContainEqual(
      expect.objectContaining({ code: 'previous-differs', points: 25, pointer: '/input/plan/previous/slots' }),
    );
    expect(result.plan?.stages[0]?.levels.map(({ levelId }) => levelId)).toEqual(['team-lead']);
    expect(result.terms.lines.map(({ label }) => label)).toContain('Stated otherwise: alster-rescue');
  });

  test('with another rep, or for a touch that had none, differs as well', async () => {
    const other = planned[0]?.rep === 'lea.brandt' ? 'jonas.petersen' : 'lea.brandt';
    expect(traceOf(await again(changed('alster-rescue', { rep: other })))[1]?.detail).toEqual({
      code: 'slot-elsewhere',
    });
    const less = { ...parent, next: { schema: 'countersign/plan-in-force/1', slots: planned.slice(1) } };
    const result = await again(planned, {}, less);
    expect([codes(result), traceOf(result)[1]?.detail]).toEqual([['previous-differs'], { code: 'slot-not-planned' }]);
  });

  test('with a promise that nothing vouches for is put to the lead, as a fact that is not verified', async () => {
    const result = await again(changed('bille-renewal', { promised: true }));
    expect([result.verdict, codes(result)]).toEqual(['approve', ['promise-stated']]);
    expect(result.terms.lines).toContainEqual(
      expect.objectContaining({ label: 'Not verified', value: expect.stringMatching(/^1 promise.*bille-renewal/) }),
    );
  });

  test('without a promise that was made is put to the lead', async () => {
    const slots = planned.map((slot) => ({ ...slot, promised: true }));
    const promised = { ...parent, next: { schema: 'countersign/plan-in-force/1', slots } };
    expect((await again(slots, {}, promised)).verdict).toBe('publish');
    const result = await again(planned, {}, promised);
    expect([codes(result), traceOf(result).length]).toEqual([['previous-differs'], 4]);
    expect(traceOf(result)[1]?.detail).toEqual({ code: 'promise-left-out' });
  });

  test('without a slot that is still to come is put to the lead, whether or not the touch is asked for', async () => {
    const left = await again(planned.slice(1));
    expect([codes(left), traceOf(left)[1]?.detail]).toEqual([['previous-differs'], { code: 'slot-left-out' }]);
    const without = smallPlan().touches.slice(1);
    const gone = await again(planned.slice(1), { touches: without });
    expect(codes(gone)).toEqual(['previous-differs']);
    expect(gone.reasons[0]?.message).toContain('no longer asks for the touch');
  });

  test('without a slot that has passed, or of a touch that is done, is as it was published', async () => {
    const past = planned.map((slot, place) => (place === 0 ? { ...slot, start: '2026-11-27T08:59:00.000Z' } : slot));
    expect(Date.parse(past[0]?.start ?? '')).toBeLessThan(Date.parse(INSTANT));
    const older = { ...parent, next: { schema: 'countersign/plan-in-force/1', slots: past } };
    expect((await again(planned.slice(1), {}, older)).verdict).toBe('publish');
    const actuals = [{ touch: planned[0]?.touch ?? '', status: 'done' as const, at: '2026-11-27T08:00:00Z' }];
    expect((await again(planned.slice(1), { actuals })).verdict).toBe('publish');
  });

  test('on the packet of another team, or one that does not say what was planned, is the requester’s word', async () => {
    const { next: _, ...silent } = parent;
    for (const packet of [{ ...parent, accountId: 'success-baltic' }, silent as HandoffPacket]) {
      const result = await again(planned, {}, packet);
      expect([result.verdict, codes(result)]).toEqual(['approve', ['previous-unlinked']]);
      expect(traceOf(result)).toMatchObject([{ id: 'previous', met: false }]);
      expect(result.terms.lines.map(({ label }) => label)).toContain('Not verified');
    }
  });

  test('is compared the same from permuted input', async () => {
    const slots = changed('alster-rescue', { promised: true }).map((slot, place) =>
      place === 1 ? { ...slot, start: '2026-12-01T08:00:00.000Z' } : slot,
    );
    const input = inputOf(smallPlan({ previous: { frozenUntil: '2026-11-30T07:00:00Z', slots } }));
    const result = await run(input, { handedOver: parent });
    expect(codes(result)).toEqual(['previous-differs', 'promise-stated']);
    expect(await determinismProblem(skill, ingredients(input, { handedOver: parent }), result)).toBeUndefined();
  });
});

test('a promised time that cannot be kept within its half-day is put to the lead like a promise that is broken', async () => {
  const at = { rep: 'lea.brandt', start: '2026-11-30T08:00:00.000Z', promised: true };
  const slots = ['alster-rescue', 'bille-renewal'].map((touch) => ({ touch, ...at }));
  const handedOver = { ...parent, next: { schema: 'countersign/plan-in-force/1', slots } };
  const frozen = { frozenUntil: '2026-11-30T09:00:00Z', slots };
  const input = inputOf(smallPlan({ previous: frozen }));
  const result = await run(input, { handedOver });
  // Both stay in their half-day, and only one of them can begin at nine.
  expect(artifactOf(result).plan.touches.filter((each) => 'moved' in each && each.moved)).toEqual([]);
  expect([result.verdict, codes(result)]).toEqual(['approve', ['promise-broken']]);
  expect(result.reasons[0]?.message).toBe('1 promised time(s) change within the half-day: bille-renewal.');
  expect(result.terms.summary).toContain('1 promised time changed');
  expect(slotsOf(packetOf(result)).filter((slot) => slot.promised)).toEqual([slots[0]]);
  const { plan: _, ...rest } = result;
  expect(check(input, { ...rest, verdict: 'publish' }).map(({ message }) => message)).toEqual([
    expect.stringContaining('nobody-asked'),
  ]);
});

test('what a lead reads has room on the page, whatever is found', async () => {
  const input = skill.input.parse(
    inputOf(smallPlan({ previous: { frozenUntil: '2026-11-30T07:00:00Z', slots: planned } })),
  );
  const configuration = skill.loadConfiguration(policy(), directory);
  const request = effectiveRequest(input, configuration);
  const { plan, certificate, explanation } = artifactOf(first);
  const many = <T>(make: (place: number) => T): T[] => Array.from({ length: 30 }, (_, place) => make(place));
  const reason = { code: 'no-room', message: 'm'.repeat(500), mend: 'm' };
  const waits = (status: string) => (place: number) =>
    ({ touch: `${status}-${place}`, account: 'alster', status, reason, expectedLoss: place }) as never;
  const differences = [
    ...many((place) => ({ touch: `t${place}`, code: 'slot-elsewhere' as const, message: 'm', mend: 'm' })),
    ...many((place) => ({ touch: `p${place}`, code: 'promise-stated' as const, message: 'm', mend: 'm' })),
  ];
  const floor = { feasible: 9, required: 9, served: 1, missing: 8 };
  const facts = {
    ...factsOf(request, configuration, plan),
    brokenPromises: many((place) => `b${place}`),
    looseLimits: many(() => ({ rep: 'lea.brandt', limit: 'consecutive' as const, asked: 9, allowed: 6 })),
  };
  const made = {
    plan: {
      ...plan,
      touches: [...many(waits('deferred')), ...many(waits('infeasible'))],
      floors: (['enterprise', 'mid-market', 'small-business'] as const).map((segment) => ({ segment, ...floor })),
    },
    certificate,
    explanation: { ...explanation, prices: many((place) => ({ limit: `l${place}`, sentence: 's' }) as never) },
  };
  const inForce = { kind: 'compared' as const, executionId: 'ex-parent', slots: 30, differences };
  const read = termsOfPlan({ input, request, requesterName: 'Tiago' }, facts, configuration, made, inForce);
  expect(read.lines).toHaveLength(60);
  expect(() => terms.parse(read)).not.toThrow();
});

test('a promise that a plan breaks is none for the new time in the packet of that plan', async () => {
  const [, example] = examples.find(([name]) => name === '62') ?? [];
  const before = packetOf(await run(example?.request.input));
  const result = await run(example?.followUps[0]?.request.input, { handedOver: before });
  const broken = artifactOf(result).plan.touches.filter((each) => 'brokenPromise' in each && each.brokenPromise);
  expect(broken.length).toBeGreaterThan(0);
  const promised = slotsOf(packetOf(result)).filter((slot) => slot.promised);
  expect(promised.length).toBeGreaterThan(0);
  expect(promised.map(({ touch }) => touch)).not.toContain(broken[0]?.touch);
});

test('the independent check refuses to publish a change of a plan that nothing vouches for', async () => {
  const input = inputOf(smallPlan({ previous: { frozenUntil: '2026-11-30T07:00:00Z', slots: planned } }));
  const asked = await run(input, { handedOver: parent });
  expect(check(input, asked)).toEqual([]);
  const unlinked = await run(input);
  expect(unlinked.verdict).toBe('approve');
  const { plan: _, ...rest } = unlinked;
  expect(check(input, { ...rest, verdict: 'publish' }, policy()).map(({ message }) => message)).toEqual([
    expect.stringContaining('nobody-asked'),
  ]);
});
