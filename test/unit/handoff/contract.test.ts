import { describe, expect, it } from 'vitest';
import { InvalidInput, type Problem } from '../../../lib/core/errors.ts';
import { type Contract, loadContract } from '../../../lib/engines/handoff/contract.ts';
import { marketingContract, supportContract } from './support/contracts.ts';

type Draftable = ReturnType<typeof supportContract>;

function problemsOf(value: unknown): readonly Problem[] {
  try {
    loadContract(value);
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
  return [];
}

const found = (value: unknown): string[] => problemsOf(value).map(({ pointer, code }) => `${pointer} ${code}`);

/** The contract with a part of one member changed. */
function changed(member: string, changes: Draftable, contract = supportContract()): Draftable {
  return { ...contract, [member]: { ...(contract[member] as Draftable), ...changes } };
}

describe('a handoff contract', () => {
  it('loads, and warns of a consumer that nothing reaches', () => {
    const contract: Contract = loadContract(supportContract());
    expect(contract.warnings.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/consumers/1/accepts unreachable-consumer',
    ]);
    expect(loadContract(marketingContract()).warnings).toEqual([]);
  });

  it('has one digest whether defaults are written or not, and another when a weight moves', () => {
    const plain = loadContract(supportContract()).digest;
    expect(loadContract(changed('scorer', { threshold: 70 })).digest).toBe(plain);
    const weights = { evidence: 30, acceptance: 10 };
    expect(loadContract(changed('scorer', { weights })).digest).not.toBe(plain);
  });

  it('lists every problem of shape with pointer and mend', () => {
    const value = { ...supportContract({ version: 'v1', surprise: true }), domain: 'sales' };
    expect(found(value)).toEqual(['/version invalid-format', '/domain invalid-value', '/surprise unknown-field']);
    expect(problemsOf(value).every(({ mend }) => mend.length > 5)).toBe(true);
  });

  it.each<[string, () => Draftable, string]>([
    [
      'no consumer for its version',
      () => supportContract({ consumers: [{ id: 'a', name: 'A', accepts: ['2.x'] }] }),
      '/consumers no-consumer',
    ],
    ['a time of zero', () => changed('times', { acceptance: { businessMinutes: 0 } }), '/times/acceptance zero-time'],
    [
      'weights that do not sum to 100',
      () => changed('scorer', { weights: { evidence: 20 } }),
      '/scorer/weights weights-sum',
    ],
    [
      'a promise paused for somebody else than the customer',
      () =>
        supportContract({
          pauses: [{ code: 'lunch', waitsFor: 'internal', stops: ['customer-promise'], maximumClockMinutes: 30 }],
        }),
      '/pauses/0/stops promise-paused',
    ],
    [
      'a criterion without facts',
      () =>
        supportContract({
          acceptance: [{ by: 'machine', id: 'a', at: 'acceptance', says: 'True.', condition: 'true' }],
        }),
      '/acceptance/0/condition criterion-without-facts',
    ],
    [
      'a criterion over an undeclared fact',
      () =>
        supportContract({
          acceptance: [{ by: 'machine', id: 'a', at: 'acceptance', says: 'X.', condition: 'request.other >= 2' }],
        }),
      '/acceptance/0/condition unknown-field',
    ],
    [
      'a criterion of acceptance over what is delivered later',
      () =>
        supportContract({
          acceptance: [
            { by: 'machine', id: 'a', at: 'acceptance', says: 'X.', condition: 'request.delivery.cause == "found"' },
          ],
        }),
      '/acceptance/0/condition unknown-field',
    ],
    [
      'a fact that the payload schema forbids',
      () => changed('facts', { 'customer.tier': { type: 'boolean' } }),
      '/facts/customer.tier fact-not-in-payload',
    ],
    [
      'a fact with a fault',
      () => changed('facts', { steps: { type: 'integer', minimum: 5, maximum: 1 } }),
      '/facts/steps/maximum empty-domain',
    ],
    [
      'a marketing contract without publication',
      () => ({ ...supportContract(), domain: 'marketing' }),
      '/publication publication-domain',
    ],
    [
      'an unknown zone',
      () => changed('calendar', { timeZone: 'Europe/Atlantis' }),
      '/calendar/timeZone unknown-time-zone',
    ],
    [
      'an unknown keyword in the schema',
      () => changed('payload', { schema: { type: 'object', minimun: 3 } }),
      '/payload/schema invalid-schema',
    ],
    ['an unknown format', () => changed('payload', { schema: { format: 'iban' } }), '/payload/schema invalid-schema'],
    [
      'a reference that leads outside',
      () => changed('payload', { schema: { $ref: 'https://example.org/a.json' } }),
      '/payload/schema invalid-schema',
    ],
    [
      'an id that stands twice',
      () =>
        supportContract({
          rejectionCodes: [
            { code: 'a', says: 'A' },
            { code: 'a', says: 'B' },
          ],
        }),
      '/rejectionCodes/1/code duplicate',
    ],
  ])('refuses %s', (_, contract, expected) => {
    expect(found(contract())).toContain(expected);
  });
});
