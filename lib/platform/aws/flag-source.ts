import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NotFound } from '../../core/errors.ts';
import type { FlagSource } from '../flags/fetch-snapshot.ts';

/**
 * The flag server with the token that reads it; only the function that may read the secret asks.
 * @returns `undefined` when no flag server or no secret is configured.
 * @throws NotFound when the secret holds no text.
 */
export async function flagSource(
  secrets: SecretsManagerClient,
  url: string | undefined,
  secretName: string | undefined,
): Promise<FlagSource | undefined> {
  if (url === undefined || secretName === undefined) return undefined;
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretName }));
  if (SecretString === undefined) throw new NotFound('The secret of the flag server holds no text.');
  return { url, clientToken: SecretString };
}
