import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { slowTest } from '../../support/slow.ts';
import { baselineCommands } from '../support/baseline-commands.ts';
import { ownSystem } from '../support/own-system.ts';

const { directory } = ownSystem();

const SKILL = 'u01470';
const shipped = readFileSync(
  new URL('../../../skills/constraint-compilation-for-sales-and-client-success/policy.yaml', import.meta.url),
  'utf8',
);

/** The shipped configuration under another version, in which the deal desk answers within a day instead of two. */
const faster = shipped
  .replace('version: 1.0.0', 'version: 1.9.0')
  .replace('serviceLevelBusinessHours: 16', 'serviceLevelBusinessHours: 8')
  .replace('remindAfterBusinessHours: [8]', 'remindAfterBusinessHours: [4]');
/** Besides, the deal desk is asked about each change in the place of finance: others than the examples show. */
const laxer = faster.replace('version: 1.9.0', 'version: 1.9.1').replace('always: [finance]', 'always: [deal-desk]');

const { run, promote, put, statusOf } = baselineCommands(directory, SKILL);

describe('the configuration by which rules are changed', () => {
  slowTest(
    'passes the four suites against its own recordings, and becomes the baseline',
    { timeout: 180_000 },
    async () => {
      expect(faster).not.toBe(shipped);
      const version = await put(faster);
      expect((await promote(version)).code).toBe(1);
      expect(await statusOf(version)).toBe('candidate');
      const { code, stdout } = await run('validate', SKILL, '--configuration', version);
      expect(stdout).toMatch(/✓ unit: 6 of 6\n✓ integration: 5 of 5\n✓ simulation: /);
      expect(stdout).toMatch(/✓ regression-baseline: 5 of 5/);
      expect(code).toBe(0);
      const promoted = await promote(version);
      expect(promoted.stdout).toContain('Recommendation: publish');
      expect(await statusOf(version)).toBe('stable');
      const back = await run(
        ...['baseline', 'rollback', '--skill', SKILL, '--because', 'A test is over', '--by', 'lucia.ortega'],
      );
      expect(back.code).toBe(0);
      expect(await statusOf(version)).toBe('retired');
    },
  );

  slowTest('is not promoted when its examples show that others are asked', { timeout: 180_000 }, async () => {
    expect(laxer).not.toContain('always: [finance]');
    const version = await put(laxer);
    const { code, stdout } = await run('validate', SKILL, '--configuration', version);
    expect(stdout).toMatch(/✗ unit/);
    expect(code).toBe(1);
    expect((await promote(version)).code).toBe(1);
    expect(await statusOf(version)).toBe('candidate');
  });
});
