import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { evaluateFlag, type FlagContext } from '../../../lib/platform/flags/evaluate.ts';
import { AT, context, FLAG, flag, rollout, snapshot, variant } from './flags-fixture.ts';

const accounts = fc.string({ minLength: 1, maxLength: 24 });

describe('evaluating a flag', () => {
  it('is off without a snapshot', () => {
    expect(evaluateFlag(undefined, FLAG, context('acme'))).toEqual({
      flag: FLAG,
      enabled: false,
      reason: 'no-snapshot',
      context: context('acme'),
    });
  });

  it('is off for a flag that is not there, for one that is switched off, and outside the rollout', () => {
    const off = snapshot([flag({ enabled: false }), flag({ name: 'nobody', strategies: [rollout(0)] })]);
    expect(evaluateFlag(off, 'unheard-of', context('acme'))).toMatchObject({ enabled: false, reason: 'unknown-flag' });
    expect(evaluateFlag(off, FLAG, context('acme'))).toMatchObject({ enabled: false, reason: 'switched-off' });
    expect(evaluateFlag(off, 'nobody', context('acme'))).toMatchObject({ enabled: false, reason: 'not-in-rollout' });
  });

  it('names the variant, its payload, the snapshot and the context', () => {
    const flags = snapshot([flag({ strategies: [rollout(100, { variants: [variant('2026-11-01', 1000)] })] })]);
    expect(evaluateFlag(flags, FLAG, context('acme', { requesterId: 'jo' }))).toEqual({
      flag: FLAG,
      enabled: true,
      variant: { name: '2026-11-01', payload: 'payload of 2026-11-01' },
      reason: 'in-rollout',
      snapshotDigest: flags.digest,
      context: context('acme', { requesterId: 'jo' }),
    });
  });

  it('is on without a variant when the strategy has none', () => {
    const flags = snapshot([flag({ strategies: [rollout(100, { variants: [] })] })]);
    const evaluation = evaluateFlag(flags, FLAG, context('acme'));
    expect(evaluation.enabled).toBe(true);
    expect(evaluation).not.toHaveProperty('variant');
  });

  it('follows constraints on account, requester, segment and the execution’s instant', () => {
    const constrained = (...constraints: unknown[]) =>
      snapshot([flag({ strategies: [rollout(100, { constraints })] })]);
    const isOn = (flags: ReturnType<typeof snapshot>, given: FlagContext) => evaluateFlag(flags, FLAG, given).enabled;

    const byAccount = constrained({ contextName: 'accountId', operator: 'IN', values: ['acme'] });
    expect(isOn(byAccount, context('acme'))).toBe(true);
    expect(isOn(byAccount, context('globex'))).toBe(false);

    const byRequester = constrained({ contextName: 'requesterId', operator: 'NOT_IN', values: ['jo'] });
    expect(isOn(byRequester, context('acme', { requesterId: 'jo' }))).toBe(false);
    expect(isOn(byRequester, context('acme', { requesterId: 'al' }))).toBe(true);

    const byDate = constrained({ contextName: 'currentTime', operator: 'DATE_AFTER', value: AT });
    expect(isOn(byDate, context('acme', { at: '2026-11-20T09:30:00.001Z' }))).toBe(true);
    expect(isOn(byDate, context('acme', { at: AT }))).toBe(false);

    const bySegment = snapshot(
      [flag({ strategies: [rollout(100, { segments: [7] })] })],
      [{ id: 7, constraints: [{ contextName: 'accountId', operator: 'STR_STARTS_WITH', values: ['ac'] }] }],
    );
    expect(isOn(bySegment, context('acme'))).toBe(true);
    expect(isOn(bySegment, context('globex'))).toBe(false);
    expect(isOn(snapshot([flag({ strategies: [rollout(100, { segments: [8] })] })]), context('acme'))).toBe(false);
  });

  it('counts an operator that the SDK does not know as not met', () => {
    const flags = snapshot([
      flag({ strategies: [rollout(100, { constraints: [{ contextName: 'skill', operator: 'SOUNDS_LIKE' }] })] }),
    ]);
    expect(evaluateFlag(flags, FLAG, context('acme')).enabled).toBe(false);
  });

  it('counts a flag as off that decides by what is not evaluated here, also inverted, in a segment or in a parent', () => {
    const regex = { contextName: 'accountId', operator: 'REGEX', value: '^ac' };
    const strategies = (constraint: unknown) => [rollout(100, { constraints: [constraint] })];
    const off = { enabled: false, reason: 'refused-condition' };
    for (const operator of ['REGEX', 'IN_CIDR', 'SEMVER_EQ', 'SEMVER_GTE'])
      for (const inverted of [false, true]) {
        const flags = snapshot([flag({ strategies: strategies({ ...regex, operator, inverted }) })]);
        expect(evaluateFlag(flags, FLAG, context('acme')), operator).toMatchObject(off);
      }
    // A strategy beside it would switch the flag on.
    const beside = snapshot([flag({ strategies: [...strategies(regex), rollout(100)] })]);
    expect(evaluateFlag(beside, FLAG, context('acme'))).toMatchObject(off);
    const bySegment = snapshot(
      [flag({ strategies: [rollout(100, { segments: [7] })] })],
      [{ id: 7, constraints: [regex] }],
    );
    expect(evaluateFlag(bySegment, FLAG, context('acme'))).toMatchObject(off);
    const parent = flag({ name: 'parent', strategies: strategies(regex) });
    const child = snapshot([parent, flag({ dependencies: [{ feature: 'parent', enabled: false }] })]);
    expect(evaluateFlag(child, FLAG, context('acme'))).toMatchObject(off);
    const byAddress = snapshot([flag({ strategies: [{ name: 'remoteAddress', parameters: { IPs: '10.0.0.0/8' } }] })]);
    expect(evaluateFlag(byAddress, FLAG, context('acme'))).toMatchObject(off);
  });

  it('gives the same answer for the same snapshot and context, always', () => {
    const percentage = fc.integer({ min: 0, max: 100 });
    const stickiness = fc.constantFrom('accountId', 'default', 'random', 'userId', 'tenant', '');
    fc.assert(
      fc.property(accounts, percentage, stickiness, stickiness, (account, share, ofRollout, ofVariants) => {
        const strategy = rollout(share, {
          parameters: { rollout: String(share), stickiness: ofRollout, groupId: FLAG },
          variants: [variant('a', 500, ofVariants), variant('b', 500, ofVariants)],
        });
        const flags = snapshot([flag({ strategies: [strategy] })]);
        const first = evaluateFlag(flags, FLAG, context(account));
        for (let again = 0; again < 5; again++) expect(evaluateFlag(flags, FLAG, context(account))).toEqual(first);
      }),
    );
  });

  it('never rolls the dice', () => {
    const dice = vi.spyOn(Math, 'random');
    const clock = vi.spyOn(Date, 'now');
    try {
      const strategies = [
        rollout(50),
        rollout(50, { parameters: { rollout: '50', stickiness: 'default', groupId: FLAG } }),
        rollout(50, { parameters: { rollout: '50', stickiness: 'random', groupId: FLAG } }),
        rollout(100, { variants: [variant('a', 500, 'userId'), variant('b', 500, 'userId')] }),
        rollout(100, {
          parameters: { rollout: '100', stickiness: '', groupId: FLAG },
          variants: [variant('a', 500, ''), variant('b', 500, '')],
        }),
        { name: 'gradualRolloutRandom', parameters: { percentage: '50' } },
      ];
      for (const strategy of strategies) {
        const flags = snapshot([flag({ strategies: [strategy] })]);
        for (const account of ['', 'acme', 'globex']) evaluateFlag(flags, FLAG, context(account));
      }
      expect(dice).not.toHaveBeenCalled();
      expect(clock).not.toHaveBeenCalled();
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('is off, and says so, where the answer would be random: in the flag, in one it depends on, without an account', () => {
    const dice = rollout(100, { parameters: { rollout: '100', stickiness: 'random', groupId: FLAG } });
    const direct = snapshot([flag({ strategies: [dice] })]);
    const inherited = snapshot([
      flag({ dependencies: [{ feature: 'parent' }] }),
      flag({ name: 'parent', strategies: [dice] }),
    ]);
    for (const flags of [direct, inherited]) {
      expect(evaluateFlag(flags, FLAG, context('acme'))).toMatchObject({ enabled: false, reason: 'not-repeatable' });
    }
    expect(evaluateFlag(snapshot([flag()]), FLAG, context(''))).toMatchObject({
      enabled: false,
      reason: 'not-repeatable',
    });
  });

  it('is off when a flag that it depends on is off', () => {
    const parent = (enabled: boolean) =>
      snapshot([flag({ dependencies: [{ feature: 'parent' }] }), flag({ name: 'parent', enabled })]);
    expect(evaluateFlag(parent(true), FLAG, context('acme')).enabled).toBe(true);
    expect(evaluateFlag(parent(false), FLAG, context('acme')).enabled).toBe(false);
  });

  it('keeps every account that was in when the rollout grows, with its variant', () => {
    fc.assert(
      fc.property(
        accounts,
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (account, one, other) => {
          const [small, large] = one < other ? [one, other] : [other, one];
          const at = (share: number) =>
            evaluateFlag(snapshot([flag({ strategies: [rollout(share)] })]), FLAG, context(account));
          if (at(small).enabled) expect(at(large)).toMatchObject({ enabled: true, variant: at(small).variant });
        },
      ),
    );
  });

  it('is in for everybody at 100 % and for nobody at 0 %', () => {
    fc.assert(
      fc.property(accounts, (account) => {
        const at = (share: number) =>
          evaluateFlag(snapshot([flag({ strategies: [rollout(share)] })]), FLAG, context(account)).enabled;
        expect([at(0), at(100)]).toEqual([false, true]);
      }),
    );
  });

  it('shares accounts out by the declared percentage and weights', () => {
    const flags = snapshot([flag({ strategies: [rollout(30)] })]);
    const evaluations = Array.from({ length: 5000 }, (_, index) =>
      evaluateFlag(flags, FLAG, context(`account-${index}`)),
    );
    const inside = evaluations.filter((evaluation) => evaluation.enabled);
    const candidates = inside.filter((evaluation) => evaluation.variant?.name === '2026-11-15');
    expect(inside.length / evaluations.length).toBeCloseTo(0.3, 1);
    expect(candidates.length / inside.length).toBeCloseTo(0.1, 1);
  });

  it('does not depend on who asks, only on the account', () => {
    fc.assert(
      fc.property(accounts, accounts, accounts, (account, one, other) => {
        const flags = snapshot([flag({ strategies: [rollout(50)] })]);
        const by = (requesterId: string) => evaluateFlag(flags, FLAG, context(account, { requesterId }));
        expect(by(one).enabled).toBe(by(other).enabled);
        expect(by(one).variant).toEqual(by(other).variant);
      }),
    );
  });
});
