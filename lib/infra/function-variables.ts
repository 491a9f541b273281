import type { Environment } from './environments.ts';
import type { Place } from './place.ts';

/** What every function is told by its environment; `lib/platform/settings.ts` reads it. */
export function functionVariables(environment: Environment, place: Place, baseUrl: string): { [name: string]: string } {
  const { settings } = environment;
  return {
    COUNTERSIGN_ENVIRONMENT: environment.name,
    COUNTERSIGN_TABLE: place.tableName,
    COUNTERSIGN_ARTIFACTS_BUCKET: place.bucketName,
    COUNTERSIGN_BASE_URL: baseUrl,
    COUNTERSIGN_MAIL_FROM: settings.mail.from,
    COUNTERSIGN_OVERSIGHT_ADDRESS: settings.oversightAddress,
    COUNTERSIGN_STATE_MACHINE_PREFIX: place.stateMachinePrefix,
    COUNTERSIGN_UNLEASH_URL: settings.unleash.url,
    COUNTERSIGN_UNLEASH_ENVIRONMENT: settings.unleash.environment,
  };
}

/** The variable that names the secret with the flag server's client token, for the functions that may read it. */
export const FLAG_TOKEN_SECRET_VARIABLE = 'COUNTERSIGN_UNLEASH_TOKEN_SECRET';
