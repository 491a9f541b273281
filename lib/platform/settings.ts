import * as z from 'zod';
import { parseWith } from '../core/zod-problems.ts';

/** An address that content may be sent to: encrypted, and with nothing in it that is secret or is never sent. */
export const publisherUrl = z.url({ protocol: /^https$/ }).refine((text) => {
  const { username, password, hash } = new URL(text);
  return username === '' && password === '' && hash === '';
}, 'An https address without user, password and fragment');

/** Receivers find the key by it; it stands in a header. */
export const publisherKeyId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/);

/** What a function is told by its environment. URLs in mail come from here, never from a request. */
const environmentVariables = z.object({
  COUNTERSIGN_ENVIRONMENT: z.string().min(1),
  COUNTERSIGN_TABLE: z.string().min(3),
  COUNTERSIGN_ARTIFACTS_BUCKET: z.string().min(1),
  COUNTERSIGN_BASE_URL: z.url(),
  COUNTERSIGN_STATUS_URL: z.url().optional(),
  COUNTERSIGN_MAIL_FROM: z.string().min(3),
  COUNTERSIGN_OVERSIGHT_ADDRESS: z.email(),
  /** The ARN of a state machine up to the skill's id; the alias follows the id. */
  COUNTERSIGN_STATE_MACHINE_PREFIX: z.string().startsWith('arn:'),
  /** Lambda takes 6 MiB at most. */
  COUNTERSIGN_MAXIMUM_BODY_BYTES: z.coerce.number().pipe(z.int().min(1)),
  /** Where approved content goes, for the functions that publish. Nothing else ever says where. */
  COUNTERSIGN_PUBLISHER_URL: publisherUrl.optional(),
  /** Names the key that signs what is sent there. */
  COUNTERSIGN_PUBLISHER_KEY_ID: publisherKeyId.optional(),
  COUNTERSIGN_UNLEASH_URL: z.url().optional(),
  COUNTERSIGN_UNLEASH_ENVIRONMENT: z.string().default('development'),
});

export interface Settings {
  readonly environment: string;
  readonly table: string;
  readonly artifactsBucket: string;
  /** Without a trailing slash; includes the API's stage where there is one. */
  readonly baseUrl: string;
  /** What the addresses of status pages begin with that people can open; absent where they can open none. */
  readonly statusUrl?: string;
  readonly mailFrom: string;
  readonly oversightAddress: string;
  readonly stateMachinePrefix: string;
  /** The largest body that a request to the API may carry. */
  readonly maximumBodyBytes: number;
  /** The webhook that publishes; absent where nothing is released. */
  readonly publisher?: { readonly url: string; readonly keyId: string };
  readonly unleash?: { readonly url: string; readonly environment: string };
}

/**
 * Reads the settings from environment variables.
 * @throws InvalidInput naming every variable that is missing or malformed.
 */
export function readSettings(variables: Record<string, string | undefined>): Settings {
  const read = parseWith(environmentVariables, variables, 'The environment of this function');
  return {
    environment: read.COUNTERSIGN_ENVIRONMENT,
    table: read.COUNTERSIGN_TABLE,
    artifactsBucket: read.COUNTERSIGN_ARTIFACTS_BUCKET,
    baseUrl: read.COUNTERSIGN_BASE_URL.replace(/\/$/, ''),
    ...(read.COUNTERSIGN_STATUS_URL === undefined ? {} : { statusUrl: read.COUNTERSIGN_STATUS_URL.replace(/\/$/, '') }),
    mailFrom: read.COUNTERSIGN_MAIL_FROM,
    oversightAddress: read.COUNTERSIGN_OVERSIGHT_ADDRESS,
    stateMachinePrefix: read.COUNTERSIGN_STATE_MACHINE_PREFIX,
    maximumBodyBytes: read.COUNTERSIGN_MAXIMUM_BODY_BYTES,
    ...(read.COUNTERSIGN_PUBLISHER_URL === undefined || read.COUNTERSIGN_PUBLISHER_KEY_ID === undefined
      ? {}
      : { publisher: { url: read.COUNTERSIGN_PUBLISHER_URL, keyId: read.COUNTERSIGN_PUBLISHER_KEY_ID } }),
    ...(read.COUNTERSIGN_UNLEASH_URL === undefined
      ? {}
      : { unleash: { url: read.COUNTERSIGN_UNLEASH_URL, environment: read.COUNTERSIGN_UNLEASH_ENVIRONMENT } }),
  };
}
