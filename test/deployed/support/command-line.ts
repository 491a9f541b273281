import { join } from 'node:path';
import { runCommand } from '../../e2e/support/spawned-system.ts';
import type { DeployedApi } from './deployed-api.ts';
import { awsVariables } from './place.ts';
import type { World } from './world.ts';

/** What a call of the command line came to. */
export interface CommandRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * `countersign` at a deployed environment, as somebody types it who has AWS credentials. The AWS SDK finds the server by its own
 * variable; the API's own address does not resolve to the server, so commands that go through the API name where it is served.
 */
export class DeployedCommandLine {
  readonly #world: World;
  readonly #environment: string;
  readonly #api: DeployedApi;

  constructor(world: World, environment: string, api: DeployedApi) {
    this.#world = world;
    this.#environment = environment;
    this.#api = api;
  }

  /** Runs a command that goes through the API, signed as the session of a person. */
  async as(caller: string, ...args: readonly string[]): Promise<CommandRun> {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.#api.keysOf(caller);
    const session = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    };
    return this.#run([...args, '--env', this.#environment, '--api', this.#api.served(this.#api.baseUrl)], session);
  }

  /** Runs a command that reads and writes the environment's own table, with the keys that everything is deployed with. */
  governing(...args: readonly string[]): Promise<CommandRun> {
    return this.#run([...args, '--env', this.#environment]);
  }

  /** Runs a command that needs no environment. */
  offline(...args: readonly string[]): Promise<CommandRun> {
    return this.#run(args);
  }

  #run(args: readonly string[], variables: Record<string, string> = {}): Promise<CommandRun> {
    return runCommand(args, {
      ...awsVariables(this.#world.server.url),
      // This machine's own configuration of AWS, and the project's file of addresses, have no say here.
      AWS_CONFIG_FILE: join(this.#world.folder, 'no-aws-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(this.#world.folder, 'no-aws-credentials'),
      COUNTERSIGN_ENV_FILE: join(this.#world.folder, 'no-environments.json'),
      ...variables,
    });
  }
}

/** The JSON that a command answered. @throws Error with all that it said, where it ended with another code. */
export function answered(run: CommandRun, code = 0): Record<string, unknown> {
  if (run.code !== code) throw new Error(`It ended with ${run.code} instead of ${code}:\n${run.stderr}\n${run.stdout}`);
  return JSON.parse(run.stdout) as Record<string, unknown>;
}
