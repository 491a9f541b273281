import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { slowTest } from '../../support/slow.ts';
import { baselineCommands } from '../support/baseline-commands.ts';
import { ownSystem } from '../support/own-system.ts';

const { directory, api } = ownSystem();

const SKILL = 'u01994';
const shipped = readFileSync(
  new URL('../../../skills/handoff-contracting-for-customer-support-operations/policy.yaml', import.meta.url),
  'utf8',
);

/** The shipped policy under another version, in which an incident manager is asked a little later. */
const later = shipped
  .replace('version: 1.0.0', 'version: 1.9.0')
  .replace('{ risk: 70, levels: [incident-manager] }', '{ risk: 72, levels: [incident-manager] }');
/** One that asks nobody about the risk of which an example speaks. */
const silent = shipped
  .replace('version: 1.0.0', 'version: 1.9.1')
  .replace('{ risk: 70, levels: [incident-manager] }', '{ risk: 99, levels: [incident-manager] }');

const { run, promote, put, statusOf } = baselineCommands(directory, SKILL);

describe('the policy of handoffs', () => {
  slowTest(
    'passes the four suites against its own recordings, also days later, and becomes the baseline',
    { timeout: 240_000 },
    async () => {
      expect(later).toContain('risk: 72');
      const version = await put(later);
      expect((await promote(version)).code).toBe(1);
      // What the examples bring along is as fresh as on the day on which they are looked at.
      await new ApiClient(api).skipTime(3 * 24 * 3600);
      const { code, stdout } = await run('validate', SKILL, '--configuration', version);
      expect(stdout).toMatch(/✓ unit: 11 of 11\n✓ integration: 10 of 10\n✓ simulation: /);
      expect(stdout).toMatch(/✓ regression-baseline: 12 of 12/);
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

  slowTest('is not promoted when an example shows that nobody is asked any more', { timeout: 240_000 }, async () => {
    expect(silent).toContain('risk: 99');
    const version = await put(silent);
    const { code, stdout } = await run('validate', SKILL, '--configuration', version);
    expect(stdout).toMatch(/✗ unit: 10 of 11\n {4}45-high-risk-needs-an-incident-manager: /);
    expect(code).toBe(1);
    expect((await promote(version)).code).toBe(1);
    expect(await statusOf(version)).toBe('candidate');
  });
});
