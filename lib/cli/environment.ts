import { userInfo } from 'node:os';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { skills } from '#skills';
import { InvalidInput, NotFound } from '../core/errors.ts';
import { parseWith } from '../core/zod-problems.ts';
import { FLAG_ADMIN_SECRET_VARIABLE } from '../platform/aws/flag-admin.ts';
import { flagSource } from '../platform/aws/flag-source.ts';
import { awsRuntime } from '../platform/aws/runtime.ts';
import type { FlagEnvironment } from '../platform/flags/admin.ts';
import type { FlagAdmin } from '../platform/flags/admin-client.ts';
import { sendLogTo } from '../platform/log.ts';
import type { Runtime } from '../platform/runtime.ts';
import { type AnySkill, findSkill } from '../platform/skill/define-skill.ts';
import { environmentName, readEnvironments } from './api/environment-file.ts';
import { callerIdentity, type IdentityOptions } from './api/identity.ts';
import { declaredRegion, deployedVariables, type Variables } from './deployed-environment.ts';

/** Options that every command takes which reads and writes an environment's own table. */
export interface EnvironmentOptions extends IdentityOptions {
  /** `local`, or the name of a deployed environment. */
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

function refuse(code: string, message: string, mend: string): never {
  throw new InvalidInput(message, [{ pointer: '/env', code, message, mend }]);
}

async function adminInAws(runtime: Runtime, variables: Variables): Promise<FlagAdmin> {
  const source = await flagSource(
    new SecretsManagerClient({}),
    runtime.settings.unleash?.url,
    variables[FLAG_ADMIN_SECRET_VARIABLE],
  );
  if (source === undefined)
    throw new NotFound(
      'The flag server cannot be administered from here: the environment names no secret with an admin token (adminTokenSecretName in lib/infra/environments.ts).',
    );
  return { url: source.url, adminToken: source.clientToken };
}

/** The settings of an environment: the variables of this process when they describe it, else what is deployed. */
async function variablesFor(env: string): Promise<Variables> {
  if (process.env.COUNTERSIGN_ENVIRONMENT === env) return process.env as Variables;
  const variables = await deployedVariables(env);
  const found = variables.COUNTERSIGN_ENVIRONMENT;
  if (found === env) return variables;
  return refuse(
    'other-environment',
    `The functions of "${env}" say that they belong to "${found ?? ''}".`,
    'Deploy the environment again.',
  );
}

/**
 * Opens an environment: the local system by its state directory; a deployed one with the caller's AWS credentials and the
 * settings that its functions have. The variables of this process stand in for those when they describe the environment
 * (`COUNTERSIGN_ENVIRONMENT` is its name), for whoever may use the table and not read functions.
 * @throws NotRunning when the local system does not run; InvalidInput for a name that is none; NotLetIn without credentials;
 * OutOfReach when there is no such environment in the caller's account and region.
 */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { env, state } = options;
  // What a command answers goes to the standard output, and nothing else does.
  sendLogTo((line) => console.error(line));
  if (env === 'local') {
    const { runningSystem } = await import('../local/running-system.ts');
    const { runtime, flagAdmin } = await runningSystem(state);
    return { runtime, flagAdmin: async () => flagAdmin };
  }
  parseWith(environmentName, env, 'The name of the environment', '/env');
  const { profile, region = declaredRegion(env) } = withFile(options);
  const identity = callerIdentity({
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
  });
  await identity.credentials();
  await identity.region();
  const variables = await variablesFor(env);
  const runtime = awsRuntime(skills, variables);
  return { runtime, flagAdmin: () => adminInAws(runtime, variables) };
}

/** Profile and region as the command line names them, or else the project's file. */
function withFile({ env, profile, region }: EnvironmentOptions): IdentityOptions {
  const onFile = readEnvironments();
  const known = Object.hasOwn(onFile, env) ? onFile[env] : undefined;
  const named = { profile: profile ?? known?.profile, region: region ?? known?.region };
  return {
    ...(named.profile === undefined ? {} : { profile: named.profile }),
    ...(named.region === undefined ? {} : { region: named.region }),
  };
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
