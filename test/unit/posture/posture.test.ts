import { beforeEach, describe, expect, test } from 'vitest';
import { runAgain } from '../../../lib/platform/api/retry.ts';
import { currentConfiguration } from '../../../lib/platform/configuration/configuration-store.ts';
import { addCandidate, listVersions, promote, rollback } from '../../../lib/platform/configuration/lifecycle.ts';
import { NotPromotable } from '../../../lib/platform/configuration/not-promotable.ts';
import { readPosture, setPosture } from '../../../lib/platform/configuration/posture.ts';
import { changeExecution, readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { PublishHeld } from '../../../lib/platform/executions/publish-held.ts';
import { settleDebts } from '../../../lib/platform/executions/settle.ts';
import { followUpsOf } from '../../../lib/platform/follow-ups/follow-up-store.ts';
import { failuresBetween } from '../../../lib/platform/posture/failures.ts';
import { readPostureState } from '../../../lib/platform/posture/posture-store.ts';
import { sweepPostures } from '../../../lib/platform/posture/sweep.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { compute, flagsOn, passAllSuites } from '../executions/system.ts';
import { breakOff, fail, fragileSkill, startFor, thresholds, withBadCandidate } from './system.ts';

let store: StartedTable;
beforeEach(async () => {
  store = await startTable();
  return () => store.close();
});

const OVERSIGHT = 'oversight@example.com';
const subjects = (runtime: TestRuntime) => runtime.mail.to(OVERSIGHT).map(({ subject }) => subject);
const sweepNow = (runtime: TestRuntime) => sweepPostures(runtime, runtime.clock.now());
const allFailures = (runtime: TestRuntime) =>
  failuresBetween(runtime, runtime.skills[0]!.name, '2020-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z');
const standing = async (runtime: TestRuntime, version: string) =>
  (await listVersions(runtime, runtime.skills[0]!)).find((one) => one.version === version);

describe('one fault', () => {
  test('marks only its execution, which can be run again', async () => {
    const { runtime, skill, candidate } = await withBadCandidate(store.table);
    const executionId = await fail(runtime, 'acme');
    expect(await readExecution(runtime, executionId)).toMatchObject({ status: 'failed', outcome: 'rolled-back' });
    expect(await readPosture(runtime, skill.name)).toBe('normal');
    expect(await standing(runtime, candidate.version)).toMatchObject({ status: 'candidate' });
    const [followUp] = await followUpsOf(runtime, skill.name, { status: 'open' });
    expect(followUp).toMatchObject({ executionId, owner: OVERSIGHT, due: '2026-11-21T09:00:00.000Z' });

    runtime.flags.set(flagsOn(skill));
    const again = await runAgain(runtime, executionId, 'olga');
    if (again.kind !== 'accepted') throw new Error(again.kind);
    expect(await runAgain(runtime, executionId, 'olga')).toMatchObject({
      executionId: again.executionId,
      repeated: true,
    });
    expect(await readExecution(runtime, executionId)).toMatchObject({ rerunAs: again.executionId });
    expect(await readExecution(runtime, again.executionId)).toMatchObject({ rerunOf: executionId });
    const flow = await compute(runtime, again.executionId);
    await publish(runtime, flow);
    expect(await readExecution(runtime, again.executionId)).toMatchObject({ outcome: 'published' });
    expect(await followUpsOf(runtime, skill.name, { status: 'done' })).toMatchObject([
      { executionId, closedBy: 'olga' },
    ]);
    await expect(runAgain(runtime, again.executionId, 'olga')).rejects.toThrow('ended as published');
  });

  test('of one account, as often as it likes, rolls nothing back', async () => {
    const { runtime, skill, candidate, flagAdmin } = await withBadCandidate(store.table);
    for (let time = 0; time < 12; time += 1) await fail(runtime, 'poison');
    expect(await allFailures(runtime)).toHaveLength(12);
    expect(await readPosture(runtime, skill.name)).toBe('normal');
    expect(await standing(runtime, candidate.version)).toMatchObject({ status: 'candidate' });
    expect([flagAdmin.enabled, flagAdmin.weights]).toEqual([[], []]);
  });

  test('counts once, however many count it at once and again', async () => {
    const { runtime, skill } = await withBadCandidate(store.table);
    const executionIds = await Promise.all(['a', 'b'].map((account) => startFor(runtime, account, 1)));
    for (const executionId of executionIds) await breakOff(runtime, executionId);
    for (const executionId of executionIds)
      await changeExecution(runtime, executionId, (record) => ({
        ...record,
        failure: { ...record.failure!, counted: false },
      }));
    const twice = [...executionIds, ...executionIds, ...executionIds];
    await Promise.all(twice.map((executionId) => settleDebts(runtime, executionId)));
    expect(await allFailures(runtime)).toHaveLength(2);
    expect((await readPostureState(runtime, skill.name)).moves).toHaveLength(1);
  });

  test('all at once from distinct accounts: none is lost', async () => {
    const { runtime, skill, candidate } = await withBadCandidate(
      store.table,
      fragileSkill({ budget: { workUnits: 100, outputBytes: 20_000, mails: 20, computingExecutions: 10 } }),
    );
    const executionIds = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => startFor(runtime, `a${number}`, 1)));
    await Promise.all(executionIds.map((executionId) => breakOff(runtime, executionId)));
    for (const executionId of executionIds) await settleDebts(runtime, executionId);
    expect(await allFailures(runtime)).toHaveLength(6);
    expect(await readPosture(runtime, skill.name)).toBe('critical');
    expect((await standing(runtime, candidate.version))?.moves.filter(({ rolledBack }) => rolledBack)).toHaveLength(1);
  });
});

describe('repeated faults of distinct accounts', () => {
  test('put the baseline back, and tell the flag server and oversight', async () => {
    const { runtime, skill, candidate, flagAdmin } = await withBadCandidate(store.table);
    const { version: baseline, digest } = await currentConfiguration(runtime, skill.name);
    await fail(runtime, 'a');
    await fail(runtime, 'b');
    expect(await standing(runtime, candidate.version)).toMatchObject({ status: 'candidate' });
    const last = await fail(runtime, 'c');
    const retired = await standing(runtime, candidate.version);
    expect(retired).toMatchObject({ status: 'retired' });
    expect(retired?.moves.at(-1)).toMatchObject({ from: 'candidate', to: 'retired', by: 'system', rolledBack: true });
    expect(retired?.moves.at(-1)?.because).toContain('3 failed executions of 3 accounts within 300 seconds');
    expect(await currentConfiguration(runtime, skill.name, candidate.version)).toMatchObject({
      version: baseline,
      chosen: 'retired-variant',
    });
    expect(flagAdmin.weights).toEqual([[{ name: baseline, weight: 1000, payload: digest }]]);
    expect(subjects(runtime).at(-1)).toBe(`Incident: A candidate was taken out (${skill.name})`);
    const mail = runtime.mail.to(OVERSIGHT).at(-1)!;
    expect(mail.text).toContain(`/executions/${last}/trace`);
    const packet = /sha256:[0-9a-f]{64}/.exec(mail.text)![0] as `sha256:${string}`;
    expect(await runtime.artifacts.get(packet)).toMatchObject({
      kind: 'candidate-rolled-back',
      from: candidate.version,
      to: baseline,
      flagServer: { result: 'done' },
    });
    expect(await readPosture(runtime, skill.name)).toBe('elevated');
  });

  test('too far apart put nothing back', async () => {
    const { runtime, candidate } = await withBadCandidate(store.table);
    for (const account of ['a', 'b', 'c']) {
      await fail(runtime, account);
      runtime.clock.advance(150);
    }
    expect(await standing(runtime, candidate.version)).toMatchObject({ status: 'candidate' });
  });

  test('what the candidate computed before it was taken out is not published', async () => {
    const { runtime } = await withBadCandidate(store.table);
    const begun = await startFor(runtime, 'fine', 100);
    const flow = await compute(runtime, begun);
    for (const account of ['a', 'b', 'c']) await fail(runtime, account);
    await publish(runtime, flow);
    const record = await readExecution(runtime, begun);
    expect(record.outcome).toBe('blocked');
    expect(record.gates[2]!.reasons.map(({ code }) => code)).toEqual(['ConfigurationRolledBack']);
    expect(record.failure).toBeUndefined();
    expect(await runAgain(runtime, begun, 'olga')).toMatchObject({ kind: 'accepted' });
  });

  test('a guardrail that is broken counts as well: budget and determinism', async () => {
    let calls = 0;
    const skill = fragileSkill({
      execute: ({ input, configuration }) => {
        calls += 1;
        const noise = { ...input, tags: [`${calls}`] };
        return {
          ...fragileSkill().execute({ input: noise, configuration } as never),
          workUnits: input.discount,
        } as never;
      },
    });
    const { runtime, candidate } = await withBadCandidate(store.table, skill);
    for (const [account, discount] of [
      ['a', 50],
      ['b', 102],
      ['c', 104],
    ] as const) {
      const executionId = await startFor(runtime, account, discount);
      await compute(runtime, executionId);
      expect((await readExecution(runtime, executionId)).failure).toMatchObject({ kind: 'guardrail', counted: true });
      runtime.clock.advance(1);
    }
    expect(await standing(runtime, candidate.version)).toMatchObject({ status: 'retired' });
  });
});

describe('a critical posture', () => {
  async function critical(flagServerIsDown: boolean) {
    const made = await withBadCandidate(
      store.table,
      fragileSkill({ posture: { ...thresholds, candidateFaults: { accounts: 9, windowSeconds: 300 } } }),
    );
    made.flagAdmin.down = flagServerIsDown;
    const { runtime, skill } = made;
    const executionId = await startFor(runtime, 'waits', 100);
    runtime.flags.set(flagsOn(skill));
    const onBaseline = await startFor(runtime, 'holds', 100);
    const flow = await compute(runtime, onBaseline);
    runtime.flags.set(flagsOn(skill, made.candidate.version));
    for (const account of ['a', 'b', 'c', 'c']) await fail(runtime, account);
    return { ...made, executionId, onBaseline, flow };
  }

  test('is reached step by step, each move on record with its cause', async () => {
    const { runtime, skill, candidate, flagAdmin } = await critical(false);
    const { posture, moves, flagDuty } = await readPostureState(runtime, skill.name);
    expect(posture).toBe('critical');
    expect(moves.map(({ from, to }) => `${from} -> ${to}`)).toEqual(['normal -> elevated', 'elevated -> critical']);
    expect(moves[1]).toMatchObject({ by: 'system', because: '4 failed executions of 3 accounts within 600 seconds.' });
    expect(moves[1]!.executions).toHaveLength(4);
    expect(flagDuty).toMatchObject({ enabled: false, result: 'done', attempts: 1 });
    expect(flagAdmin.enabled).toEqual([[skill.flag, false]]);
    expect(await standing(runtime, candidate.version)).toMatchObject({ status: 'retired' });
    expect(subjects(runtime)).toContain(`Incident: Publishing has stopped (${skill.name})`);
    const open = await followUpsOf(runtime, skill.name, { status: 'open' });
    expect(open.filter(({ incidentId }) => incidentId !== undefined)).toHaveLength(2);
    expect(open.filter(({ executionId }) => executionId !== undefined)).toHaveLength(4);
  });

  test('holds a publication that resumes once quiet has lowered it', async () => {
    const { runtime, skill, onBaseline, flow, flagAdmin } = await critical(false);
    await expect(publish(runtime, flow)).rejects.toBeInstanceOf(PublishHeld);
    runtime.clock.advance(thresholds.calmAfterSeconds - 60);
    expect(await sweepNow(runtime)).toMatchObject({ lowered: 0 });
    await expect(publish(runtime, flow)).rejects.toBeInstanceOf(PublishHeld);
    runtime.clock.advance(60);
    expect(await sweepNow(runtime)).toEqual({ lowered: 1, failures: 0 });
    expect(flagAdmin.enabled).toEqual([
      [skill.flag, false],
      [skill.flag, true],
    ]);
    await publish(runtime, flow);
    expect(await readExecution(runtime, onBaseline)).toMatchObject({ outcome: 'published' });
    runtime.clock.advance(thresholds.calmAfterSeconds);
    await sweepNow(runtime);
    expect(await readPosture(runtime, skill.name)).toBe('normal');
  });

  test('can be lowered by an operator, and then begins to count anew', async () => {
    const { runtime, skill } = await critical(false);
    await setPosture(runtime, skill.name, 'normal', 'olga', 'The candidate is out.');
    expect((await readPostureState(runtime, skill.name)).moves.at(-1)).toMatchObject({
      from: 'critical',
      to: 'normal',
      by: 'olga',
      because: 'The candidate is out.',
    });
    const again = await addCandidate(runtime, skill, { version: '2.0', free: 666, most: 3_000 }, 'olga');
    runtime.flags.set(flagsOn(skill, again.version));
    await fail(runtime, 'a');
    expect(await readPosture(runtime, skill.name)).toBe('normal');
  });

  test('stops publishing also while the flag server is down, which is recorded and tried again', async () => {
    const { runtime, skill, flow, flagAdmin } = await critical(true);
    await expect(publish(runtime, flow)).rejects.toBeInstanceOf(PublishHeld);
    expect((await readPostureState(runtime, skill.name)).flagDuty).toMatchObject({
      result: 'failed',
      error: 'FlagSourceUnavailable',
    });
    const mail = runtime.mail.to(OVERSIGHT).find(({ subject }) => subject.includes('Publishing has stopped'))!;
    expect(mail.text).toContain('Flag server: could not be told');
    flagAdmin.down = false;
    await sweepNow(runtime);
    expect((await readPostureState(runtime, skill.name)).flagDuty).toMatchObject({ result: 'done', enabled: false });
    expect(flagAdmin.enabled).toEqual([[skill.flag, false]]);
  });

  test('is told to oversight later when no mail goes out now, once', async () => {
    const { runtime, skill } = await withBadCandidate(store.table);
    runtime.mail.refusals = 1;
    await setPosture(runtime, skill.name, 'critical', 'olga', 'A drill.');
    expect(await sweepNow(runtime)).toEqual({ lowered: 0, failures: 1 });
    expect(subjects(runtime)).toEqual([]);
    await sweepNow(runtime);
    await sweepNow(runtime);
    expect(subjects(runtime)).toEqual([`Incident: Publishing has stopped (${skill.name})`]);
  });

  test('without a way to administer flags says so, and stops all the same', async () => {
    const { runtime, skill } = await withBadCandidate(store.table);
    const { flagAdmin: _, ...without } = runtime as TestRuntime & { flagAdmin?: unknown };
    await setPosture(runtime, skill.name, 'critical', 'olga', 'A drill.');
    await sweepPostures(without as TestRuntime, runtime.clock.now());
    expect((await readPostureState(runtime, skill.name)).flagDuty).toMatchObject({ result: 'not-available' });
    expect(runtime.mail.to(OVERSIGHT)[0]!.text).toContain('no way to administer flags is configured');
  });

  test('that never got to switch the flag off does not switch it on when it ends', async () => {
    const { runtime, skill, flagAdmin } = await withBadCandidate(store.table);
    flagAdmin.down = true;
    await setPosture(runtime, skill.name, 'critical', 'olga', 'A drill.');
    await sweepNow(runtime);
    await setPosture(runtime, skill.name, 'normal', 'olga', 'It is over.');
    flagAdmin.down = false;
    await sweepNow(runtime);
    expect(flagAdmin.enabled).toEqual([]);
  });
});

describe('configuration versions', () => {
  const next = { version: '3.0', free: 700, most: 3_000 };

  test('one that was never validated cannot be promoted, and not be published from', async () => {
    const { runtime, skill } = await withBadCandidate(store.table);
    const { version, digest } = await addCandidate(runtime, skill, next, 'olga');
    await expect(promote(runtime, skill, version, { by: 'olga', report: digest })).rejects.toBeInstanceOf(
      NotPromotable,
    );
    runtime.flags.set(flagsOn(skill));
    const executionId = await startFor(runtime, 'acme', 100);
    const flow = await compute(runtime, executionId);
    await changeExecution(runtime, executionId, (record) => ({ ...record, configuration: { version, digest } }));
    await publish(runtime, flow);
    const { outcome, gates } = await readExecution(runtime, executionId);
    expect(outcome).toBe('blocked');
    expect(gates[2]!.reasons.map(({ code }) => code)).toEqual(['ConfigurationNotValidated']);
  });

  test('a promotion retires the baseline in the same write; a rollback brings it back; every move is on record', async () => {
    const { runtime, skill } = await withBadCandidate(store.table);
    const before = await currentConfiguration(runtime, skill.name);
    const { version, digest } = await addCandidate(runtime, skill, next, 'olga');
    await passAllSuites(runtime, skill, digest);
    await promote(runtime, skill, version, { by: 'olga', report: digest });
    expect(await currentConfiguration(runtime, skill.name)).toMatchObject({ version, status: 'stable' });
    expect(await standing(runtime, before.version)).toMatchObject({ status: 'retired', baseline: false });
    await expect(promote(runtime, skill, version, { by: 'olga', report: digest })).rejects.toThrow('stable');

    const back = await rollback(runtime, skill, { by: 'olga', because: 'Margins suffer.' });
    expect(back).toMatchObject({ version: before.version, status: 'stable' });
    const bad = await standing(runtime, version);
    expect(bad?.moves.map(({ to, by }) => `${to} by ${by}`)).toEqual([
      'candidate by olga',
      'stable by olga',
      'retired by olga',
    ]);
    expect(bad?.moves.at(1)).toMatchObject({ report: digest });
    expect(bad?.moves.at(-1)).toMatchObject({ because: 'Margins suffer.', rolledBack: true });
    expect(subjects(runtime).at(-1)).toBe(`Incident: An earlier baseline was put back (${skill.name})`);
    await expect(rollback(runtime, skill, { by: 'olga', because: 'Further.' })).rejects.toBeInstanceOf(NotPromotable);
  });

  test('two promotions at once: both happen, one after the other, and one baseline stands', async () => {
    const { runtime, skill } = await withBadCandidate(store.table);
    const versions = await Promise.all(
      ['3.0', '4.0'].map(async (version) => {
        const added = await addCandidate(runtime, skill, { ...next, version }, 'olga');
        await passAllSuites(runtime, skill, added.digest);
        return added;
      }),
    );
    await Promise.all(
      versions.map(({ version, digest }) => promote(runtime, skill, version, { by: 'olga', report: digest })),
    );
    const listed = await listVersions(runtime, skill);
    expect(listed.filter(({ baseline }) => baseline)).toHaveLength(1);
    expect(listed.filter(({ status }) => status === 'stable')).toHaveLength(1);
  });
});
