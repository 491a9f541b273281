import { beforeEach, describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { currentConfiguration } from '../../../lib/platform/configuration/configuration-store.ts';
import { addCandidate, listVersions, promote, rollback } from '../../../lib/platform/configuration/lifecycle.ts';
import { NotPromotable } from '../../../lib/platform/configuration/not-promotable.ts';
import { promotedDigestOf, validationOf, validationSuites } from '../../../lib/platform/configuration/validation.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { parseExample } from '../../../lib/platform/examples.ts';
import { pastRequestsOf } from '../../../lib/platform/promotion/past-request.ts';
import { promoteVersion } from '../../../lib/platform/promotion/promote-version.ts';
import type { Recording } from '../../../lib/platform/promotion/regression-baseline.ts';
import { runSuites, type SuiteRun } from '../../../lib/platform/promotion/run-suites.ts';
import type { AnySkill } from '../../../lib/platform/skill/define-skill.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import { type TestRuntime, testRuntime } from '../../support/runtime.ts';
import { ask, compute, flagsOn, started, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

const skill = tinySkill();
const SHIPPED = skill.baselineConfiguration() as { free: number };
/** Lets larger discounts through without a person. */
const LAXER = { ...SHIPPED, version: '2.0', free: 1_000 };

let store: StartedTable;
let runtime: TestRuntime;
let recordings: Recording[];
beforeEach(async () => {
  store = await startTable();
  runtime = await startSystem(store.table, skill);
  const executionId = await started(runtime, ask(skill, 800));
  await compute(runtime, executionId);
  recordings = [{ name: 'one', packet: await assembleEvidence(runtime, executionId) }];
  return () => store.close();
});

const example = (discount: number, levels: number) =>
  parseExample(
    {
      title: `A discount of ${discount}`,
      story: 'Ada asks.',
      requester: 'ada',
      request: { input: { accountId: 'acme', discount, tags: [] } },
      decisions: [],
      expected: { outcome: levels === 0 ? 'published' : 'withdrawn', levels, decisions: 0 },
    },
    'example.json',
  );

const suiteRun = async (configuration: unknown, over: Partial<SuiteRun> = {}): Promise<SuiteRun> => ({
  skill,
  configuration,
  examples: [
    { name: 'small', example: example(100, 0) },
    { name: 'large', example: example(2_000, 2) },
  ],
  recordings,
  requests: await pastRequestsOf(runtime, skill, 10),
  scratch: async (under) => {
    const scratch = await startTable();
    const one: AnySkill = {
      ...under.skill,
      baselineConfiguration: () => under.configuration,
      referenceDirectory: () => under.directory.snapshot,
    };
    const throwaway = testRuntime({ table: scratch.table, skills: [one] });
    throwaway.flags.set(flagsOn(one));
    return { runtime: throwaway, close: () => scratch.close() };
  },
  by: 'ada',
  ...over,
});

const order = (version: string, agreed: readonly string[] = ['lena', 'fritz']) => ({
  skill,
  version,
  by: 'ada',
  agreed,
});

describe('promotion', () => {
  test('takes records of all four suites for the exact digest, and keeps the report', async () => {
    const { version, digest } = await addCandidate(runtime, skill, LAXER, 'ada');
    const refused = await promoteVersion(runtime, order(version));
    expect(refused.report.gates.map(({ result }) => result)).toEqual(['missing', 'missing', 'missing', 'missing']);
    expect(refused.promoted).toBeUndefined();
    await expect(promote(runtime, skill, version, { by: 'ada', report: refused.reportDigest })).rejects.toBeInstanceOf(
      NotPromotable,
    );

    const suites = await runSuites(runtime, await suiteRun(LAXER));
    expect(suites.map(({ suite, passed, failures }) => ({ suite, passed, failures }))).toEqual(
      validationSuites.map((suite) => ({ suite, passed: true, failures: [] })),
    );
    const { report, reportDigest, promoted } = await promoteVersion(runtime, order(version));
    expect(report).toMatchObject({
      promotedDigest: promotedDigestOf(skill, digest),
      recommendation: 'publish',
      because: [],
      // One of three requests, the stored one, needs nobody any more: 60 + 80 + 20 points, each over three.
      risk: { score: 20 + 27 + 7 },
      confidenceBasisPoints: Math.trunc(30_000 / 13),
      approvals: { required: ['operator', 'policy-owner', 'oversight'], given: ['ada', 'lena', 'fritz'] },
    });
    expect(report.varianceNotes).toContain('simulation: 1 request would need nobody any more');
    expect(await runtime.artifacts.get(reportDigest)).toEqual(report);
    expect(promoted).toMatchObject({ version, status: 'stable' });
    expect(await currentConfiguration(runtime, skill.name)).toMatchObject({ version });
  });

  test('is not allowed by records for another engine or another configuration', async () => {
    const { version, digest } = await addCandidate(runtime, skill, LAXER, 'ada');
    await runSuites(runtime, await suiteRun({ ...LAXER, free: 1_001 }));
    await runSuites(runtime, await suiteRun(LAXER, { skill: { ...skill, version: '1.0.1' } }));
    expect((await validationOf(runtime, skill.name, promotedDigestOf(skill, digest))).missing).toHaveLength(4);
    expect((await promoteVersion(runtime, order(version))).promoted).toBeUndefined();
  });

  test.each([
    ['unit', { examples: [{ name: 'wrong', example: example(800, 2) }] }],
    ['integration', { scratch: () => Promise.reject(new Error('No scratch system.')) }],
    ['simulation', { requests: [{ id: 'old', input: {}, requester: { personId: 'ada' }, instant: '' }], examples: [] }],
    ['regression-baseline', { recordings: [] }],
  ] as const)('is refused when the suite %s fails, and the record says so', async (suite, over) => {
    const { version, digest } = await addCandidate(runtime, skill, LAXER, 'ada');
    await runSuites(runtime, await suiteRun(LAXER, over));
    const { records } = await validationOf(runtime, skill.name, promotedDigestOf(skill, digest));
    expect(records).toHaveLength(4);
    expect(records.find((record) => record.suite === suite)).toMatchObject({ result: 'fail', by: 'ada' });
    const { report, promoted } = await promoteVersion(runtime, order(version));
    expect(report.recommendation).toBe('no-publish');
    expect(report.because).toContain(`The suite ${suite} is failed.`);
    expect(promoted).toBeUndefined();
  });

  test('that asks fewer people takes three different ones, whom the directory knows', async () => {
    const { version } = await addCandidate(runtime, skill, LAXER, 'ada');
    await runSuites(runtime, await suiteRun(LAXER));
    const alone = await promoteVersion(runtime, order(version, ['ada', 'lena']));
    expect(alone.promoted).toBeUndefined();
    expect(alone.report.because).toEqual([
      'It takes 3 different people (operator, policy-owner, oversight), and 2 agreed.',
    ]);
    await expect(promoteVersion(runtime, order(version, ['lena', 'gone']))).rejects.toBeInstanceOf(InvalidInput);
  });

  test('can be taken back: the last stable baseline stands again, and every move is on record', async () => {
    const { version: first } = await currentConfiguration(runtime, skill.name);
    const { version } = await addCandidate(runtime, skill, LAXER, 'ada');
    await runSuites(runtime, await suiteRun(LAXER));
    const { reportDigest } = await promoteVersion(runtime, order(version));
    runtime.clock.advance(60);
    await rollback(runtime, skill, { by: 'lena', because: 'Too lax.' });
    expect(await currentConfiguration(runtime, skill.name)).toMatchObject({ version: first, status: 'stable' });
    const listed = (await listVersions(runtime, skill)).find((one) => one.version === version);
    expect(listed).toMatchObject({ status: 'retired', baseline: false });
    expect(listed?.moves).toMatchObject([
      { from: 'new', to: 'candidate', by: 'ada' },
      { from: 'candidate', to: 'stable', by: 'ada', report: reportDigest },
      { from: 'stable', to: 'retired', by: 'lena', because: 'Too lax.' },
    ]);
    const executionId = await started(runtime, ask(skill, 800));
    expect(await compute(runtime, executionId)).toMatchObject({ verdict: 'approve' });
  });
});

test('past requests are those of the skill’s last executions, newest first', async () => {
  runtime.clock.advance(60);
  const later = await started(runtime, ask(skill, 900));
  const found = await pastRequestsOf(runtime, skill, 10);
  expect(found.map(({ input }) => (input as { discount: number }).discount)).toEqual([900, 800]);
  expect(found[0]).toMatchObject({ id: later, requester: { personId: 'ada' }, instant: runtime.clock.now() });
  expect(await pastRequestsOf(runtime, skill, 1)).toHaveLength(1);
});
