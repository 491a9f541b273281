import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { decideByMail } from '../../../lib/local/person.ts';
import { runningSystem } from '../../../lib/local/running-system.ts';
import { addCandidate, listVersions } from '../../../lib/platform/configuration/lifecycle.ts';
import {
  promotedDigestOf,
  recordValidation,
  validationSuites,
} from '../../../lib/platform/configuration/validation.ts';
import { adminRequest } from '../../../lib/platform/flags/admin-client.ts';
import { skillsFolder } from '../../../skills/registry.ts';
import { runHere } from '../../unit/cli/support/run-here.ts';
import { exampleNumber, requesterOf, requestOf, SKILL } from '../support/example-requests.ts';
import { ownSystem } from '../support/own-system.ts';

const { directory, inbox } = ownSystem();
const folder = mkdtempSync(join(tmpdir(), 'countersign-commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// In this process: a process of its own for each of so many commands would cost a minute.
const run = (...args: string[]) => runHere([...args, '--state', directory]);
const example = (number: string) => {
  const { skill, name } = exampleNumber(number);
  return join(skillsFolder, skill.name, 'examples', `${name}.json`);
};
const idIn = (text: string) => /ex-[a-z2-7]{26}/.exec(text)?.[0] ?? '';

describe('the use of a skill from the command line, at the local system', () => {
  test('a request is previewed without being started', async () => {
    const before = await run('status', '--json', '--limit', '100');
    const { code, stdout } = await run('preview', SKILL, example('04'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/Stage 3:\n {2}Pricing committee \(2 of 3, within \d+ business minutes\): /);
    expect((await run('preview', SKILL, example('08'))).code).toBe(1);
    const after = await run('status', '--json', '--limit', '100');
    expect(JSON.parse(after.stdout)).toEqual(JSON.parse(before.stdout));
  });

  test('a request that nobody has to approve is published while one waits', async () => {
    const { code, stdout, stderr } = await run('submit', SKILL, example('01'), '--wait');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ex-[a-z2-7]{26}: published\n/);
    expect(stderr).toContain('published');
  });

  test('a request that policy blocks ends with 1, and says why', async () => {
    const { code, stdout } = await run('submit', SKILL, example('08'), '--wait');
    expect(code).toBe(1);
    expect(stdout).toContain(': blocked\n');
    expect(stdout.match(/outside the pricing policy/g)).toHaveLength(1);
  });

  test('the same key starts nothing twice, and refuses another request', async () => {
    const first = await run('submit', SKILL, example('02'), '--key', 'command-line-1', '--json');
    const again = await run('submit', SKILL, example('02'), '--key', 'command-line-1', '--json');
    expect([first.code, again.code]).toEqual([0, 0]);
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(first.stdout));
    const changed = requestOf('02');
    changed.input.justification = 'Another reason than before.';
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify({ requester: requesterOf('02'), request: changed }));
    const refused = await run('submit', SKILL, other, '--key', 'command-line-1');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Use a new key');
  });

  test('an approver decides by mail while one waits; the evidence that is taken away holds', async () => {
    const { stdout } = await run('submit', SKILL, example('04'), '--json');
    const executionId = idIn(stdout);
    const directoryOf = loadDirectory(exampleNumber('04').skill.referenceDirectory());
    const waiting = run('status', executionId, '--wait', '--timeout', '300');
    for (const { approver, action, comment } of exampleNumber('04').example.decisions)
      await decideByMail(inbox, directoryOf.requirePerson(approver).email, executionId, {
        choice: action,
        ...(comment === undefined ? {} : { comment }),
      });
    const { code, stdout: shown, stderr } = await waiting;
    expect(code).toBe(0);
    expect(stderr).toContain(`${executionId} published`);
    expect(shown).toContain(`${executionId}: published`);

    const packet = join(folder, 'packet.json');
    expect((await run('evidence', executionId, '--out', packet)).code).toBe(0);
    expect(statSync(packet).mode & 0o777).toBe(0o600);
    expect((await runHere(['verify', packet])).code).toBe(0);
    expect((await run('evidence', executionId)).stdout).toBe(readFileSync(packet, 'utf8'));

    const traced = await run('trace', executionId);
    expect(traced.stdout).toMatch(/ {2}1 {2}\S+ {2}execution-accepted {2}by ana\.ruiz/);
    expect(traced.stdout).toMatch(/✓ discount-deep: /);
  });

  test('only the requester withdraws, and only once', async () => {
    const { stdout } = await run('submit', SKILL, example('02'));
    const executionId = idIn(stdout);
    const stranger = await run('withdraw', executionId);
    expect(stranger.code).toBe(1);
    expect(stranger.stderr).toContain('--as PERSON');
    const requester = await run('withdraw', executionId, '--as', requesterOf('02'));
    expect(requester.code).toBe(0);
    const ended = await run('status', executionId, '--wait');
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining(': withdrawn')]);
    expect((await run('withdraw', executionId, '--as', requesterOf('02'))).code).toBe(1);
  });

  test('a bare request comes from the standard input, and its requester from --as', () => {
    const args = ['submit', SKILL, '-', '--as', requesterOf('01'), '--state', directory];
    const input = JSON.stringify(requestOf('01'));
    const ran = spawnSync(process.execPath, ['bin/countersign.ts', ...args], { input, encoding: 'utf8' });
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain('is accepted.');
  });

  test('what is wrong with a request is listed with its pointers, and ends with 2', async () => {
    const wrong = requestOf('01');
    wrong.input.discountBasisPoints = '23 %';
    const file = join(folder, 'wrong.json');
    writeFileSync(file, JSON.stringify({ requester: requesterOf('01'), request: wrong }));
    const { code, stderr } = await run('submit', SKILL, file);
    expect(code).toBe(2);
    expect(stderr).toContain('/input/discountBasisPoints: ');
    expect((await run('status', 'ex-nothing')).code).toBe(2);
    expect((await run('status', '--limit', 'many')).code).toBe(2);
  });

  test('where no system runs, that is said, and ends with 3', async () => {
    const { code, stderr } = await runHere(['status', '--state', folder]);
    expect(code).toBe(3);
    expect(stderr).toContain('Start it with npm start');
  });
});

test('a candidate is given a share of the accounts at the flag server', async () => {
  const skill = skills.find(({ id }) => id === SKILL)!;
  const { runtime, flagAdmin } = await runningSystem(directory);
  const baseline = (await listVersions(runtime, skill)).find((one) => one.baseline)!.version;
  const policy = skill.baselineConfiguration() as object;
  const added = await addCandidate(runtime, skill, { ...policy, version: '7.0.0' }, 'a test');
  const weights = async () => {
    const path = `/projects/default/features/${skill.flag}/environments/development/strategies`;
    const [strategy] = (await adminRequest(flagAdmin, 'GET', path)) as {
      variants: { name: string; weight: number }[];
    }[];
    return Object.fromEntries(strategy!.variants.map(({ name, weight }) => [name, weight]));
  };
  const weigh = (percent: string) =>
    run('flags', 'weigh', '--skill', 'u01668', '--candidate', added.version, '--percent', percent);

  const early = await weigh('25');
  expect(early.code).toBe(1);
  expect(early.stderr).toContain('has not passed unit');
  for (const suite of validationSuites)
    await recordValidation(runtime, skill, promotedDigestOf(skill, added.digest), {
      suite,
      result: 'pass',
      at: runtime.clock.now(),
      by: 'test',
      checks: 1,
      notes: [],
    });
  const given = await weigh('25');
  expect([given.code, given.stderr]).toEqual([0, '']);
  expect(given.stdout).toContain(`${added.version}  0 % -> 25 %`);
  expect(await weights()).toMatchObject({ [baseline]: 750, [added.version]: 250 });
  expect((await weigh('0')).code).toBe(0);
  expect(await weights()).toMatchObject({ [baseline]: 1000, [added.version]: 0 });
  expect((await run('flags', 'weigh', '--skill', 'u01668', '--candidate', '9.9.9', '--percent', '1')).code).toBe(2);
});
