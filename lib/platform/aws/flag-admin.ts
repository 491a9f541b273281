import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NotFound } from '../../core/errors.ts';
import { unleashFlagControl } from '../flags/unleash-flag-control.ts';
import type { Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';

/** The variable that names the secret with the flag server's admin token, for the functions that may change flags. */
export const FLAG_ADMIN_SECRET_VARIABLE = 'COUNTERSIGN_UNLEASH_ADMIN_TOKEN_SECRET';

/**
 * The port that changes flags, where a flag server and the secret with its admin token are configured; nothing otherwise.
 * The secret is read at each change: changes are rare, and a token that was replaced counts at once.
 */
export function flagAdminOf(
  secrets: SecretsManagerClient,
  { unleash }: Pick<Settings, 'unleash'>,
  secretName: string | undefined,
): Pick<Runtime, 'flagAdmin'> {
  if (unleash === undefined || secretName === undefined) return {};
  const admin = async () => {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretName }));
    if (SecretString === undefined) throw new NotFound('The secret of the flag server holds no text.');
    return { url: unleash.url, adminToken: SecretString };
  };
  return { flagAdmin: unleashFlagControl(admin, unleash.environment) };
}
