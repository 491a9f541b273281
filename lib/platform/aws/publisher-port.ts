import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NotFound } from '../../core/errors.ts';
import { webhookPublisher } from '../publisher/webhook.ts';
import type { Port } from './place.ts';

/** The variable that names the secret with the key that signs releases, for the functions that publish. */
export const PUBLISHER_SECRET_VARIABLE = 'COUNTERSIGN_PUBLISHER_SECRET';

/**
 * Publishes by the webhook of the settings, where one is configured; nothing otherwise. The secret is read at each release: releases
 * are rare, and a key that was replaced counts at once.
 */
export const publisherPort: Port = ({ settings, variables, client }, { clock }) => {
  const { publisher } = settings;
  const secretName = variables[PUBLISHER_SECRET_VARIABLE];
  if (publisher === undefined || secretName === undefined) return {};
  const secrets = client(SecretsManagerClient);
  const key = async () => {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretName }));
    if (SecretString === undefined) throw new NotFound('The secret of the publisher holds no text.');
    return { id: publisher.keyId, secret: SecretString };
  };
  const made = webhookPublisher({ url: publisher.url, key, clock });
  return { publisher: async () => made };
};
