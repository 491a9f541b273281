import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import type { Json } from '../../../lib/core/json.ts';
import { compilePayloadSchema } from '../../../lib/engines/handoff/payload-schema.ts';
import { loadHandoffPolicy } from '../../../lib/engines/handoff/policy/policy.ts';
import { candidateOf } from '../../../lib/engines/handoff/request/candidate.ts';
import { NO_PODS } from '../../support/skill-output.ts';
import { codesOf, decide, directoryOf, handoffsOver, NOW, planOf, policyOf, support } from './player.ts';

type Draft = { [name: string]: Json };

const document = (id: string, version: string): Draft =>
  structuredClone(policyOf(support).contract(id, version)?.document) as unknown as Draft;

/** A new major version that its only consumer has declared. */
function secondMajor(id: string): Draft {
  const contract = document(id, policyOf(support).newest(id)?.document.version ?? '');
  const [consumer] = contract.consumers as Draft[];
  return { ...contract, version: '2.0.0', consumers: [{ ...consumer!, accepts: ['1.x', '2.x'] }] };
}

const change = (contract: Draft, more: Draft = {}): Draft => ({
  kind: 'contract',
  contract,
  policyVersion: '1.1.0',
  justification: 'Because.',
  ...more,
});

const publish = (contract: Draft, more: Draft = {}, requester = 'jonas.berg') =>
  decide(support, change(contract, more), requester);

function property(contract: Draft, name: string, schema: Json, required = false): Draft {
  const { payload } = contract as unknown as { payload: { schema: { properties: Draft; required: string[] } } };
  payload.schema.properties[name] = schema;
  if (required) payload.schema.required.push(name);
  return contract;
}

describe('a new version of a contract', () => {
  it('is refused with the arithmetic when a chain no longer fits its promise', async () => {
    const slow = secondMajor('defect-to-engineering');
    (slow.times as Draft).delivery = { businessMinutes: 240 };
    const result = await publish(slow);
    expect(result.verdict).toBe('block');
    expect(codesOf(result)[0]).toBe('time-budget-exceeded');
    const lines = result.reasons.filter(({ code }) => code === 'time-budget-arithmetic').map(({ message }) => message);
    const minutes = lines.flatMap((line) => /^\+ (\d+) min/.exec(line)?.[1] ?? []).map(Number);
    expect(minutes.reduce((sum, each) => sum + each, 0)).toBe(555);
    expect(lines).toContainEqual(expect.stringMatching(/^= 555 min/));
    expect(lines.at(-1)).toBe('It does not fit: 75 min are missing.');
    expect(candidateOf(result)).toBeUndefined();
  });

  it('keeps a chain that still fits, and says how much is left', async () => {
    const slower = secondMajor('defect-to-engineering');
    (slower.times as Draft).delivery = { businessMinutes: 165 };
    const result = await publish(slower);
    expect(result.reasons).toEqual([]);
    expect(result.terms.lines.find(({ label }) => label === 'Chain incident')?.value).toBe(
      'fits, 0 minutes are left at the worst start',
    );
  });

  it('is refused with a counterexample when it breaks something under the same major version', async () => {
    const stricter = property(
      { ...document('incident-to-tier-2', '1.1.0'), version: '1.2.0' },
      'product',
      { type: 'string' },
      true,
    );
    const result = await publish(stricter);
    expect(result.verdict).toBe('block');
    const [reason] = result.reasons;
    expect(reason).toMatchObject({ code: 'breaking-required', pointer: '/contract/payload/schema/required/5' });
    const counterexample: unknown = JSON.parse(
      /Counterexample: (\{.*\})\. Make/.exec(reason?.message ?? '')?.[1] ?? 'null',
    );
    const schemaOf = (contract: Draft) => (contract.payload as { schema: Draft }).schema;
    expect(compilePayloadSchema(schemaOf(document('incident-to-tier-2', '1.1.0')), '')(counterexample)).toEqual([]);
    expect(compilePayloadSchema(schemaOf(stricter), '')(counterexample)).not.toEqual([]);
  });

  it('may break something under a new major version, if those who answer for it agree', async () => {
    const result = await publish(
      property(secondMajor('incident-to-tier-2'), 'product', { type: 'string' }, true),
      {},
      'tiago.rocha',
    );
    expect(result.verdict).toBe('approve');
    expect(planOf(result)).toEqual(['contract-owner ines.carvalho', 'engineering-manager jonas.berg']);
    expect(result.terms.lines.some(({ value }) => value.includes('For example: {'))).toBe(true);
    expect(handoffsOver(result)).toBe(false);
    const candidate = candidateOf(result);
    expect(candidate?.skill).toBe(support.name);
    const policy = loadHandoffPolicy(candidate?.configuration, directoryOf(support));
    expect([policy.document.version, policy.newest('incident-to-tier-2')?.document.version]).toEqual([
      '1.1.0',
      '2.0.0',
    ]);
    expect(policy.contract('incident-to-tier-2', '1.0.0')).toBeDefined();
  });

  it.each<[string, (contract: Draft) => void, string]>([
    [
      'another condition under the same name',
      (c) => Object.assign((c.acceptance as Draft[])[0]!, { condition: 'request.steps >= 1' }),
      'breaking-criterion-changed',
    ],
    ['a pause that is gone', (c) => Object.assign(c, { pauses: [] }), 'breaking-term-changed'],
    [
      'business minutes that become clock minutes',
      (c) => Object.assign(c.times as Draft, { delivery: { clockMinutes: 90 } }),
      'breaking-time-changed',
    ],
    [
      'less time to verify',
      (c) => Object.assign(c.times as Draft, { verification: { businessMinutes: 10 } }),
      'breaking-time-changed',
    ],
    ['a lower bounce budget', (c) => Object.assign(c, { bounceBudget: 1 }), 'breaking-term-changed'],
    [
      'texts that need a format now',
      (c) =>
        Object.assign((c.payload as { schema: { properties: Draft } }).schema.properties.symptom as Draft, {
          format: 'uri',
        }),
      'breaking-format-added',
    ],
    ['another threshold', (c) => Object.assign(c.scorer as Draft, { threshold: 80 }), 'breaking-threshold-changed'],
    [
      'a consumer that no longer accepts it',
      (c) => Object.assign(c, { consumers: [{ id: 'engineering', name: 'Engineering', accepts: ['1.x'] }] }),
      'breaking-consumer-removed',
    ],
  ])('counts as breaking with %s', async (_, spoil, code) => {
    const contract: Draft = { ...document('incident-to-tier-2', '1.1.0'), version: '1.2.0' };
    spoil(contract);
    expect(codesOf(await publish(contract))).toContain(code);
  });

  it('needs only the owner of contracts where it is compatible, and none is its own approver', async () => {
    const wider = property({ ...document('shift-handover', '1.1.0'), version: '1.2.0' }, 'escalations', {
      type: 'integer',
    });
    expect(planOf(await publish(wider, {}, 'nadia.osei'))).toEqual(['contract-owner ines.carvalho']);
    expect((await publish(wider, {}, 'ines.carvalho')).verdict).toBe('block');
  });

  it('retires versions that nobody needs', async () => {
    const wider = property({ ...document('shift-handover', '1.1.0'), version: '1.2.0' }, 'escalations', {
      type: 'integer',
    });
    const result = await publish(wider, { retires: ['1.0.0'] });
    const configuration = candidateOf(result)?.configuration;
    expect(configuration).toBeDefined();
    const { contracts } = configuration as { contracts: { id: string; version: string }[] };
    expect(contracts.filter(({ id }) => id === 'shift-handover').map(({ version }) => version)).toEqual([
      '1.1.0',
      '1.2.0',
    ]);
    expect(codesOf(await publish(wider, { retires: ['0.9.0'] }))).toEqual(['unknown-contract']);
  });

  it('is refused when a version is not higher, or the contract is none', async () => {
    expect(codesOf(await publish(document('shift-handover', '1.1.0')))).toEqual(['version-not-higher']);
    const wider = property({ ...document('shift-handover', '1.1.0'), version: '1.2.0' }, 'escalations', {
      type: 'integer',
    });
    expect(codesOf(await publish(wider, { policyVersion: '1.0.0' }))).toEqual(['version-not-higher']);
    await expect(publish({ ...wider, version: '2.0.0' })).rejects.toMatchObject({
      problems: [{ pointer: '/input/contract/consumers', code: 'no-consumer' }],
    });
    const zero = { ...wider, oversight: 'nobody' };
    await expect(publish(zero)).rejects.toMatchObject({
      problems: [{ pointer: '/input/contract/oversight', code: 'no-oversight' }],
    });
    const alone = async () =>
      support.execute({
        input: support.input.parse(change(wider)),
        configuration: policyOf(support),
        directory: directoryOf(support),
        requester: { personId: 'jonas.berg' },
        instant: NOW,
        references: {},
        ...NO_PODS,
      });
    await expect(alone()).rejects.toMatchObject({ problems: [{ code: 'no-baseline' }] });
  });
});

describe('a handoff policy', () => {
  const spoilt = (spoil: (policy: Draft) => void): string[] => {
    const policy = structuredClone(support.baselineConfiguration()) as Draft;
    spoil(policy);
    try {
      loadHandoffPolicy(policy, directoryOf(support));
    } catch (error) {
      if (error instanceof InvalidInput) return error.problems.map(({ pointer, code }) => `${pointer} ${code}`);
      throw error;
    }
    return [];
  };
  const chain = (policy: Draft): { hops: Draft[] } => (policy.chains as unknown as { hops: Draft[] }[])[0]!;

  it('is read as it ships', () => {
    expect(spoilt(() => undefined)).toEqual([]);
  });

  it.each<[string, (policy: Draft) => void, string]>([
    [
      'a consumer that is no party',
      (p) => (p.parties as Draft[]).splice(3, 1),
      '/contracts/2/consumers/0/id unknown-party',
    ],
    [
      'a chain with a gap',
      (p) => Object.assign(chain(p).hops[1]!, { from: 'tier-1' }),
      '/chains/0/hops/1/from broken-chain',
    ],
    [
      'a chain to who is no consumer',
      (p) => Object.assign(chain(p).hops[2]!, { to: 'night-shift' }),
      '/chains/0/hops/2/to undeclared-consumer',
    ],
    [
      'a chain of an unknown contract',
      (p) => Object.assign(chain(p).hops[0]!, { contract: 'nothing' }),
      '/chains/0/hops/0/contract unknown-contract',
    ],
    [
      'an approval policy that is not there',
      (p) => Object.assign(p, { approvals: [] }),
      '/contracts/2/approval/policy unknown-approval',
    ],
    [
      'a level that is not there',
      (p) => Object.assign(p.changes as Draft, { always: ['nobody'] }),
      '/changes/always/0 unknown-level',
    ],
    [
      'a contract of another domain',
      (p) => Object.assign(p, { domain: 'marketing' }),
      '/contracts/0/domain other-domain',
    ],
    [
      'a party that nobody acts for',
      (p) => (p.parties as Draft[]).push({ id: 'ghost', name: 'Ghost' }),
      '/parties/7 nobody-acts',
    ],
    ['a contract twice', (p) => (p.contracts as Json[]).push((p.contracts as Json[])[0]!), '/contracts/7 duplicate-id'],
    [
      'a contract that is none',
      (p) => Object.assign((p.contracts as Draft[])[4]!, { domain: 'sales' }),
      '/contracts/4/domain invalid-value',
    ],
  ])('is refused with %s', (_, spoil, expected) => {
    expect(spoilt(spoil)).toContain(expected);
  });
});
