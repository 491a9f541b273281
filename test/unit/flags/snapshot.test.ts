import { describe, expect, it } from 'vitest';
import { IntegrityError, InvalidInput } from '../../../lib/core/errors.ts';
import { FlagSnapshotTooLarge } from '../../../lib/platform/flags/errors.ts';
import { MAX_SNAPSHOT_BYTES, readSnapshot, snapshotOf } from '../../../lib/platform/flags/snapshot.ts';
import { AT, FLAG, flag, rollout, snapshot } from './flags-fixture.ts';

describe('a flag snapshot', () => {
  it('has the digest of its flags, whatever order and whatever else the server listed', () => {
    const a = snapshotOf({ features: [flag({ name: 'a' }), flag({ name: 'b' })] }, AT);
    const b = snapshotOf(
      {
        version: 2,
        features: [flag({ name: 'b', lastSeenAt: '2026-11-20' }), flag({ name: 'a', description: 'Another text' })],
        meta: { revisionId: 9 },
      },
      '2026-12-01T00:00:00.000Z',
    );
    expect(b.digest).toBe(a.digest);
    expect(b.fetchedAt).not.toBe(a.fetchedAt);
  });

  it('has another digest when anything changes that decides', () => {
    const changed = [
      [flag({ enabled: false })],
      [flag({ strategies: [rollout(99)] })],
      [flag({ strategies: [rollout(100, { variants: [] })] })],
      [flag({ dependencies: [{ feature: 'other' }] })],
      [flag(), flag({ name: 'other' })],
    ].map((features) => snapshot(features).digest);
    const withSegment = snapshot([flag()], [{ id: 1, constraints: [] }]).digest;
    expect(new Set([snapshot([flag()]).digest, withSegment, ...changed]).size).toBe(7);
  });

  it('keeps the order of strategies, because the first that fits decides', () => {
    const one = snapshot([flag({ strategies: [rollout(10), rollout(20)] })]);
    const other = snapshot([flag({ strategies: [rollout(20), rollout(10)] })]);
    expect(one.digest).not.toBe(other.digest);
  });

  it('is refused when the body is not a list of client features, with the place of every fault', () => {
    const body = { features: [{ name: FLAG, enabled: 'yes', strategies: [{ parameters: {} }] }] };
    try {
      snapshotOf(body, AT);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInput);
      const pointers = (error as InvalidInput).problems.map((problem) => problem.pointer);
      expect(pointers).toEqual(['/features/0/enabled', '/features/0/strategies/0/name']);
    }
    for (const nothing of [undefined, null, [], 'features', { features: {} }]) {
      expect(() => snapshotOf(nothing, AT)).toThrow(InvalidInput);
    }
  });

  it('is refused when it would not fit into one table item', () => {
    const values = Array.from({ length: 40 }, (_, index) => `account-${index}`.padEnd(200, 'x'));
    const constraint = { contextName: 'accountId', operator: 'IN', values };
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        flag({ name: `flag-${index}`, strategies: [rollout(100, { constraints: [constraint] })] }),
      );
    expect(() => snapshot(many(20))).not.toThrow();
    expect(() => snapshot(many(60))).toThrow(FlagSnapshotTooLarge);
    expect(MAX_SNAPSHOT_BYTES).toBeLessThan(400_000);
  });

  it('comes back from storage as it was', () => {
    const stored = snapshot([flag()], [{ id: 4, constraints: [] }]);
    expect(readSnapshot(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
  });

  it('is refused from storage when its flags are not those of its digest', () => {
    const stored = snapshot([flag({ enabled: false })]);
    const forged = { ...stored, features: stored.features.map((feature) => ({ ...feature, enabled: true })) };
    expect(() => readSnapshot(forged)).toThrow(IntegrityError);
    expect(() => readSnapshot({ ...stored, fetchedAt: 'yesterday' })).toThrow(InvalidInput);
  });
});
