import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { slowTest } from '../../support/slow.ts';
import { ownSystem } from '../support/own-system.ts';
import { runCommand } from '../support/spawned-system.ts';

const { directory } = ownSystem();
const folder = mkdtempSync(join(tmpdir(), 'countersign-policy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shipped = readFileSync(
  new URL('../../../skills/human-approval-routing-for-sales-and-client-success/policy.yaml', import.meta.url),
  'utf8',
);

/** The shipped policy under another version, with an hour less for its first level. */
const changed = shipped
  .replace(/^version: .*$/m, 'version: "1.9.0"')
  .replace('serviceLevelBusinessHours: 8', 'serviceLevelBusinessHours: 7');
const policy = join(folder, 'policy.yaml');
writeFileSync(policy, changed);

const run = (...args: string[]) => runCommand([...args, '--state', directory]);

interface Listed {
  readonly version: string;
  readonly status: string;
}
const listed = async (): Promise<Listed[]> => {
  const { stdout } = await run('baseline', 'list', '--skill', 'u01668', '--json');
  return (JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { versions: Listed[] }).versions;
};
const statusOf = async (version: string) => (await listed()).find((one) => one.version === version)?.status;

describe('a change of policy by the command line', () => {
  let version = '';
  let before = '';

  slowTest('is put on trial, and is not promoted before it has passed anything', async () => {
    expect(changed).not.toBe(shipped);
    before = (await listed()).find(({ status }) => status === 'stable')?.version ?? '';
    expect(before).not.toBe('');
    const { code, stdout } = await run('baseline', 'add', policy, '--skill', 'u01668');
    expect(code).toBe(0);
    version = /1\.9\.0-[0-9a-f]{8}/.exec(stdout)?.[0] ?? '';
    expect(await statusOf(version)).toBe('candidate');
    const refused = await run(
      'baseline',
      'promote',
      version,
      '--skill',
      'u01668',
      '--by',
      'grace.kim',
      '--agreed-by',
      'lucia.ortega',
    );
    expect(refused.code).toBe(1);
    expect(await statusOf(before)).toBe('stable');
  });

  test('a policy that is none is refused with every problem, and stays outside', async () => {
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, changed.replace('quorum:', 'qorum:').replace('1.9.0', '1.9.1'));
    const { code, stderr } = await run('baseline', 'add', broken, '--skill', 'u01668');
    expect(code).toBe(2);
    expect(stderr).toContain('qorum');
    expect((await listed()).some((one) => one.version.startsWith('1.9.1'))).toBe(false);
  });

  slowTest('passes the four suites, is promoted, and is taken back', async () => {
    const validated = await run('validate', 'u01668', '--configuration', version);
    expect(validated.stdout).toMatch(/unit: \d+ of \d+/);
    expect(validated.code).toBe(0);
    const promoted = await run(
      'baseline',
      'promote',
      version,
      '--skill',
      'u01668',
      '--by',
      'grace.kim',
      '--agreed-by',
      'lucia.ortega',
    );
    expect(promoted.stdout).toContain('Recommendation: publish');
    expect(promoted.code).toBe(0);
    expect([await statusOf(version), await statusOf(before)]).toEqual(['stable', 'retired']);
    const back = await run(
      'baseline',
      'rollback',
      '--skill',
      'u01668',
      '--because',
      'A test is over',
      '--by',
      'lucia.ortega',
    );
    expect(back.code).toBe(0);
    expect([await statusOf(version), await statusOf(before)]).toEqual(['retired', 'stable']);
  });

  slowTest('the flags are as the skills need them, also when they are applied again', async () => {
    expect((await run('flags', 'apply')).code).toBe(0);
    const lint = await run('flags', 'lint');
    expect(lint.stdout).toContain('The flags are as the skills need them.');
    expect(lint.code).toBe(0);
  });
});
