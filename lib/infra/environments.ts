import { InvalidInput } from '../core/errors.ts';
import { parseWith } from '../core/zod-problems.ts';
import { type EnvironmentSettings, environmentSettings } from './environment-settings.ts';

export type { EnvironmentSettings } from './environment-settings.ts';

/** An environment: its name, and what is particular to it. */
export interface Environment {
  readonly name: string;
  readonly settings: EnvironmentSettings;
}

/** The environments that can be deployed. The values are examples: put your own in their place. */
export const environments: { readonly [name: string]: unknown } = {
  dev: {
    unleash: {
      url: 'https://unleash.example.com',
      environment: 'development',
      tokenSecretName: 'countersign/dev/unleash-client-token',
      adminTokenSecretName: 'countersign/dev/unleash-admin-token',
    },
    mail: { domain: 'dev.countersign.example.com', from: 'Countersign <approvals@dev.countersign.example.com>' },
    oversightAddress: 'oversight-dev@example.com',
    alarms: {},
    retention: { logDays: 14, tableRecoveryDays: 7, noncurrentVersionDays: 7 },
    throttles: { api: { ratePerSecond: 20, burst: 40 }, approvals: { ratePerSecond: 10, burst: 20 } },
    caps: { requestBodyBytes: 1_048_576 },
    firewall: { approvalRequestsPerFiveMinutes: 300 },
    data: { onStackDeletion: 'destroy', deletionProtection: false, signingKeyDeletionDays: 7 },
  },
  staging: {
    unleash: {
      // The open-source edition has two environments and no more: this one is the other one of dev's server.
      url: 'https://unleash.example.com',
      environment: 'production',
      tokenSecretName: 'countersign/staging/unleash-client-token',
      adminTokenSecretName: 'countersign/staging/unleash-admin-token',
    },
    mail: {
      domain: 'staging.countersign.example.com',
      from: 'Countersign <approvals@staging.countersign.example.com>',
    },
    oversightAddress: 'oversight-staging@example.com',
    alarms: { ticketAddress: 'operators@example.com' },
    retention: { logDays: 30, tableRecoveryDays: 35, noncurrentVersionDays: 30 },
    throttles: { api: { ratePerSecond: 50, burst: 100 }, approvals: { ratePerSecond: 20, burst: 40 } },
    caps: { requestBodyBytes: 1_048_576 },
    firewall: { approvalRequestsPerFiveMinutes: 300 },
    data: { onStackDeletion: 'retain', deletionProtection: false, anchorLockDays: 30, signingKeyDeletionDays: 7 },
  },
  prod: {
    unleash: {
      url: 'https://unleash-prod.example.com',
      environment: 'production',
      tokenSecretName: 'countersign/prod/unleash-client-token',
      adminTokenSecretName: 'countersign/prod/unleash-admin-token',
    },
    mail: { domain: 'countersign.example.com', from: 'Countersign <approvals@countersign.example.com>' },
    oversightAddress: 'oversight@example.com',
    alarms: { pageAddress: 'on-call@example.com', ticketAddress: 'operators@example.com' },
    retention: { logDays: 365, tableRecoveryDays: 35, noncurrentVersionDays: 365 },
    throttles: { api: { ratePerSecond: 100, burst: 200 }, approvals: { ratePerSecond: 50, burst: 100 } },
    caps: { requestBodyBytes: 1_048_576 },
    firewall: { approvalRequestsPerFiveMinutes: 300 },
    data: { onStackDeletion: 'retain', deletionProtection: true, anchorLockDays: 3653, signingKeyDeletionDays: 30 },
  },
};

/**
 * The environment of a name.
 * @param name what `-c env=` said; `undefined` when it said nothing.
 * @param known where it is looked up.
 * @param from the file that these environments stand in, as its reader knows it.
 * @throws InvalidInput when there is no such environment (naming those there are) or a setting is wrong (naming it).
 */
export function environmentOf(
  name: string | undefined,
  known: typeof environments = environments,
  from = 'lib/infra/environments.ts',
): Environment {
  const choices = Object.keys(known).join(', ');
  if (name === undefined || name === '')
    throw new InvalidInput(`No environment was named. Say which one with -c env=NAME; there are: ${choices}.`);
  if (!Object.hasOwn(known, name))
    throw new InvalidInput(`There is no environment "${name}". Use one of ${choices}, or add it to ${from}.`);
  if (!/^[a-z][a-z0-9]{0,11}$/.test(name))
    throw new InvalidInput(
      `The environment name "${name}" must be 1 to 12 lower-case letters and digits, a letter first: it is part of every name.`,
    );
  return { name, settings: parseWith(environmentSettings, known[name], `The environment ${name}`) };
}
