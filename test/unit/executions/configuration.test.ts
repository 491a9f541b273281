import { beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { InvalidInput, NotFound } from '../../../lib/core/errors.ts';
import { currentConfiguration, findConfiguration } from '../../../lib/platform/configuration/configuration-store.ts';
import { currentDirectory, importDirectory } from '../../../lib/platform/configuration/directory-store.ts';
import { addCandidate, promote } from '../../../lib/platform/configuration/lifecycle.ts';
import { seed } from '../../../lib/platform/configuration/seed.ts';
import {
  promotedDigestOf,
  recordValidation,
  validationSuites,
} from '../../../lib/platform/configuration/validation.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import { testRuntime } from '../../support/runtime.ts';
import { ask, flagsOn, passAllSuites, passed, started, startSystem } from './system.ts';
import { tinyDirectory, tinySkill } from './tiny-skill.ts';

let store: StartedTable;
beforeEach(async () => {
  store = await startTable();
  return () => store.close();
});

const later = tinySkill({ baselineConfiguration: () => ({ version: '2.0', free: 600, most: 3_000 }) });

describe('seeding', () => {
  test('makes the shipped configuration stable, under its version and the beginning of its digest', async () => {
    const skill = tinySkill();
    const runtime = testRuntime({ table: store.table, skills: [skill] });
    const seeded = await seed(runtime);
    const digest = digestOf(skill.baselineConfiguration());
    const version = `1.0-${digest.slice(7, 15)}`;
    expect(seeded.configurations).toEqual([{ skill: skill.name, version, digest, status: 'stable' }]);
    expect(await currentConfiguration(runtime, skill.name)).toEqual({
      version,
      digest,
      status: 'stable',
      chosen: 'no-variant',
    });
  });

  test('again changes nothing', async () => {
    const runtime = testRuntime({ table: store.table, skills: [tinySkill()] });
    const first = await seed(runtime);
    runtime.clock.advance(60);
    expect(await seed(runtime)).toEqual(first);
  });

  test('a later shipped version is a candidate: it runs once validated, where the flag names it, and nowhere else', async () => {
    const { artifacts } = await startSystem(store.table);
    const runtime = testRuntime({ table: store.table, skills: [later], artifacts });
    const [candidate] = (await seed(runtime)).configurations;
    expect(candidate).toMatchObject({ status: 'candidate' });
    const { version: baseline } = await currentConfiguration(runtime, later.name);
    expect(baseline).toMatch(/^1\.0-/);
    runtime.flags.set(flagsOn(later, candidate!.version));
    const before = await started(runtime, ask(later, 1));
    expect((await readExecution(runtime, before)).configuration.version).toBe(baseline);
    expect(await currentConfiguration(runtime, later.name, candidate!.version)).toMatchObject({
      version: baseline,
      chosen: 'unvalidated-variant',
    });
    await passAllSuites(runtime, later, candidate!.digest);
    const executionId = await started(runtime, ask(later, 1));
    const record = await readExecution(runtime, executionId);
    expect(record.configuration.version).toBe(candidate!.version);
    expect(record.promoted).toBe(promotedDigestOf(later, candidate!.digest));
  });

  test('one suite that is missing, failed, or passed for another engine keeps a candidate from running', async () => {
    const { artifacts } = await startSystem(store.table);
    const runtime = testRuntime({ table: store.table, skills: [later], artifacts });
    const [candidate] = (await seed(runtime)).configurations;
    const chosen = async (skill = later) =>
      (await currentConfiguration({ ...runtime, skills: [skill] }, skill.name, candidate!.version)).chosen;
    await passAllSuites(runtime, later, candidate!.digest, validationSuites.slice(0, 3));
    expect(await chosen()).toBe('unvalidated-variant');
    const failed = { ...passed('regression-baseline'), result: 'fail' as const };
    await recordValidation(runtime, later, promotedDigestOf(later, candidate!.digest), failed);
    expect(await chosen()).toBe('unvalidated-variant');
    await passAllSuites(runtime, later, candidate!.digest);
    expect(await chosen()).toBe('variant');
    expect(await chosen(tinySkill({ version: '1.0.1' }))).toBe('unvalidated-variant');
  });

  test('a configuration that is not valid is not stored and cannot run', async () => {
    const crossed = tinySkill({ baselineConfiguration: () => ({ version: '1.0', free: 9, most: 1 }) });
    const runtime = testRuntime({ table: store.table, skills: [crossed] });
    await expect(seed(runtime)).rejects.toBeInstanceOf(InvalidInput);
    await expect(currentConfiguration(runtime, crossed.name)).rejects.toBeInstanceOf(NotFound);
  });

  test('a retired version that a flag still names gives way to the baseline', async () => {
    const runtime = await startSystem(store.table);
    const skill = runtime.skills[0]!;
    const { version: old } = await currentConfiguration(runtime, skill.name);
    const { version, digest } = await addCandidate(runtime, skill, { version: '2.0', free: 1, most: 2 }, 'olga');
    await passAllSuites(runtime, skill, digest);
    await promote(runtime, skill, version, { by: 'olga', report: digest });
    expect(await findConfiguration(runtime, skill.name, old)).toMatchObject({ status: 'retired' });
    expect(await currentConfiguration(runtime, skill.name, old)).toMatchObject({ version, chosen: 'retired-variant' });
  });
});

describe('the directory', () => {
  test('none in force is said so', async () => {
    const runtime = testRuntime({ table: store.table });
    await expect(currentDirectory(runtime)).rejects.toBeInstanceOf(NotFound);
  });

  test('an import takes effect for what starts later; a seed does not undo it', async () => {
    const runtime = await startSystem(store.table);
    const before = (await currentDirectory(runtime)).digest;
    const executionId = await started(runtime, ask(runtime.skills[0]!, 1));
    const imported = await importDirectory(runtime, { ...tinyDirectory(), version: '2' });
    await seed(runtime);
    expect((await currentDirectory(runtime)).digest).toBe(imported.digest);
    expect((await readExecution(runtime, executionId)).directory).toBe(before);
  });

  test('one with which a skill could not work is refused, and the old one stays', async () => {
    const needsFiona = tinySkill({
      loadConfiguration: (_value, directory) => {
        if (directory.person('fiona') === undefined) throw new InvalidInput('The policy asks Fiona.');
        return { version: '1', free: 1, most: 2 };
      },
    });
    const runtime = await startSystem(store.table, needsFiona);
    const { digest } = await currentDirectory(runtime);
    const without = { ...tinyDirectory(), people: tinyDirectory().people.filter(({ id }) => id !== 'fiona') };
    await expect(importDirectory(runtime, without)).rejects.toThrow('The policy asks Fiona.');
    expect((await currentDirectory(runtime)).digest).toBe(digest);
  });
});
