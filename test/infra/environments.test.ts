import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../lib/core/errors.ts';
import { environmentOf, environments } from '../../lib/infra/environments.ts';

/** The problems that an environment's wrong settings are refused with. */
function problemsOf(settings: object): readonly { pointer: string; code: string }[] {
  try {
    environmentOf('dev', { dev: { ...(environments.dev as object), ...settings } });
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ pointer, code }) => ({ pointer, code }));
    throw error;
  }
  return [];
}

describe('the environments', () => {
  test('dev, staging and prod are there and valid', () => {
    for (const name of ['dev', 'staging', 'prod']) expect(environmentOf(name).name).toBe(name);
  });

  test('an unknown one is refused with those there are', () => {
    expect(() => environmentOf('production')).toThrow(/no environment "production".*dev, staging, prod/);
    expect(() => environmentOf('constructor')).toThrow(/no environment "constructor"/);
  });

  test('none at all is refused with what to say', () => {
    expect(() => environmentOf(undefined)).toThrow(/-c env=NAME; there are: dev, staging, prod/);
  });

  test('a name that could not be part of every name is refused', () => {
    expect(() => environmentOf('Dev_EU', { Dev_EU: environments.dev })).toThrow(/1 to 12 lower-case/);
  });

  test.each([
    [{ logRetentionDays: 15 }, '/logRetentionDays', 'custom'],
    [{ oversightAddress: 'nobody' }, '/oversightAddress', 'invalid-format'],
    [{ oversightAdress: 'a@example.com' }, '/oversightAdress', 'unknown-field'],
    [{ account: '123' }, '/account', 'invalid-format'],
    [{ unleash: undefined }, '/unleash', 'missing-field'],
    [{ mail: { domain: 'example.com', from: 'Countersign <approvals@elsewhere.test>' } }, '/mail/from', 'custom'],
    [{ data: { onStackDeletion: 'destroy', deletionProtection: true } }, '/data/onStackDeletion', 'custom'],
    [{ firewall: { approvalRequestsPerFiveMinutes: 1 } }, '/firewall/approvalRequestsPerFiveMinutes', 'too-small'],
  ])('a wrong setting is named: %j', (settings, pointer, code) => {
    expect(problemsOf(settings)).toContainEqual({ pointer, code });
  });

  test('prod keeps its data and protects it', () => {
    expect(environmentOf('prod').settings.data).toEqual({
      onStackDeletion: 'retain',
      deletionProtection: true,
      anchorLockDays: 3653,
    });
  });

  test('what is locked cannot be destroyed with its stack', () => {
    const dev = {
      ...(environments.dev as object),
      data: { onStackDeletion: 'destroy', deletionProtection: false, anchorLockDays: 1 },
    };
    expect(() => environmentOf('dev', { dev })).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ pointer: '/data/anchorLockDays' })] }),
    );
  });
});
