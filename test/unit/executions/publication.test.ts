import { beforeEach, describe, expect, test } from 'vitest';
import { readLedger } from '../../../lib/platform/configuration/ledger.ts';
import { listVersions, promote } from '../../../lib/platform/configuration/lifecycle.ts';
import { putCandidate } from '../../../lib/platform/configuration/put-candidate.ts';
import { seed } from '../../../lib/platform/configuration/seed.ts';
import { handoffPacket } from '../../../lib/platform/contracts/outputs.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { changeExecution, readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { startExecution } from '../../../lib/platform/executions/start.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import { type TestRuntime, testRuntime } from '../../support/runtime.ts';
import { ask, compute, flagsOn, flowOf, passAllSuites, started } from './system.ts';
import { tinyResult, tinySkill } from './tiny-skill.ts';

let store: StartedTable;
beforeEach(async () => {
  store = await startTable();
  return () => store.close();
});

const target = tinySkill({ name: 'tiny-target', id: 'u00002', flag: 'skill_00002_target' });

/** A skill whose result is a configuration of the target: its baseline with another bound. */
const maker = tinySkill({
  references: () => [target.name],
  publishes: {
    candidateFor: ({ artifact }) => (artifact as { candidate?: { skill: string; configuration: unknown } }).candidate,
  },
  execute: ({ input, configuration, references }) => {
    const before = references[target.name]!.configuration as { version: string; free: number; most: number };
    const candidate = { skill: target.name, configuration: { ...before, version: '2.0', most: before.most + 1 } };
    return { ...tinyResult(input, configuration), artifact: { candidate } };
  },
});

async function system(): Promise<TestRuntime> {
  const runtime = testRuntime({ table: store.table, skills: [maker, target] });
  runtime.flags.set(flagsOn(maker));
  await seed(runtime);
  return runtime;
}

const versions = async (runtime: TestRuntime) =>
  (await listVersions(runtime, target)).map(({ version, status }) => `${version.slice(0, 3)} ${status}`).sort();

async function computed(runtime: TestRuntime): Promise<string> {
  const executionId = await started(runtime, ask(maker, 100));
  expect((await compute(runtime, executionId)).verdict).toBe('publish');
  return executionId;
}

describe('a publication that puts a candidate on trial', () => {
  test('does it once, however often the step runs, and names it in the handoff packet', async () => {
    const runtime = await system();
    const executionId = await computed(runtime);
    expect(await versions(runtime)).toEqual(['1.0 stable']);
    for (let time = 0; time < 3; time += 1) await publish(runtime, flowOf(runtime, executionId));
    expect(await versions(runtime)).toEqual(['1.0 stable', '2.0 candidate']);
    const { outcome, outputs } = await readExecution(runtime, executionId);
    expect(outcome).toBe('published');
    const packet = handoffPacket.parse(await runtime.artifacts.get(outputs!.handoffPacket));
    const entry = (await readLedger(runtime, target.name)).entries.find(({ status }) => status === 'candidate')!;
    expect(packet.candidate).toEqual({ skill: target.name, version: entry.version, digest: entry.digest });
    expect(await runtime.artifacts.get(entry.digest)).toEqual({ version: '2.0', free: 500, most: 3_001 });
    expect(entry.moves).toHaveLength(1);
    expect(entry.moves[0]).toMatchObject({ by: 'ada', because: `Published by execution ${executionId}.` });
  });

  test('leaves evidence that holds the baseline it was compared with, and can be executed again', async () => {
    const runtime = await system();
    const executionId = await computed(runtime);
    await publish(runtime, flowOf(runtime, executionId));
    const packet = await assembleEvidence(runtime, executionId);
    expect(packet.artifacts.filter(({ role }) => role === 'reference')).toMatchObject([
      { document: { version: '1.0' } },
    ]);
    const report = await verifyEvidence(packet, { skills: [maker], versions: engineVersions });
    expect(report.firstFailure).toBeUndefined();
    expect(report.checks.find(({ check }) => check === 're-execution')?.result).toBe('pass');
    const forged = structuredClone(packet) as { artifacts: { role: string; document: { most?: number } }[] };
    forged.artifacts.find(({ role }) => role === 'reference')!.document.most = 9_999;
    const again = await verifyEvidence(forged, { skills: [maker], versions: engineVersions });
    expect(again.firstFailure?.detail).toContain('reference does not have the digest');
  });

  test('is blocked when the baseline moved while people were deciding', async () => {
    const runtime = await system();
    const executionId = await computed(runtime);
    const order = { by: 'olga', because: 'In between.' };
    const other = await putCandidate(runtime, target.name, { version: '1.5', free: 1, most: 2 }, order);
    await passAllSuites(runtime, target, other.digest);
    await promote(runtime, target, other.version, { by: 'olga', report: other.digest });
    await publish(runtime, flowOf(runtime, executionId));
    const { outcome, gates } = await readExecution(runtime, executionId);
    expect(outcome).toBe('blocked');
    expect(gates.flatMap(({ reasons }) => reasons).map(({ code }) => code)).toEqual(['BaselineMoved']);
    expect(await versions(runtime)).toEqual(['1.0 retired', '1.5 stable']);
  });

  test('gives way to a withdrawal, and takes back its own candidate but nobody else’s', async () => {
    const runtime = await system();
    const executionId = await computed(runtime);
    const { put } = runtime.artifacts;
    // The withdrawal arrives when the candidate stands and the outcome does not yet.
    runtime.artifacts.put = async (document) => {
      if ((document as { schema?: string }).schema === 'countersign/handoff-packet/1')
        await changeExecution(runtime, executionId, (current) =>
          current.withdrawal === undefined
            ? { ...current, withdrawal: { by: 'ada', at: runtime.clock.now() } }
            : undefined,
        );
      return put.call(runtime.artifacts, document);
    };
    await publish(runtime, flowOf(runtime, executionId));
    expect((await readExecution(runtime, executionId)).outcome).toBe('withdrawn');
    expect(await versions(runtime)).toEqual(['1.0 stable', '2.0 retired']);

    runtime.artifacts.put = put.bind(runtime.artifacts);
    const second = await computed(runtime);
    await publish(runtime, flowOf(runtime, second));
    await publish(runtime, flowOf(runtime, executionId));
    expect(await versions(runtime)).toEqual(['1.0 stable', '2.0 candidate']);
  });

  test('for a skill that has no configuration is refused before anything is stored', async () => {
    const lost = tinySkill({ references: () => ['no-such-skill'] });
    const runtime = testRuntime({ table: store.table, skills: [lost] });
    runtime.flags.set(flagsOn(lost));
    await seed(runtime);
    await expect(startExecution(runtime, ask(lost, 100))).rejects.toMatchObject({
      problems: [expect.objectContaining({ code: 'unknown-skill', pointer: '/input' })],
    });
    expect((await started(runtime, ask(tinySkill(), 100))).startsWith('ex-')).toBe(true);
  });
});

describe('the policy-constraint-check', () => {
  const said = { code: 'ConstraintViolated', message: 'Not above 50.', pointer: '' };
  const held = tinySkill({ constraintCheck: ({ input }) => (input.discount > 50 ? [said] : []) });

  test.each([
    [40, 'publish', 'pass', undefined],
    [60, 'block', 'fail', 'guardrail'],
  ] as const)('of a result for %i comes to %s', async (discount, verdict, gate, failure) => {
    const runtime = testRuntime({ table: store.table, skills: [held] });
    runtime.flags.set(flagsOn(held));
    await seed(runtime);
    const executionId = await started(runtime, ask(held, discount));
    expect((await compute(runtime, executionId)).verdict).toBe(verdict);
    const record = await readExecution(runtime, executionId);
    expect(record.gates.find((each) => each.gate === 'policy-approval-check')?.result).toBe(gate);
    expect(record.failure?.kind).toBe(failure);
  });
});
