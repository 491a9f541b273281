import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Digest, digestOf } from '../../lib/core/digest.ts';
import { VERSION } from '../../lib/platform/version.ts';
import { skillsFolder } from '../../skills/registry.ts';
import { exampleNumber, requesterOf, requestOf, SKILL } from './support/example-requests.ts';
import { runCommand } from './support/spawned-system.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'countersign-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { skill, name } = exampleNumber('04');
const example = join(skillsFolder, skill.name, 'examples', `${name}.json`);
const AT = ['--instant', '2026-11-03T09:00:00Z'];

function file(fileName: string, content: unknown): string {
  const path = join(folder, fileName);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

describe('countersign run', () => {
  test('prints the bundle with its digest, the same bytes every time, everywhere, and in any order of keys', async () => {
    const requester = ['--requester', requesterOf('04')];
    const runs = await Promise.all([
      runCommand(['run', skill.name, '--input', example, ...AT], { TZ: 'UTC', LANG: 'C' }),
      runCommand(['run', SKILL, '--input', example, ...AT], {
        TZ: 'Pacific/Apia',
        LANG: 'tr_TR.UTF-8',
        LC_ALL: 'tr_TR.UTF-8',
      }),
      runCommand(
        [
          'run',
          `${SKILL}-${skill.name}`,
          '--input',
          file('reversed.json', reversed(requestOf('04'))),
          ...AT,
          ...requester,
        ],
        {
          TZ: 'America/New_York',
        },
      ),
      runCommand(['run', SKILL, '--input', file('request.yaml', stringify(requestOf('04'))), ...AT, ...requester]),
    ]);
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(runs.map(() => [0, '']));
    expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
    const { digest, ...bundle } = JSON.parse(runs[0]?.stdout ?? '') as { digest: Digest; plan: { stages: unknown[] } };
    expect(digest).toBe(digestOf(bundle));
    expect(bundle).toMatchObject({ verdict: 'approve' });
    expect(bundle.plan.stages).toHaveLength(3);
  });

  test('follows another policy, and another directory, when it is given them', async () => {
    const policy = skill.baselineConfiguration() as {
      rules: { then: object }[];
      fallbackLevel: string;
    };
    const denials = policy.rules.filter(({ then }) => 'deny' in then);
    const lax = file('policy.json', { ...policy, version: '1.0.1', rules: denials });
    const directory = skill.referenceDirectory() as { delegations: { id: string }[] };
    const without = file('directory.json', { ...directory, delegations: [] });
    const [routed, seated] = await Promise.all([
      runCommand(['run', SKILL, '--input', example, ...AT, '--policy', lax]),
      runCommand([
        'run',
        SKILL,
        '--input',
        example.replace(name, exampleNumber('05').name),
        ...AT,
        '--directory',
        without,
      ]),
    ]);
    const levels = (stdout: string) =>
      (
        JSON.parse(stdout) as { plan: { stages: { levels: { levelId: string; seats: { approver: string }[] }[] }[] } }
      ).plan.stages.flatMap((stage) => stage.levels);
    expect(levels(routed.stdout).map(({ levelId }) => levelId)).toEqual([policy.fallbackLevel]);
    expect(levels(seated.stdout).flatMap(({ seats }) => seats.map(({ approver }) => approver))).toEqual([
      'olivia.grant',
    ]);
  });

  test('lists every problem of a bad input with its pointer, and exits with 2', async () => {
    const bad = requestOf('04');
    bad.input.discountBasisPoints = '23 %';
    bad.input.kind = 'gift';
    delete (bad.input.account as { id?: unknown }).id;
    const envelope = { ...requestOf('04'), policy: {} };
    const by = ['--requester', requesterOf('04')];
    const [input, outer, unnamed, when, nothing, unknown] = await Promise.all([
      runCommand(['run', SKILL, '--input', file('bad.json', bad), ...by]),
      runCommand(['run', SKILL, '--input', file('envelope.json', envelope), ...by]),
      runCommand(['run', SKILL, '--input', file('bare.json', requestOf('04'))]),
      runCommand(['run', SKILL, '--input', example, '--instant', 'yesterday']),
      runCommand(['run', SKILL, '--input', join(folder, 'absent.json')]),
      runCommand(['run', 'no-such-skill', '--input', example]),
    ]);
    for (const { code, stdout } of [input, outer, unnamed, when, nothing, unknown])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const pointer of ['/input/discountBasisPoints: ', '/input/kind: ', '/input/account/id: '])
      expect(input.stderr).toContain(pointer);
    expect(outer.stderr).toContain('/policy: ');
    expect(unnamed.stderr).toContain('--requester');
    expect(when.stderr).toContain('/instant: ');
    expect(nothing.stderr).toContain('absent.json cannot be read');
    expect(unknown.stderr).toContain(skill.name);
    for (const { stderr } of [input, outer, unnamed, when, nothing, unknown]) expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('the command', () => {
  test('is found by npx in the project’s folder, and tells its version', () => {
    const ran = spawnSync('npx', ['countersign', '--version'], { cwd: ROOT, encoding: 'utf8' });
    expect(ran.status).toBe(0);
    expect(ran.stdout.trim()).toBe(VERSION);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(VERSION).toBe(version);
  });

  test('helps whoever asks, and whoever mistypes', async () => {
    const [help, mistyped] = await Promise.all([runCommand(['--help']), runCommand(['strat'])]);
    expect(help.code).toBe(0);
    for (const command of ['start', 'demo', 'run', 'verify']) expect(help.stdout).toContain(command);
    expect(mistyped.code).not.toBe(0);
    expect(mistyped.stderr).toContain('strat');
  });
});
