import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInput, NotFound } from '../../../lib/core/errors.ts';
import { startUnleash, type Unleash } from '../../../lib/local/services/unleash.ts';
import { applyFlags, setFlagEnabled } from '../../../lib/platform/flags/admin.ts';
import { adminRequest, type FlagAdmin } from '../../../lib/platform/flags/admin-client.ts';
import type { FlagDeclaration } from '../../../lib/platform/flags/declaration.ts';
import { evaluateFlag } from '../../../lib/platform/flags/evaluate.ts';
import { fetchSnapshot } from '../../../lib/platform/flags/fetch-snapshot.ts';
import { lintFlags } from '../../../lib/platform/flags/lint.ts';

// Everything here talks to the real server: what this suite shows holds for the one in AWS too.
let unleash: Unleash;
let admin: FlagAdmin;
let count = 0;
let declaration: FlagDeclaration;

const AT = '2026-11-20T09:30:00.000Z';
const ENVIRONMENT = 'development';

beforeAll(async () => {
  unleash = await startUnleash({ port: 0 });
  admin = { url: unleash.url, adminToken: unleash.adminToken };
});
afterAll(() => unleash.close());
beforeEach(() => {
  count += 1;
  declaration = {
    flag: `skill_${count}_test`,
    skill: 'test-skill',
    description: 'A skill for tests',
    variants: [
      { name: '2026-11-01', weight: 700, payload: `sha256:${'a'.repeat(64)}` },
      { name: '2026-11-15', weight: 300, payload: `sha256:${'b'.repeat(64)}` },
    ],
  };
});

const snapshot = () => fetchSnapshot({ url: unleash.url, clientToken: unleash.clientToken }, { now: AT });
const feature = async () => (await snapshot()).features.find(({ name }) => name === declaration.flag);
const context = (accountId: string) => ({ accountId, skill: 'test-skill', environment: ENVIRONMENT, at: AT });
const apply = (options = {}) => applyFlags(admin, ENVIRONMENT, [declaration], options);

/** Changes the flag's only strategy the way the flag page does. */
async function changeByHand(change: Record<string, unknown>) {
  const path = `/projects/default/features/${declaration.flag}/environments/${ENVIRONMENT}/strategies`;
  const [strategy] = (await adminRequest(admin, 'GET', path)) as { id: string }[];
  await adminRequest(admin, 'PUT', `${path}/${strategy?.id}`, { ...strategy, ...change });
}

const quarter = () => ({ rollout: '25', stickiness: 'accountId', groupId: declaration.flag });

describe('applying flags to a real Unleash server', () => {
  it('creates a flag with one strategy, sticky by account, with a variant for each configuration version', async () => {
    expect(await apply()).toEqual([
      { flag: declaration.flag, outcome: 'created', changes: ['flag', 'strategy', 'enabled'], kept: [] },
    ]);
    expect(await feature()).toMatchObject({
      enabled: true,
      strategies: [
        {
          name: 'flexibleRollout',
          parameters: { rollout: '100', stickiness: 'accountId', groupId: declaration.flag },
          variants: [
            {
              name: '2026-11-01',
              weight: 700,
              stickiness: 'accountId',
              payload: { value: `sha256:${'a'.repeat(64)}` },
            },
            { name: '2026-11-15', weight: 300, stickiness: 'accountId' },
          ],
        },
      ],
    });
    expect(lintFlags(await snapshot(), [declaration])).toEqual([]);
  });

  it('changes nothing the second time', async () => {
    await apply();
    const before = await snapshot();
    expect(await apply()).toEqual([{ flag: declaration.flag, outcome: 'unchanged', changes: [], kept: [] }]);
    expect((await snapshot()).digest).toBe(before.digest);
  });

  it('brings in a new configuration version and a new description', async () => {
    await apply();
    const [first] = declaration.variants;
    declaration = {
      ...declaration,
      description: 'Another description',
      variants: [
        { ...first!, weight: 950 },
        { name: '2026-12-01', weight: 50, payload: 'new' },
      ],
    };
    expect(await apply()).toMatchObject([{ outcome: 'changed', changes: ['description', 'variants'] }]);
    expect((await feature())?.strategies[0]?.variants).toMatchObject([
      { name: '2026-11-01', weight: 950 },
      { name: '2026-12-01', weight: 50, payload: { value: 'new' } },
    ]);
    expect(await apply()).toMatchObject([{ outcome: 'unchanged' }]);
  });

  it('keeps a rollout, a constraint and weights that somebody set by hand, even when a payload changes', async () => {
    await apply();
    const constraints = [{ contextName: 'accountId', operator: 'IN', values: ['acme'], inverted: false }];
    const variants = declaration.variants.map(({ name, payload }, index) => ({
      name,
      weight: 500,
      weightType: index === 0 ? 'variable' : 'fix',
      stickiness: 'accountId',
      payload: { type: 'string', value: payload },
    }));
    await changeByHand({ parameters: quarter(), constraints, variants });
    expect(await apply()).toMatchObject([
      { outcome: 'unchanged', changes: [], kept: ['rollout', 'constraints', 'weights'] },
    ]);
    declaration = { ...declaration, variants: declaration.variants.map((v) => ({ ...v, payload: 'other' })) };
    expect(await apply()).toMatchObject([{ outcome: 'changed', changes: ['variants'] }]);
    expect((await feature())?.strategies).toMatchObject([
      {
        parameters: { rollout: '25' },
        constraints: [{ contextName: 'accountId', values: ['acme'] }],
        variants: [
          { weight: 500, payload: { value: 'other' } },
          { weight: 500, payload: { value: 'other' } },
        ],
      },
    ]);
  });

  it('keeps a flag off that somebody switched off, until asked to reset', async () => {
    await apply();
    await setFlagEnabled(admin, ENVIRONMENT, declaration.flag, false);
    expect(await apply()).toMatchObject([{ outcome: 'unchanged', kept: ['enabled'] }]);
    expect((await feature())?.enabled).toBe(false);
    expect(await apply({ reset: true })).toMatchObject([{ outcome: 'changed', changes: ['enabled'], kept: [] }]);
    expect((await feature())?.enabled).toBe(true);
  });

  it('puts the declared strategy back when asked to reset', async () => {
    await apply();
    const declared = await feature();
    await changeByHand({ parameters: { ...quarter(), stickiness: 'random' }, variants: [] });
    expect(await apply({ reset: true })).toMatchObject([{ outcome: 'changed', changes: ['strategy'] }]);
    expect(await feature()).toEqual(declared);
    expect(await apply({ reset: true })).toMatchObject([{ outcome: 'unchanged' }]);
  });

  it('adds nothing beside strategies of somebody else, which would let in whom they keep out', async () => {
    await apply();
    await changeByHand({ parameters: { ...quarter(), groupId: 'theirs' } });
    expect(await apply()).toMatchObject([{ outcome: 'unchanged', kept: ['strategies'] }]);
    expect((await feature())?.strategies).toHaveLength(1);
  });

  it('keeps environments apart', async () => {
    await apply();
    expect(await applyFlags(admin, 'production', [declaration])).toMatchObject([
      { outcome: 'changed', changes: ['strategy', 'enabled'] },
    ]);
    await setFlagEnabled(admin, 'production', declaration.flag, false);
    expect((await feature())?.enabled).toBe(true);
  });

  it('offers the account as stickiness in the flag page', async () => {
    await apply();
    const fields = (await adminRequest(admin, 'GET', '/context')) as { name: string; stickiness: boolean }[];
    expect(fields.find(({ name }) => name === 'accountId')?.stickiness).toBe(true);
  });

  it('says what is wrong: an archived flag, a missing flag, a refused token, a malformed declaration', async () => {
    await apply();
    await fetch(`${unleash.url}/api/admin/projects/default/features/${declaration.flag}`, {
      method: 'DELETE',
      headers: { authorization: unleash.adminToken },
    });
    await expect(apply()).rejects.toMatchObject({ code: 'Conflict', message: expect.stringContaining('archived') });
    await expect(setFlagEnabled(admin, ENVIRONMENT, 'no-such-flag', true)).rejects.toBeInstanceOf(NotFound);

    const stranger = applyFlags({ ...admin, adminToken: '*:*.wrong' }, ENVIRONMENT, [declaration]);
    await expect(stranger).rejects.toMatchObject({ code: 'FlagSourceUnavailable', status: 401 });
    await expect(stranger).rejects.not.toThrow('wrong');

    const [only] = declaration.variants;
    const lopsided = { ...declaration, variants: [{ ...only!, weight: 10 }] };
    await expect(applyFlags(admin, ENVIRONMENT, [lopsided])).rejects.toBeInstanceOf(InvalidInput);
  });
});

describe('reading flags from a real Unleash server', () => {
  it('evaluates every account as the server itself does', async () => {
    await apply();
    await changeByHand({ parameters: { ...quarter(), rollout: '40' } });
    const flags = await snapshot();
    const accounts = Array.from({ length: 60 }, (_, index) => `account-${index}`);
    const asked = (await adminRequest(admin, 'POST', '/playground/advanced', {
      projects: ['default'],
      environments: [ENVIRONMENT],
      context: { appName: 'test', accountId: accounts.join(',') },
    })) as { features: { name: string; environments: Record<string, PlaygroundAnswer[]> }[] };
    const answers = asked.features.find(({ name }) => name === declaration.flag)?.environments[ENVIRONMENT] ?? [];
    expect(answers).toHaveLength(accounts.length);
    for (const answer of answers) {
      const ours = evaluateFlag(flags, declaration.flag, context(answer.context.accountId));
      expect(ours.enabled).toBe(answer.isEnabled);
      if (ours.enabled) expect(ours.variant?.name).toBe(answer.variant.name);
    }
    expect(new Set(answers.map((answer) => answer.isEnabled)).size).toBe(2);
  });

  it('sees a flag that was switched off at the next read', async () => {
    await apply();
    await setFlagEnabled(admin, ENVIRONMENT, declaration.flag, false);
    expect(evaluateFlag(await snapshot(), declaration.flag, context('acme'))).toMatchObject({ reason: 'switched-off' });
    await setFlagEnabled(admin, ENVIRONMENT, declaration.flag, true);
    expect(evaluateFlag(await snapshot(), declaration.flag, context('acme'))).toMatchObject({ reason: 'in-rollout' });
  });

  it('is refused without the token', async () => {
    const source = { url: unleash.url, clientToken: 'default:development.wrong' };
    await expect(fetchSnapshot(source, { now: AT })).rejects.toMatchObject({ status: 401 });
  });
});

interface PlaygroundAnswer {
  readonly isEnabled: boolean;
  readonly variant: { readonly name: string };
  readonly context: { readonly accountId: string };
}
