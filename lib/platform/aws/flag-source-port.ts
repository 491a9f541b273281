import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { flagSource } from './flag-source.ts';
import type { Port } from './place.ts';

/** The flag server with the token that reads it. */
export const flagSourcePort: Port = ({ settings, variables, client }, { flags }) => ({
  flags: {
    ...flags,
    source: () =>
      flagSource(client(SecretsManagerClient), settings.unleash?.url, variables.COUNTERSIGN_UNLEASH_TOKEN_SECRET),
  },
});
