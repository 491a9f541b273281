import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { InvalidInput } from '../core/errors.ts';
import { environments } from '../infra/environments.ts';
import { type Grant, sharedFunctions } from '../infra/functions.ts';
import { functionNameOf, prefixOf } from '../infra/names.ts';
import { OutOfReach } from './api/errors.ts';
import { awsFailure } from './aws-failure.ts';

/** What a deployed function is told by its environment. */
export type Variables = Readonly<Record<string, string>>;

/**
 * Functions that together were granted everything that any of them was: a function is told only what it may use, so one alone
 * does not know the whole environment. The fewest that a greedy choice finds.
 */
function tellingFunctions(): readonly string[] {
  const all = sharedFunctions();
  const untold = new Set<Grant>(all.flatMap(({ grants }) => grants));
  const chosen: string[] = [];
  while (untold.size > 0) {
    const news = (grants: readonly Grant[]) => grants.filter((grant) => untold.has(grant)).length;
    const best = all.reduce((a, b) => (news(b.grants) > news(a.grants) ? b : a));
    for (const grant of best.grants) untold.delete(grant);
    chosen.push(best.name);
  }
  return chosen;
}

/** The function of which the API's address is asked; every function knows it, and this one does nothing but answer. */
const PLAIN_FUNCTION = 'health';

/** What the project declares for an environment, as far as a caller needs it. */
function declared(env: string): { readonly account?: string; readonly region?: string } {
  const settings = Object.hasOwn(environments, env) ? environments[env] : undefined;
  return typeof settings === 'object' && settings !== null ? settings : {};
}

/** The region that the project declares for an environment, if it does. */
export const declaredRegion = (env: string): string | undefined => declared(env).region;

function absent(env: string, functionName: string, cause: unknown): OutOfReach {
  return new OutOfReach(
    `There is no environment "${env}" in this account and region (no function ${functionName}). Look at --profile and --region, or deploy it: npx cdk deploy --all -c env=${env}`,
    [],
    { cause },
  );
}

function checkAccount(env: string, functionArn: string | undefined): void {
  const { account } = declared(env);
  const here = functionArn?.split(':')[4];
  if (account === undefined || here === undefined || account === here) return;
  const message = `The environment "${env}" belongs to another AWS account than these credentials.`;
  const mend = 'Name a profile of its account with --profile.';
  throw new InvalidInput(`${message} ${mend}`, [{ pointer: '/profile', code: 'other-account', message, mend }]);
}

async function variablesOf(client: LambdaClient, env: string, name: string): Promise<Variables> {
  const functionName = functionNameOf(env, name);
  try {
    const answer = await client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    checkAccount(env, answer.FunctionArn);
    return answer.Environment?.Variables ?? {};
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'ResourceNotFoundException') throw absent(env, functionName, thrown);
    throw awsFailure(thrown, `reading the settings of the function ${functionName}`) ?? thrown;
  }
}

/**
 * The settings of an environment as it is deployed: the variables of its functions, found by their names. That is what runs,
 * whatever this checkout says. Needs `lambda:GetFunctionConfiguration` on `countersign-ENV-*`.
 * @throws OutOfReach when there is no such environment in the caller's account and region; NotLetIn.
 */
export async function deployedVariables(env: string, client = new LambdaClient({})): Promise<Variables> {
  const found = await Promise.all(tellingFunctions().map((name) => variablesOf(client, env, name)));
  return Object.assign({}, ...found);
}

/**
 * The address of an environment's API as it is deployed.
 * @throws OutOfReach when there is none; NotLetIn.
 */
export async function deployedAddress(env: string, client = new LambdaClient({})): Promise<string> {
  const { COUNTERSIGN_BASE_URL: address } = await variablesOf(client, env, PLAIN_FUNCTION);
  if (address !== undefined) return address;
  throw new OutOfReach(
    `The function ${functionNameOf(env, PLAIN_FUNCTION)} does not know its API. Name the address with --api; it is the output "BaseUrl" of the stack ${prefixOf(env)}-platform.`,
  );
}
