import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { installRuntime } from '../../../functions/runtime.ts';
import type { Json } from '../../../lib/core/json.ts';
import type { TemplateContents } from '../../../lib/infra/read-template.ts';
import { startApiGateway } from '../../../lib/local/api-gateway.ts';
import { SystemClock } from '../../../lib/local/clock.ts';
import { clockRoutes } from '../../../lib/local/clock-routes.ts';
import { LocalFunctions } from '../../../lib/local/functions.ts';
import { localDynamoDb, localRuntime } from '../../../lib/local/runtime.ts';
import { LocalSchedules } from '../../../lib/local/schedules.ts';
import { startDynamoDb } from '../../../lib/local/services/dynamodb.ts';
import { ensureTable } from '../../../lib/local/services/ensure-table.ts';
import { choosePorts } from '../../../lib/local/services/ports.ts';
import { openStateDirectory } from '../../../lib/local/services/state-directory.ts';
import { SIGNING_KEY_FILE } from '../../../lib/local/signer.ts';
import { FileJournal } from '../../../lib/local/states/file-journal.ts';
import { startStepFunctions } from '../../../lib/local/states/index.ts';
import { LOCAL_PLACE } from '../../../lib/local/synthesized-system.ts';
import { flagDeclarationsOf } from '../../../lib/platform/configuration/flag-declarations.ts';
import { strategyOf } from '../../../lib/platform/flags/declared-strategy.ts';
import { snapshotOf } from '../../../lib/platform/flags/snapshot.ts';
import { lastSnapshot, storeSnapshot } from '../../../lib/platform/flags/snapshot-store.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import type { Runtime } from '../../../lib/platform/runtime.ts';
import { readSettings } from '../../../lib/platform/settings.ts';
import { folderMailSender } from './mail-folder.ts';
import { type Moments, WatchedTable, watchedArtifacts, watchedJournal, watchedMail, watchedStates } from './moments.ts';
import { stressSkills } from './skills.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Where the parts of a light system are. */
export interface LightPlaces {
  readonly api: string;
  readonly states: string;
}

/** Every flag on for everybody, as the flag server would answer. */
async function storeFlags(runtime: Runtime): Promise<void> {
  const declarations = await flagDeclarationsOf(runtime);
  const features = declarations.map((declaration) => ({
    name: declaration.flag,
    enabled: true,
    strategies: [strategyOf(declaration)],
  }));
  await storeSnapshot(runtime.table, snapshotOf({ features }, runtime.clock.now()));
}

/**
 * The local system without what a crash of this process does not touch: the flag server gives way to the snapshot that is
 * stored anyway, the mail server to a folder. Everything else is the product's own: the synthesized state machines, routes
 * and functions, the interpreter with its journal, the table on disk, the artifacts' folder, the HTTP server.
 */
export async function startLightSystem(
  directory: string,
  templateFile: string,
  moments: Moments,
): Promise<LightPlaces & { close(): Promise<void> }> {
  const contents = JSON.parse(readFileSync(templateFile, 'utf8')) as TemplateContents;
  const state = await openStateDirectory(directory);
  const ports = await choosePorts({ auto: true, directory: state.path });
  const log = createWriteStream(join(state.path, 'countersign.log'), { flags: 'a' });
  sendLogTo((line) => log.write(`${line}\n`));
  const clock = new SystemClock(join(state.path, 'clock.json'));
  const dynamoDb = await startDynamoDb({ port: ports.dynamodb, directory: state.part('dynamodb') });
  const functions = new LocalFunctions(ROOT, contents.functions);
  const client = localDynamoDb(dynamoDb.url);
  for (const table of contents.tables) await ensureTable(client, table);
  await functions.warm();

  const settings = readSettings({
    ...contents.functions[0]?.environment,
    COUNTERSIGN_ENVIRONMENT: 'local',
    COUNTERSIGN_BASE_URL: `http://127.0.0.1:${ports.api}`,
  });
  const local = localRuntime({
    settings,
    skills: stressSkills,
    clock,
    dynamoDbUrl: dynamoDb.url,
    statesUrl: `http://127.0.0.1:${ports.states}`,
    smtpPort: ports.smtp,
    artifactsFolder: state.part('artifacts'),
    flagSource: { url: 'http://127.0.0.1:1', clientToken: 'none' },
    anchorsFolder: state.part('anchors'),
    signingKeyFile: join(state.path, SIGNING_KEY_FILE),
  });
  const table = new WatchedTable(moments, client, settings.table);
  const runtime: Runtime = {
    ...local,
    table,
    artifacts: watchedArtifacts(moments, local.artifacts),
    mail: watchedMail(moments, folderMailSender(state.part('mail'))),
    states: watchedStates(moments, local.states),
    flags: { snapshot: () => lastSnapshot(table), source: async () => undefined },
  };
  installRuntime(runtime);
  const states = await startStepFunctions({
    directory: watchedJournal(moments, new FileJournal(state.part('states'))),
    clock,
    machines: contents.stateMachines.map(({ name, definition }) => ({
      name,
      definition: definition as Json,
      roleArn: `arn:aws:iam::${LOCAL_PLACE.account}:role/local`,
      aliases: ['live'],
    })),
    invoke: (arn, payload) => functions.invoke(/:function:([^:]+)/.exec(arn)?.[1] ?? arn, payload),
    port: ports.states,
    region: LOCAL_PLACE.region,
    accountId: LOCAL_PLACE.account,
  });

  const invoke = async (name: string, event: unknown): Promise<unknown> => {
    const result = await functions.invoke(name, event);
    if (result.ok) return result.payload;
    throw new Error(`The function ${name} failed: ${result.errorType}: ${result.errorMessage}`);
  };
  for (const name of contents.atDeployment) await invoke(/:function:([^:]+)/.exec(name)?.[1] ?? name, {});
  if ((await lastSnapshot(table)) === undefined) await storeFlags(runtime);
  const schedules = new LocalSchedules(functions, contents.schedules);
  await schedules.runAll();
  const settle = async (): Promise<void> => {
    await states.idle();
    await schedules.runAll();
    await states.idle();
  };
  const gateway = await startApiGateway({
    port: ports.api,
    routes: contents.routes.map((route) => ({ ...route, auth: route.auth === 'iam' ? 'AWS_IAM' : 'NONE' })),
    invoke: async (name, event) => (await invoke(name, event)) as APIGatewayProxyResult,
    now: () => clock.now(),
    local: clockRoutes(clock, settle),
  });
  schedules.start();
  return {
    api: `http://127.0.0.1:${ports.api}`,
    states: states.url,
    async close() {
      await schedules.close();
      await gateway.close();
      await states.close();
      await dynamoDb.close();
      await state.release();
      log.end();
    },
  };
}
