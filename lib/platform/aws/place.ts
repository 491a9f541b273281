import type { Runtime } from '../runtime.ts';
import { readSettings, type Settings } from '../settings.ts';
import { fixedRetries, RETRY_DELAYS_MS } from './retry-strategy.ts';

/** The environment variables of a process. */
export type Variables = { readonly [name: string]: string | undefined };

/** What every client of the SDK is made with; the SDK's own environment variables say the rest. */
export interface ClientConfiguration {
  readonly retryStrategy: ReturnType<typeof fixedRetries>;
  readonly maxAttempts: number;
}

/** Where the ports of a function are made: its settings, and one client for each service. */
export interface AwsPlace {
  readonly settings: Settings;
  readonly variables: Variables;
  readonly configuration: ClientConfiguration;
  /** The client of a service; asked again, the same one. */
  client<Client>(kind: new (configuration: ClientConfiguration) => Client): Client;
}

/**
 * Makes a port, or a part of one, and returns what the runtime gains by it.
 * @param soFar the runtime with the ports that were made before: the table is always the first.
 */
export type Port = (place: AwsPlace, soFar: Runtime) => Partial<Runtime>;

/** @throws InvalidInput naming every variable that is missing or malformed. */
export function awsPlace(variables: Variables): AwsPlace {
  const clients = new Map<unknown, unknown>();
  const configuration = { retryStrategy: fixedRetries(), maxAttempts: RETRY_DELAYS_MS.length + 1 };
  return {
    settings: readSettings(variables),
    variables,
    configuration,
    client<Client>(kind: new (configuration: ClientConfiguration) => Client): Client {
      const made = (clients.get(kind) as Client | undefined) ?? new kind(configuration);
      clients.set(kind, made);
      return made;
    },
  };
}
