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
    COUNTERSIGN_MAXIMUM_BODY_BYTES: String(settings.caps.requestBodyBytes),
    COUNTERSIGN_UNLEASH_URL: settings.unleash.url,
    COUNTERSIGN_UNLEASH_ENVIRONMENT: settings.unleash.environment,
    ...(settings.statusUrl === undefined ? {} : { COUNTERSIGN_STATUS_URL: settings.statusUrl }),
  };
}

/** The variable that says where manifests go, for the function that anchors. */
export function anchorVariables(place: Place): { [name: string]: string } {
  return {
    COUNTERSIGN_ANCHORS_BUCKET: place.anchorsBucketName,
  };
}

/** The variable that names the key, for the functions that sign. */
export function signingVariables(place: Place): { [name: string]: string } {
  return { COUNTERSIGN_SIGNING_KEY: place.signingKeyAlias };
}

/** The variable that names the secret with the flag server's admin token, where there is one. */
export function flagAdminVariables({ settings }: Environment): { [name: string]: string } {
  const { adminTokenSecretName } = settings.unleash;
  return adminTokenSecretName === undefined ? {} : { COUNTERSIGN_UNLEASH_ADMIN_TOKEN_SECRET: adminTokenSecretName };
}

/** Where approved content goes and what signs it, for the functions that publish, where anything is released at all. */
export function publisherVariables({ settings: { publisher } }: Environment): { [name: string]: string } {
  if (publisher === undefined) return {};
  return {
    COUNTERSIGN_PUBLISHER_URL: publisher.url,
    COUNTERSIGN_PUBLISHER_KEY_ID: publisher.keyId,
    COUNTERSIGN_PUBLISHER_SECRET: publisher.keySecretName,
  };
}

/** The variable that names the secret with the flag server's client token, for the functions that may read it. */
export const FLAG_TOKEN_SECRET_VARIABLE = 'COUNTERSIGN_UNLEASH_TOKEN_SECRET';
