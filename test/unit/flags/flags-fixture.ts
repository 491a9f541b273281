import type { FlagContext } from '../../../lib/platform/flags/evaluate.ts';
import { type FlagSnapshot, snapshotOf } from '../../../lib/platform/flags/snapshot.ts';

export const FLAG = 'skill_01668_human-approval-routing';
export const AT = '2026-11-20T09:30:00.000Z';

export function variant(name: string, weight: number, stickiness = 'accountId') {
  return { name, weight, weightType: 'fix', stickiness, payload: { type: 'string', value: `payload of ${name}` } };
}

/** A strategy as the client API lists it. */
export function rollout(percentage: number, overrides: Record<string, unknown> = {}) {
  return {
    name: 'flexibleRollout',
    parameters: { rollout: String(percentage), stickiness: 'accountId', groupId: FLAG },
    constraints: [],
    variants: [variant('2026-11-01', 900), variant('2026-11-15', 100)],
    ...overrides,
  };
}

/** A flag as the client API lists it. */
export function flag(overrides: Record<string, unknown> = {}) {
  return { name: FLAG, type: 'release', enabled: true, project: 'default', strategies: [rollout(100)], ...overrides };
}

export function snapshot(features: unknown[], segments: unknown[] = []): FlagSnapshot {
  return snapshotOf({ version: 2, features, segments, query: { environment: 'development' } }, AT);
}

export function context(accountId: string, overrides: Partial<FlagContext> = {}): FlagContext {
  return { accountId, skill: 'human-approval-routing', environment: 'development', at: AT, ...overrides };
}
