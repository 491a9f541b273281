import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { FLAG_ADMIN_SECRET_VARIABLE, flagAdminOf } from './flag-admin.ts';
import type { Port } from './place.ts';

/** Changes flags, where a flag server and the secret with its admin token are configured. */
export const flagAdminPort: Port = ({ settings, variables, client }) =>
  flagAdminOf(client(SecretsManagerClient), settings, variables[FLAG_ADMIN_SECRET_VARIABLE]);
