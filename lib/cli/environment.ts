import { userInfo } from 'node:os';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { skills } from '#skills';
import { InvalidInput, NotFound } from '../core/errors.ts';
import { flagSource } from '../platform/aws/flag-source.ts';
import { awsRuntime } from '../platform/aws/runtime.ts';
import type { FlagEnvironment } from '../platform/flags/admin.ts';
import type { FlagAdmin } from '../platform/flags/admin-client.ts';
import { sendLogTo } from '../platform/log.ts';
import type { Runtime } from '../platform/runtime.ts';
import { type AnySkill, findSkill } from '../platform/skill/define-skill.ts';

/** Options that every command which governs an environment takes. */
export interface EnvironmentOptions {
  /** `local`, or the environment that the variables of this process describe. */
  readonly env: string;
  /** The state directory of the local system. */
  readonly state: string;
}

/** An environment to govern. */
export interface Environment {
  readonly runtime: Runtime;
  /** The flag server with an admin token. @throws NotFound when this process was given none. */
  flagAdmin(): Promise<FlagAdmin>;
}

const ADMIN_SECRET = 'COUNTERSIGN_UNLEASH_ADMIN_TOKEN_SECRET';

function refuse(code: string, message: string, mend: string): never {
  throw new InvalidInput(message, [{ pointer: '/env', code, message, mend }]);
}

async function adminInAws(runtime: Runtime): Promise<FlagAdmin> {
  const secret = process.env[ADMIN_SECRET];
  const source = await flagSource(new SecretsManagerClient({}), runtime.settings.unleash?.url, secret);
  if (source === undefined)
    throw new NotFound(
      `The flag server cannot be administered from here: set COUNTERSIGN_UNLEASH_URL and ${ADMIN_SECRET} (the name of the secret).`,
    );
  return { url: source.url, adminToken: source.clientToken };
}

/**
 * Opens an environment: the local system by its state directory; any other one by the variables that its functions have
 * (`COUNTERSIGN_TABLE` and the like) and the AWS credentials of this process.
 * @throws NotRunning when the local system does not run; InvalidInput naming every variable that is missing, or when the
 * variables are those of another environment.
 */
export async function openEnvironment({ env, state }: EnvironmentOptions): Promise<Environment> {
  // What a command answers goes to the standard output, and nothing else does.
  sendLogTo((line) => console.error(line));
  if (env === 'local') {
    const { runningSystem } = await import('../local/running-system.ts');
    const { runtime, flagAdmin } = await runningSystem(state);
    return { runtime, flagAdmin: async () => flagAdmin };
  }
  const runtime = awsRuntime(skills);
  if (runtime.settings.environment !== env)
    refuse(
      'other-environment',
      `The variables of this process describe "${runtime.settings.environment}", not "${env}".`,
      'Set the COUNTERSIGN_ variables of the environment that you mean.',
    );
  return { runtime, flagAdmin: () => adminInAws(runtime) };
}

/** The environment of the flag server that an environment's flags belong to. */
export function flagEnvironmentOf({ settings }: Runtime): FlagEnvironment {
  const named = settings.unleash?.environment;
  if (named === 'development' || named === 'production') return named;
  return refuse(
    'unknown-flag-environment',
    `The flag server has no environment "${named ?? ''}".`,
    'Set COUNTERSIGN_UNLEASH_ENVIRONMENT to development or production.',
  );
}

/**
 * The skill that a command is about; the only one there is when none is named.
 * @throws NotFound for an unknown name, or when there are several to choose from.
 */
export function skillOf(all: readonly AnySkill[], named: string | undefined): AnySkill {
  const [only, second] = all;
  const found = named === undefined && second === undefined ? only : findSkill(all, named ?? '');
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name).join(', ');
  throw new NotFound(
    named === undefined ? `Say --skill, one of: ${names}.` : `There is no skill ${named}; only ${names}.`,
  );
}

/** Who gives an order at this command line: named, or the account of the operating system. */
export function operator(named: string | undefined): string {
  return named ?? `cli:${userInfo().username}`;
}
