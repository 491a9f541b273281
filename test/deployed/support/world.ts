import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { skills } from '#skills';
import { environments } from '../../../lib/infra/environments.ts';
import { prefixOf } from '../../../lib/infra/names.ts';
import { startUnleash, type Unleash } from '../../../lib/local/services/unleash.ts';
import { flagDeclarationsOf } from '../../../lib/platform/configuration/flag-declarations.ts';
import { applyFlags, type FlagEnvironment } from '../../../lib/platform/flags/admin.ts';
import { Table } from '../../../lib/platform/store/table.ts';
import { AwsApis, OPERATOR } from './aws.ts';
import { DeployedApi } from './deployed-api.ts';
import { Deployment } from './deployment.ts';
import { type MiniStack, startMiniStack } from './ministack.ts';
import { ACCOUNT, REGION } from './place.ts';
import { outputOf } from './stacks.ts';

/** The two environments that are deployed, and the Unleash environment that each of them reads: OSS Unleash has just these. */
export const FLAG_ENVIRONMENTS = { dev: 'development', staging: 'production' } as const satisfies Record<
  string,
  FlagEnvironment
>;
export type Name = keyof typeof FLAG_ENVIRONMENTS;

/** The role that people assume to call the API. */
const CALLERS = 'people';

/** All that one run of the test stands on. */
export interface World {
  readonly folder: string;
  readonly server: MiniStack;
  readonly aws: AwsApis;
  readonly unleash: Unleash;
  readonly deployment: Deployment;
  /** The API of an environment, once it is deployed. */
  api(name: Name): Promise<DeployedApi>;
  /** Creates every skill's flag in the environment's Unleash environment, switched on, and has the deployment fetch it. */
  switchFlagsOn(name: Name): Promise<void>;
  close(): Promise<void>;
}

/** A token that reads one Unleash environment, as an administrator makes it. */
async function clientToken(unleash: Unleash, environment: string): Promise<string> {
  const response = await fetch(`${unleash.url}/api/admin/api-tokens`, {
    method: 'POST',
    headers: { authorization: unleash.adminToken, 'content-type': 'application/json' },
    body: JSON.stringify({ tokenName: `deployed-${environment}`, type: 'client', environment, projects: ['default'] }),
  });
  if (response.status !== 201) throw new Error(`Unleash gave no token: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { secret: string }).secret;
}

/** The example settings of this repository, with this machine's Unleash in place of the example's address. */
function settingsOf(name: Name, unleash: Unleash): object {
  const example = environments[name] as { unleash: object };
  return { ...example, unleash: { ...example.unleash, url: unleash.url, environment: FLAG_ENVIRONMENTS[name] } };
}

const secretName = (name: Name, kind: 'client' | 'admin') => `countersign/${name}/unleash-${kind}-token`;

/** Starts the AWS API server and Unleash, and does what `docs/deploying.md` asks for before the first deployment. */
export async function createWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-deployed-'));
  const [server, unleash] = await Promise.all([startMiniStack(folder), startUnleash({ port: 0 })]);
  const aws = new AwsApis(server.url);
  const client = { endpoint: server.url, region: REGION, credentials: OPERATOR };
  const names = Object.keys(FLAG_ENVIRONMENTS) as Name[];

  const environmentsFile = join(folder, 'environments.json');
  writeFileSync(
    environmentsFile,
    JSON.stringify(Object.fromEntries(names.map((name) => [name, settingsOf(name, unleash)]))),
  );
  const secrets = new SecretsManagerClient(client);
  for (const name of names) {
    const tokens = { client: await clientToken(unleash, FLAG_ENVIRONMENTS[name]), admin: unleash.adminToken };
    for (const kind of ['client', 'admin'] as const)
      await secrets.send(new CreateSecretCommand({ Name: secretName(name, kind), SecretString: tokens[kind] }));
  }
  await aws.query('iam', '2010-05-08', 'CreateRole', {
    RoleName: CALLERS,
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }],
    }),
  });

  const apis = new Map<Name, Promise<DeployedApi>>();
  const findApi = async (name: Name) => {
    const baseUrl = await outputOf(aws, `${prefixOf(name)}-platform`, 'ApiBaseUrl');
    return new DeployedApi(aws, baseUrl, `arn:aws:iam::${ACCOUNT}:role/${CALLERS}`);
  };
  return {
    folder,
    server,
    aws,
    unleash,
    deployment: new Deployment(server.url, environmentsFile),
    api: (name) => {
      const known = apis.get(name) ?? findApi(name);
      apis.set(name, known);
      return known;
    },
    switchFlagsOn: async (name) => {
      const table = new Table(new DynamoDBClient(client), prefixOf(name));
      const declarations = await flagDeclarationsOf({ table, skills });
      await applyFlags({ url: unleash.url, adminToken: unleash.adminToken }, FLAG_ENVIRONMENTS[name], declarations);
      const { error, payload } = await aws.invoke(`${prefixOf(name)}-sync-flags`);
      if (error !== null) throw new Error(`sync-flags failed: ${JSON.stringify(payload)}`);
    },
    close: async () => {
      await Promise.allSettled([server.close(), unleash.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
