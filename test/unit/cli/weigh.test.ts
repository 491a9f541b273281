import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { thousandthsOf, weigh } from '../../../lib/cli/weigh.ts';
import { addCandidate, listVersions } from '../../../lib/platform/configuration/lifecycle.ts';
import { snapshotOf } from '../../../lib/platform/flags/snapshot.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { passAllSuites, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';
import { FakeFlagControl } from '../posture/system.ts';

const skill = tinySkill();
let store: StartedTable;
let runtime: TestRuntime;
let flagAdmin: FakeFlagControl;
let baseline: string;
let candidate: string;
let other: string;
let printed: string[];

vi.mock('../../../lib/local/running-system.ts', () => ({
  runningSystem: async () => ({ runtime, flagAdmin: { url: 'http://127.0.0.1:9', adminToken: 'x' } }),
}));

/** The flag as the server has it: weights by version. */
function standing(weights: Readonly<Record<string, number>>, enabled = true): void {
  const variants = Object.entries(weights).map(([name, weight]) => ({ name, weight, stickiness: 'accountId' }));
  const strategies = [{ name: 'flexibleRollout', parameters: { rollout: '100', groupId: skill.flag }, variants }];
  runtime.flags.set(snapshotOf({ features: [{ name: skill.flag, enabled, strategies }] }, '2026-11-20T08:59:00.000Z'));
}

const give = (version: string, percent: string, more: object = {}) =>
  weigh({ env: 'local', state: '.local', candidate: version, percent, ...more });

beforeAll(async () => {
  store = await startTable();
  runtime = await startSystem(store.table, skill);
  baseline = (await listVersions(runtime, skill))[0]!.version;
  const added = await addCandidate(runtime, skill, { version: '2.0', free: 500, most: 3_000 }, 'olga');
  const second = await addCandidate(runtime, skill, { version: '3.0', free: 600, most: 3_000 }, 'olga');
  await passAllSuites(runtime, skill, added.digest);
  [candidate, other] = [added.version, second.version];
});
beforeEach(() => {
  flagAdmin = new FakeFlagControl();
  Object.assign(runtime, { flagAdmin });
  standing({ [baseline]: 1000, [candidate]: 0, [other]: 0 });
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line) => printed.push(line));
  return () => vi.restoreAllMocks();
});
afterAll(() => store.close());

const told = () => Object.fromEntries((flagAdmin.weights.at(-1) ?? []).map(({ name, weight }) => [name, weight]));

describe('giving a candidate a share of the accounts', () => {
  test('takes it from the baseline, and prints what it changes', async () => {
    await give(candidate, '2.5');
    expect(told()).toEqual({ [baseline]: 975, [candidate]: 25, [other]: 0 });
    expect(printed).toEqual([
      `${skill.flag}:`,
      `  ${baseline}  100 % -> 97.5 %`,
      `  ${candidate}  0 % -> 2.5 %`,
      `  ${other}  0 %`,
      'New executions follow it with the next sync of the flags, within a minute. Accounts stay where they are.',
    ]);
  });

  test('leaves other candidates what they have, and refuses more than is left', async () => {
    standing({ [baseline]: 700, [candidate]: 0, [other]: 300 });
    await give(candidate, '50');
    expect(told()).toEqual({ [baseline]: 200, [candidate]: 500, [other]: 300 });
    flagAdmin.weights.length = 0;
    await expect(give(candidate, '70.1')).rejects.toThrow('The other candidates have 30 % of the accounts; 70.1 %');
    expect(flagAdmin.weights).toEqual([]);
  });

  test('changes nothing as a dry run, nor when it stands so already', async () => {
    await give(candidate, '10', { dryRun: true });
    expect(printed.at(-1)).toBe('Nothing was changed: this was a dry run.');
    await give(candidate, '0');
    expect(printed.at(-1)).toBe('Nothing was to be changed.');
    expect(flagAdmin.weights).toEqual([]);
  });

  test('says when the flag is off', async () => {
    standing({ [baseline]: 1000, [candidate]: 0, [other]: 0 }, false);
    await give(candidate, '10');
    expect(printed).toContain(`The flag ${skill.flag} is off: nobody runs on anything.`);
  });

  test('is refused for a version that is unknown, is no candidate, or has not passed its suites', async () => {
    await expect(give('9.9-unknown', '10')).rejects.toMatchObject({ code: 'NotFound' });
    await expect(give(baseline, '10')).rejects.toMatchObject({
      code: 'NotPromotable',
      message: `${baseline} is stable; only a candidate is given a share of the accounts.`,
    });
    await expect(give(other, '10')).rejects.toThrow(
      'has not passed unit, integration, simulation, regression-baseline',
    );
    await expect(give(other, '0')).resolves.toBeUndefined();
    expect(flagAdmin.weights).toEqual([]);
  });

  test('takes percent with one decimal at most', () => {
    expect(['0', '0.1', '2.5', '10', '100', '100.0'].map(thousandthsOf)).toEqual([0, 1, 25, 100, 1000, 1000]);
    for (const wrong of ['', '-1', '100.1', '101', '1e1', '10.55', '.5', '10%', ' 5', '1000'])
      expect(() => thousandthsOf(wrong)).toThrow('is no share of the accounts');
  });
});
