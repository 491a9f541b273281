import { describe, expect, it } from 'vitest';
import { lintFlags } from '../../../lib/platform/flags/lint.ts';
import { FLAG, flag, rollout, snapshot, variant } from './flags-fixture.ts';

const declaration = {
  flag: FLAG,
  skill: 'human-approval-routing',
  description: 'Who has to approve',
  variants: [
    { name: '2026-11-01', weight: 900, payload: 'payload of 2026-11-01' },
    { name: '2026-11-15', weight: 100, payload: 'payload of 2026-11-15' },
  ],
};

function findings(overrides: Record<string, unknown>) {
  return lintFlags(snapshot([flag(overrides)]), [declaration]).map(({ code, pointer }) => [code, pointer]);
}

const sticky = (stickiness?: string) => ({
  strategies: [rollout(50, { parameters: { rollout: '50', groupId: FLAG, ...(stickiness && { stickiness }) } })],
});

describe('linting the flags', () => {
  it('finds nothing in the declared state', () => {
    expect(findings({})).toEqual([]);
  });

  it('finds a flag that is missing', () => {
    expect(lintFlags(snapshot([]), [declaration])).toMatchObject([{ code: 'missing-flag', pointer: '/features' }]);
  });

  it('finds conditions that are not evaluated', () => {
    const constraints = [{ contextName: 'accountId', operator: 'REGEX', value: '^ac' }];
    expect(findings({ strategies: [rollout(50, { constraints })] })).toContainEqual([
      'refused-condition',
      '/features/0/strategies/0/constraints/0/operator',
    ]);
  });

  it('finds stickiness by default, by chance and by what a context may lack', () => {
    const at = '/features/0/strategies/0/parameters/stickiness';
    expect(findings(sticky())).toEqual([['not-sticky-by-account', at]]);
    expect(findings(sticky('default'))).toEqual([['not-sticky-by-account', at]]);
    expect(findings(sticky('skill'))).toEqual([['not-sticky-by-account', at]]);
    expect(findings(sticky('random'))).toEqual([['not-repeatable', at]]);
    expect(findings(sticky('userId'))).toEqual([['not-repeatable', at]]);
  });

  it('finds it in variants and in strategies that are random by nature', () => {
    const variants = [variant('2026-11-01', 1000, 'random')];
    expect(findings({ strategies: [rollout(100, { variants })] })).toEqual([
      ['not-repeatable', '/features/0/strategies/0/variants/0/stickiness'],
    ]);
    const random = { name: 'gradualRolloutRandom', parameters: {}, variants: [variant('2026-11-01', 1000)] };
    expect(findings({ strategies: [random] })).toEqual([['not-repeatable', '/features/0/strategies/0/name']]);
    expect(findings({ variants: [variant('2026-11-01', 1000, 'default')] })).toEqual([
      ['not-sticky-by-account', '/features/0/variants/0/stickiness'],
    ]);
  });

  it('finds variants that name no configuration version, or another content than it has', () => {
    const variants = [variant('2025-01-01', 500), { ...variant('2026-11-15', 500), payload: undefined }];
    expect(findings({ strategies: [rollout(100, { variants })] })).toEqual([
      ['unknown-configuration-version', '/features/0/strategies/0/variants/0/name'],
      ['configuration-version-differs', '/features/0/strategies/0/variants/1/payload'],
    ]);
  });

  it('finds strategies that name no version at all, unless the flag itself has variants', () => {
    const strategies = [rollout(100, { variants: [] })];
    expect(findings({ strategies })).toEqual([['no-configuration-version', '/features/0/strategies/0/variants']]);
    expect(findings({ strategies, variants: [variant('2026-11-01', 1000)] })).toEqual([]);
  });

  it('says how to mend each', () => {
    for (const problem of lintFlags(snapshot([flag(sticky('random'))]), [declaration])) {
      expect(problem.mend).toMatch(/\.$/);
      expect(problem.message).toContain(FLAG);
    }
  });
});
