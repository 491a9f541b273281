import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../lib/core/errors.ts';
import { environmentOf, environments } from '../../lib/infra/environments.ts';

const { throttles, unleash } = environmentOf('dev').settings;

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
    expect(() => environmentOf('production')).toThrow(
      /no environment "production".*dev, staging, prod, or add it to lib\/infra\/environments\.ts/,
    );
    expect(() => environmentOf('constructor')).toThrow(/no environment "constructor"/);
  });

  test('none at all is refused with what to say', () => {
    expect(() => environmentOf(undefined)).toThrow(/-c env=NAME; there are: dev, staging, prod/);
  });

  test('a name that could not be part of every name is refused', () => {
    expect(() => environmentOf('Dev_EU', { Dev_EU: environments.dev })).toThrow(/1 to 12 lower-case/);
  });

  test.each([
    [{ retention: { logDays: 15, tableRecoveryDays: 7, noncurrentVersionDays: 7 } }, '/retention/logDays', 'custom'],
    [
      { retention: { logDays: 14, tableRecoveryDays: 36, noncurrentVersionDays: 7 } },
      '/retention/tableRecoveryDays',
      'too-big',
    ],
    [{ retention: { logDays: 14, tableRecoveryDays: 7 } }, '/retention/noncurrentVersionDays', 'missing-field'],
    [{ retention: undefined }, '/retention', 'missing-field'],
    [{ caps: undefined }, '/caps', 'missing-field'],
    [{ caps: { requestBodyBytes: 10_485_760 } }, '/caps/requestBodyBytes', 'too-big'],
    [{ caps: { requestBodyBytes: 65_536, concurrency: { sweeep: 1 } } }, '/caps/concurrency/sweeep', 'custom'],
    [{ throttles: { api: { ratePerSecond: 1, burst: 1 } } }, '/throttles/approvals', 'missing-field'],
    [
      { throttles: { ...throttles, routes: { 'POST /skills': throttles.api } } },
      '/throttles/routes/POST ~1skills',
      'custom',
    ],
    [{ alarms: undefined }, '/alarms', 'missing-field'],
    [{ alarms: { pageAddress: 'nobody' } }, '/alarms/pageAddress', 'invalid-format'],
    [{ alarms: { overrides: { Failed: {} } } }, '/alarms/overrides/Failed', 'custom'],
    [{ alarms: { overrides: { Failed: { off: 'no' } } } }, '/alarms/overrides/Failed/off', 'too-small'],
    [
      { alarms: { overrides: { Failed: { off: 'Nobody looks at it.', periods: 2 } } } },
      '/alarms/overrides/Failed',
      'custom',
    ],
    [{ unleash: { ...unleash, url: 'ftp://unleash.example.com' } }, '/unleash/url', 'invalid-format'],
    [{ unleash: { ...unleash, tokenSecretName: 'two words' } }, '/unleash/tokenSecretName', 'invalid-format'],
    [{ baseUrl: 'approve.example.com' }, '/baseUrl', 'invalid-format'],
    [{ domain: { name: 'approve.example.com', certificateArn: 'mine' } }, '/domain/certificateArn', 'invalid-format'],
    [
      { firewall: { approvalRequestsPerFiveMinutes: 300, requestsPerFiveMinutes: 0 } },
      '/firewall/requestsPerFiveMinutes',
      'too-small',
    ],
    [{ oversightAddress: 'nobody' }, '/oversightAddress', 'invalid-format'],
    [{ oversightAdress: 'a@example.com' }, '/oversightAdress', 'unknown-field'],
    [{ account: '123' }, '/account', 'invalid-format'],
    [{ unleash: undefined }, '/unleash', 'missing-field'],
    [{ mail: { domain: 'example.com', from: 'Countersign <approvals@elsewhere.test>' } }, '/mail/from', 'custom'],
    [
      { data: { onStackDeletion: 'destroy', deletionProtection: true, signingKeyDeletionDays: 7 } },
      '/data/onStackDeletion',
      'custom',
    ],
    [{ firewall: { approvalRequestsPerFiveMinutes: 1 } }, '/firewall/approvalRequestsPerFiveMinutes', 'too-small'],
  ])('a wrong setting is named: %j', (settings, pointer, code) => {
    expect(problemsOf(settings)).toContainEqual({ pointer, code });
  });

  test('a route or a function that there is not is answered with the nearest', () => {
    const dev = {
      ...(environments.dev as object),
      throttles: { ...throttles, routes: { 'POST /skill/{skill}/executions': throttles.api } },
      caps: { requestBodyBytes: 65_536, concurrency: { sweeper: 1 } },
    };
    expect(() => environmentOf('dev', { dev })).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ message: expect.stringContaining('nearest is "POST /skills/{skill}/executions"') }),
          expect.objectContaining({ message: expect.stringContaining('nearest is "sweep"') }),
        ],
      }),
    );
  });

  test('prod keeps its data and protects it', () => {
    expect(environmentOf('prod').settings.data).toEqual({
      onStackDeletion: 'retain',
      deletionProtection: true,
      anchorLockDays: 3653,
      signingKeyDeletionDays: 30,
    });
  });

  test('what is locked cannot be destroyed with its stack', () => {
    const dev = {
      ...(environments.dev as object),
      data: { onStackDeletion: 'destroy', deletionProtection: false, anchorLockDays: 1, signingKeyDeletionDays: 7 },
    };
    expect(() => environmentOf('dev', { dev })).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ pointer: '/data/anchorLockDays' })] }),
    );
  });
});
