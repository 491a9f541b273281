import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../lib/core/digest.ts';
import { parseExample } from '../../../lib/platform/examples.ts';
import { exampleRequests } from '../../../lib/platform/promotion/past-request.ts';
import { type Simulation, simulate } from '../../../lib/platform/promotion/simulate.ts';
import { simulationSuite } from '../../../lib/platform/promotion/simulation-suite.ts';
import { hasPassed } from '../../../lib/platform/promotion/suite.ts';
import { skill } from '../../../skills/human-approval-routing-for-sales-and-client-success/skill.ts';
import { NOON, referenceDirectory, referencePolicyDocument, skillFolder } from '../approval-routing/support.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

interface PolicyDocument {
  rules: { id: string }[];
  levels: { id: string; serviceLevelBusinessHours: number }[];
}

const directory = referenceDirectory();
const folder = new URL('examples/', skillFolder);
const past = exampleRequests(
  readdirSync(folder).map((file) => ({
    name: file.slice(0, 2),
    example: parseExample(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file),
  })),
  NOON,
);

/** The shipped policy with changes. */
function changed(change: (policy: PolicyDocument) => void): PolicyDocument {
  const policy = structuredClone(referencePolicyDocument()) as PolicyDocument;
  change(policy);
  return policy;
}

const question = (candidate: unknown) => ({
  skill,
  baseline: referencePolicyDocument(),
  candidate,
  directory,
  requests: past,
});
const simulated = (candidate: unknown): Promise<Simulation> => simulate(question(candidate));
const about = ({ examples }: Simulation, id: string) => examples.find(({ requestId }) => requestId === `example:${id}`);
/** What a rule does when it fires. An object literal with `then` would look like a promise. */
function setEffect(policy: PolicyDocument, id: string, effect: object): void {
  Object.assign(policy.rules.find((each) => each.id === id)!, Object.fromEntries([['then', effect]]));
}

describe('a backtest of a policy on past requests', () => {
  test('finds nothing between a policy and itself', async () => {
    const { totals, examples } = await simulated(referencePolicyDocument());
    expect(totals).toMatchObject({ requests: 10, notComparable: 0, unchanged: 10, changed: 0 });
    expect(totals.cycleBusinessMinutes.baseline).toBe(totals.cycleBusinessMinutes.candidate);
    expect(examples).toEqual([]);
  });

  test('tells the levels and people that are added, and the longer way', async () => {
    const stricter = changed((policy) => {
      setEffect(policy, 'discount-considerable', { require: ['deal-desk', 'finance-control'] });
    });
    const found = await simulated(stricter);
    expect(about(found, '02')).toEqual({
      requestId: 'example:02',
      verdict: { from: 'approve', to: 'approve' },
      addedLevels: ['finance-control'],
      droppedLevels: [],
      changedLevels: [],
      addedApprovers: ['priya.raman', 'tomas.keller'],
      droppedApprovers: [],
      cycleBusinessMinutes: { from: (8 + 16) * 60, to: (8 + 16 + 16) * 60 },
      newlyUncovered: false,
    });
    expect(found.totals).toMatchObject({ withAddedApprovers: 2, withDroppedApprovers: 0, newlyAutomatic: 0 });
    expect(found.totals.slower).toBeGreaterThan(0);
  });

  test('tells the people who are no longer asked, and what nobody is asked about any more', async () => {
    const laxer = changed((policy) => {
      setEffect(policy, 'onboarding', { approve: 'automatically' });
    });
    const found = await simulated(laxer);
    expect(about(found, '07')).toMatchObject({
      verdict: { from: 'approve', to: 'publish' },
      droppedLevels: ['onboarding-lead'],
      droppedApprovers: ['felix.arnold'],
      cycleBusinessMinutes: { from: 480, to: 0 },
    });
    expect(found.totals).toMatchObject({ changed: 1, unchanged: 9, newlyAutomatic: 1, withDroppedApprovers: 1 });
  });

  test('tells what no rule covers any more, and fails the suite for it', async () => {
    const gap = changed((policy) => {
      policy.rules = policy.rules.filter(({ id }) => id !== 'onboarding');
    });
    const found = await simulated(gap);
    expect(found.totals.newlyUncovered).toBe(1);
    expect(about(found, '07')).toMatchObject({ newlyUncovered: true, addedLevels: ['deal-desk'] });
    const suite = await simulationSuite(question(gap));
    expect(suite.failures.map((failure) => failure.case)).toEqual(['example:07']);
    expect(hasPassed(suite)).toBe(false);
  });

  test('tells a level whose quorum, people or service level changed although its name did not', async () => {
    const slower = changed((policy) => {
      policy.levels.find(({ id }) => id === 'deal-desk')!.serviceLevelBusinessHours = 24;
    });
    const found = about(await simulated(slower), '02');
    expect(found).toMatchObject({ addedLevels: [], droppedLevels: [], changedLevels: ['deal-desk'] });
  });

  test('is the same, byte for byte, when it runs again', async () => {
    const candidate = changed((policy) => {
      setEffect(policy, 'onboarding', { approve: 'automatically' });
    });
    expect(canonicalJson(await simulated(candidate))).toBe(canonicalJson(await simulated(candidate)));
  });

  test('takes a candidate that breaks off, refuses or exceeds a bound for a failure, and tells why', async () => {
    const tiny = tinySkill({
      execute: ({ input, configuration }) => {
        if (configuration.version === 'broken') throw new TypeError('It broke.');
        return {
          ...tinySkill().execute({ input, configuration } as never),
          workUnits: configuration.version === 'greedy' ? 101 : 1,
        } as never;
      },
    });
    const requests = exampleRequests([], NOON).concat({
      id: 'one',
      input: { accountId: 'acme', discount: 1 },
      requester: { personId: 'ada' },
      instant: NOON,
    });
    const baseline = { version: '1', free: 5, most: 9 };
    const reason = async (candidate: unknown) =>
      (await simulationSuite({ skill: tiny, baseline, candidate, directory, requests })).failures[0]?.message;
    expect(await reason(baseline)).toBeUndefined();
    expect(await reason({ ...baseline, version: 'broken' })).toBe('TypeError: It broke.');
    expect(await reason({ ...baseline, version: 'greedy' })).toMatch(/^BudgetExceeded: .* 101 work units/);
    expect(await reason({ ...baseline, free: 10 })).toMatch(/^InvalidInput: .*cross/);
  });

  test('a suite without a request shows nothing, so it does not pass', async () => {
    expect(hasPassed(await simulationSuite({ ...question(referencePolicyDocument()), requests: [] }))).toBe(false);
  });
});
