import * as z from 'zod';
import { InvalidInput } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { environments } from '../../infra/environments.ts';
import { LOCAL_OPERATOR } from '../../local/api-gateway.ts';
import { declaredRegion, deployedAddress } from '../deployed-environment.ts';
import { CountersignApi } from './countersign-api.ts';
import {
  apiAddress,
  environmentFilePath,
  environmentName,
  type KnownEnvironment,
  readEnvironments,
} from './environment-file.ts';
import { NotLetIn, OutOfReach } from './errors.ts';
import { callerIdentity, type IdentityOptions } from './identity.ts';
import { localAddress } from './local-address.ts';
import { type ApiTransport, localTransport, signedTransport } from './transport.ts';

/** Options that every command which goes through the API takes. */
export interface ApiOptions extends IdentityOptions {
  /** `local`, or the name of a deployed environment. */
  readonly env: string;
  /** The state directory of the local system. */
  readonly state: string;
  /** The API's address, instead of the one that is on file or deployed. */
  readonly api?: string;
  /** The simulated caller, at the local system only. */
  readonly as?: string;
}

/** An environment's API, ready to be called. */
export interface OpenApi {
  readonly api: CountersignApi;
  /** Whether it is the local system. */
  readonly local: boolean;
}

function refuse(pointer: string, code: string, message: string, mend: string): never {
  throw new InvalidInput(`${message} ${mend}`, [{ pointer, code, message, mend }]);
}

/** The region in the address of an API Gateway stage; an address of one's own does not tell. */
export function regionOf(url: string): string | undefined {
  return /\.execute-api(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com|api\.aws)/.exec(new URL(url).hostname)?.[1];
}

const aliveness = z.object({ environment: z.string() });

/**
 * The name by which the system behind an address calls itself. Whoever asks is not told apart: the health check is public.
 * @throws OutOfReach when it does not answer as Countersign does.
 */
export async function environmentAt(url: string): Promise<string> {
  let text: string;
  try {
    // Also a system that is not well (503) says which one it is.
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(15_000), redirect: 'manual' });
    text = await response.text();
  } catch (cause) {
    throw new OutOfReach(
      `${url} does not answer. Look whether the address is right and this machine can reach it.`,
      [],
      {
        cause,
      },
    );
  }
  try {
    return aliveness.parse(JSON.parse(text)).environment;
  } catch (cause) {
    throw new OutOfReach(
      `What answers at ${url} is no API of Countersign. Its address is the output "BaseUrl" of the platform stack, stage included.`,
      [],
      { cause },
    );
  }
}

/** Where an address comes from that somebody wrote down: option, variable, then the project's file. */
function writtenAddress(options: ApiOptions, known: KnownEnvironment | undefined): string | undefined {
  const written = options.api ?? process.env.COUNTERSIGN_API_URL;
  return written === undefined ? known?.api : parseWith(apiAddress, written, 'The address of the API', '/api');
}

function checkName(env: string, choices: readonly string[], written: string | undefined): void {
  parseWith(environmentName, env, 'The name of the environment', '/env');
  if (written === undefined && !choices.includes(env))
    refuse(
      '/env',
      'unknown-environment',
      `There is no environment "${env}" here; there are: local, ${choices.join(', ')}.`,
      `Name the address of its API with --api, or keep it: countersign env add ${env} --api URL`,
    );
}

/** The address that the environment itself tells. Whoever may only call the API is told where it stands written instead. */
async function toldAddress(env: string): Promise<string> {
  try {
    return await deployedAddress(env);
  } catch (cause) {
    if (!(cause instanceof NotLetIn) || !/do not allow/.test(cause.message)) throw cause;
    return refuse(
      '/api',
      'unknown-address',
      `The address of the API of "${env}" is not known here, and these credentials may not look it up.`,
      `It is the output "BaseUrl" of the stack countersign-${env}-platform. Keep it once: countersign env add ${env} --api URL`,
    );
  }
}

async function deployedTransport(options: ApiOptions): Promise<ApiTransport> {
  const { env } = options;
  if (options.as !== undefined)
    refuse(
      '/as',
      'identity-is-signed',
      `In "${env}" the signature says who calls.`,
      'Leave --as out; it is for --env local.',
    );
  const onFile = readEnvironments();
  const known = Object.hasOwn(onFile, env) ? onFile[env] : undefined;
  const written = writtenAddress(options, known);
  checkName(env, [...new Set([...Object.keys(environments), ...Object.keys(onFile)])], written);
  const profile = options.profile ?? known?.profile;
  const region = options.region ?? known?.region ?? declaredRegion(env);
  const identity = callerIdentity({
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
  });
  if (written === undefined) {
    // Without credentials the address cannot be asked for; that is the better thing to be told first.
    await identity.credentials();
    await identity.region();
    const told = await toldAddress(env);
    return signedTransport(told, identity, options.region ?? regionOf(told));
  }
  const answering = await environmentAt(written);
  if (answering !== env)
    refuse(
      '/env',
      'other-environment',
      `At ${written} there is "${answering}", not "${env}".`,
      `Say --env ${answering}, or correct the address (--api, COUNTERSIGN_API_URL or ${environmentFilePath()}).`,
    );
  return signedTransport(written, identity, options.region ?? regionOf(written) ?? known?.region);
}

/**
 * Opens the API of an environment: the local system that runs on the state directory, or a deployed one, to which every request
 * is signed with the caller's AWS credentials.
 * @throws InvalidInput for an environment that nobody knows, or an address at which
 * another one answers; NotLetIn without credentials; OutOfReach when nobody answers, or no local system
 * runs there.
 */
export async function openApi(options: ApiOptions): Promise<OpenApi> {
  if (options.env !== 'local') return { api: new CountersignApi(await deployedTransport(options)), local: false };
  if (options.api !== undefined)
    refuse('/api', 'environment-not-named', '--api is for a deployed environment.', 'Say with --env which one it is.');
  const url = await localAddress(options.state);
  return { api: new CountersignApi(localTransport(url, options.as ?? LOCAL_OPERATOR)), local: true };
}
