import { describe, expect, it } from 'vitest';
import { packetDigest } from '../../../lib/engines/handoff/packet.ts';
import { type Readiness, type ReadinessFacts, scoreReadiness } from '../../../lib/engines/handoff/readiness.ts';
import { validatePacket } from '../../../lib/engines/handoff/validate-packet.ts';
import { EVIDENCE, NOW, supportCase } from './support/contracts.ts';

function score(changes: Parameters<typeof supportCase>[0] = {}, facts: Partial<ReadinessFacts> = {}): Readiness {
  const { contract, packet, payload } = supportCase(changes);
  const validation = validatePacket(contract, packet, payload, NOW);
  return scoreReadiness(contract, packet, validation, {
    packet: packetDigest(packet),
    onShift: true,
    bounces: 0,
    ...facts,
  });
}

function factor(readiness: Readiness, name: string) {
  const found = readiness.factors.find((each) => each.factor === name);
  if (found === undefined) throw new Error(`no factor ${name}`);
  return found;
}

const diagnostics = {
  id: 'e-1',
  type: 'diagnostics',
  issuer: 'monitoring',
  digest: EVIDENCE,
  issuedAt: '2026-11-18T08:00:00Z',
};
const stale = {
  id: 'e-2',
  type: 'customer-consent',
  issuer: 'tier-1',
  digest: EVIDENCE,
  issuedAt: '2026-01-01T08:00:00Z',
};

describe('readiness', () => {
  it('is 100 of 25, 15, 15, 15, 10, 10 and 10 for a packet that has everything', () => {
    const readiness = score();
    expect(readiness.factors.map(({ factor: name, points, of }) => [name, points, of])).toEqual([
      ['evidence', 25, 25],
      ['acceptance', 15, 15],
      ['obligations', 15, 15],
      ['recipient', 15, 15],
      ['headroom', 10, 10],
      ['contingencies', 10, 10],
      ['bounces', 10, 10],
    ]);
    expect(readiness).toMatchObject({ score: 100, threshold: 70, ready: true, mends: [], raises: [] });
  });

  it.each<[string, Parameters<typeof supportCase>[0], Partial<ReadinessFacts>, string, object]>([
    [
      'stale evidence',
      { packet: { evidence: [diagnostics, stale] } },
      {},
      'evidence',
      {
        points: 12,
        code: 'evidence-stale',
        pointer: '/evidence/1',
        mend: { gains: 13, effort: 2, pointer: '/evidence/1' },
      },
    ],
    [
      'missing evidence',
      { packet: { evidence: [diagnostics] } },
      {},
      'evidence',
      { points: 12, code: 'evidence-missing', pointer: '/evidence' },
    ],
    [
      'a person to ask',
      { contract: { acceptance: [{ by: 'role', id: 'r', at: 'acceptance', says: 'Good.', role: 'lead' }] } },
      {},
      'acceptance',
      { points: 0, code: 'criterion-asks-role' },
    ],
    [
      'an undated obligation beside an unowned one',
      {
        packet: {
          obligations: [
            { id: 'a', says: 'A' },
            { id: 'b', says: 'B', owner: 'x' },
            { id: 'c', says: 'C', owner: 'x', due: NOW },
          ],
        },
      },
      {},
      'obligations',
      {
        points: 5,
        code: 'obligation-unowned',
        pointer: '/obligations/0/owner',
        mend: { pointer: '/obligations/1/due', gains: 5, effort: 1 },
      },
    ],
    [
      'nobody named',
      { packet: { routing: { consumer: 'tier-2' } } },
      {},
      'recipient',
      { points: 7, code: 'recipient-unnamed', mend: { gains: 8 } },
    ],
    [
      'nobody on shift',
      {},
      { onShift: false },
      'recipient',
      { points: 8, code: 'recipient-off-shift', mend: { gains: 7 } },
    ],
    [
      'half the spare time',
      {},
      { headroom: { remainingMinutes: 150, neededMinutes: 100 } },
      'headroom',
      { points: 5, code: 'little-headroom' },
    ],
    [
      'no spare time',
      {},
      { headroom: { remainingMinutes: 100, neededMinutes: 100 } },
      'headroom',
      { points: 0, code: 'no-headroom' },
    ],
    [
      'a broken promise',
      {},
      { headroom: { remainingMinutes: -5, neededMinutes: 0 } },
      'headroom',
      { points: 0, code: 'no-headroom' },
    ],
    [
      'no contingency',
      { packet: { contingencies: [] } },
      {},
      'contingencies',
      { points: 0, code: 'contingencies-missing', mend: { gains: 10 } },
    ],
    [
      'a contingency that nobody owns',
      { packet: { contingencies: [{ if: 'a', do: 'b' }] } },
      {},
      'contingencies',
      { points: 0, code: 'contingency-unowned', pointer: '/contingencies/0/owner' },
    ],
    ['one return of two', {}, { bounces: 1 }, 'bounces', { points: 5, code: 'came-back' }],
    ['more returns than the budget', {}, { bounces: 3 }, 'bounces', { points: 0, code: 'bounce-budget-exceeded' }],
  ])('explains %s', (_, changes, facts, name, expected) => {
    const readiness = score(changes, facts);
    expect(factor(readiness, name)).toMatchObject(expected);
    expect(readiness.score).toBe(readiness.factors.reduce((sum, { points }) => sum + points, 0));
  });

  it('puts the mend of least effort first, and each gains what it says', () => {
    const changes = { packet: { routing: { consumer: 'tier-2' }, contingencies: [], evidence: [diagnostics] } };
    const before = score(changes);
    expect(before.mends.map(({ effort, gains }) => [effort, gains])).toEqual([
      [1, 8],
      [2, 10],
      [3, 13],
    ]);
    const mended = score({ packet: { ...changes.packet, routing: { consumer: 'tier-2', recipient: 'ben' } } });
    expect(mended.score - before.score).toBe(8);
  });

  it.each([
    [0, 10_000, 70],
    [49, 8_000, 70],
    [50, 8_000, 80],
    [80, 10_000, 90],
    [0, 7_999, 75],
    [0, 4_999, 80],
    [100, 0, 100],
  ])(
    'is asked more by risk %i and confidence %i: %i, and given no points for them',
    (risk, confidenceBasisPoints, threshold) => {
      const readiness = score({ packet: { risk, confidenceBasisPoints } });
      expect(readiness).toMatchObject({ score: 100, threshold });
    },
  );
});
