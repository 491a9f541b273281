import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { skills } from '#skills';
import { installRuntime } from '../../functions/runtime.ts';
import type { Json } from '../core/json.ts';
import { flagDeclarationsOf } from '../platform/configuration/flag-declarations.ts';
import { applyFlags } from '../platform/flags/admin.ts';
import { log, sendLogTo } from '../platform/log.ts';
import type { Runtime } from '../platform/runtime.ts';
import { readSettings } from '../platform/settings.ts';
import { startApiGateway } from './api-gateway.ts';
import { SystemClock } from './clock.ts';
import { clockRoutes } from './clock-routes.ts';
import { LocalFunctions } from './functions.ts';
import { localDynamoDb, localRuntime } from './runtime.ts';
import { LocalSchedules } from './schedules.ts';
import { startDynamoDb } from './services/dynamodb.ts';
import { ensureTable } from './services/ensure-table.ts';
import { ServiceFailed } from './services/errors.ts';
import { startMail } from './services/mail.ts';
import { choosePorts, type PortChoice } from './services/ports.ts';
import { openStateDirectory } from './services/state-directory.ts';
import { LOCAL_FLAG_ENVIRONMENT, startUnleash } from './services/unleash.ts';
import { SIGNING_KEY_FILE } from './signer.ts';
import { startStepFunctions } from './states/index.ts';
import { LOCAL_PLACE, synthesizedSystem } from './synthesized-system.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** How the local system is to be started. */
export interface LocalSystemOptions {
  /** Where all of its state lives. */
  readonly directory: string;
  readonly fresh?: boolean;
  readonly ports?: Omit<PortChoice, 'directory'>;
  readonly onProgress?: (message: string) => void;
}

/** The local system while it runs. */
export interface LocalSystem {
  readonly apiUrl: string;
  readonly inboxUrl: string;
  readonly flagsUrl: string;
  readonly statesUrl: string;
  readonly dynamoDbUrl: string;
  /** A person's way into the flag page. */
  readonly flagLogin: { readonly username: string; readonly password: string };
  readonly flagAdminToken: string;
  readonly logFile: string;
  readonly directory: string;
  readonly runtime: Runtime;
  /** Billed transitions of an execution, as Step Functions would count them. */
  transitionsOf(skillId: string, executionId: string): number;
  /** Runs the scheduled functions now: flags synced, loose ends swept. */
  runSchedules(): Promise<void>;
  close(): Promise<void>;
}

/** Closes what was opened, last first; every one gets its chance. */
class Closers {
  readonly #closers: (() => unknown)[] = [];

  add(close: () => unknown): void {
    this.#closers.unshift(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) {
      try {
        await close();
      } catch (error) {
        log('error', { event: 'close-failed', error: error instanceof Error ? error.name : 'unknown' });
      }
    }
  }
}

/**
 * Starts the whole system on this machine: the synthesized state machines and routes, the functions' own entry points, and
 * real servers for everything around them, all on 127.0.0.1.
 * @throws PortTaken, StateDirectoryInUse and the like, before anything was started; InvalidInput for an invalid skill.
 */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const closers = new Closers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start(options: LocalSystemOptions, closers: Closers): Promise<LocalSystem> {
  const progress = options.onProgress ?? (() => {});
  const state = await openStateDirectory(options.directory, { fresh: options.fresh === true });
  closers.add(state.release);
  const ports = await choosePorts({ ...options.ports, directory: state.path });
  const logFile = join(state.path, 'countersign.log');
  const logStream = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  closers.add(() => new Promise((resolve) => logStream.end(resolve)));
  sendLogTo((line) => logStream.write(`${line}\n`));
  const clock = new SystemClock(join(state.path, 'clock.json'));

  // The flag server takes longest; it starts in a process of its own while this one synthesizes.
  progress('Starting the flag server (Unleash) and the mail server ...');
  const lost = (service: string) => (error: Error) => {
    log('error', { event: 'service-lost', service });
    progress(`${error.message} Everything goes on without it as well as it can; a restart brings it back.`);
  };
  const unleashStarting = startUnleash({
    directory: state.part('flags'),
    port: ports.flags,
    onLost: lost('flags'),
  });
  const mailStarting = startMail({
    smtpPort: ports.smtp,
    webPort: ports.inbox,
    directory: state.part('mail'),
    onLost: lost('mail'),
  });
  unleashStarting.then((unleash) => closers.add(unleash.close)).catch(() => {});
  mailStarting.then((mail) => closers.add(mail.close)).catch(() => {});

  progress('Starting the table (DynamoDB) ...');
  const dynamoDb = await startDynamoDb({ port: ports.dynamodb, directory: state.part('dynamodb') });
  closers.add(dynamoDb.close);

  progress('Synthesizing the state machines, routes and functions ...');
  const contents = synthesizedSystem(skills);
  const functions = new LocalFunctions(ROOT, contents.functions);
  const client = localDynamoDb(dynamoDb.url);
  for (const table of contents.tables) await ensureTable(client, table);

  // Executions that were under way at a crash go on at once, and their functions need the runtime and what is seeded.
  const { promise: ready, resolve: letFunctionsRun } = Promise.withResolvers<void>();
  const states = await startStepFunctions({
    directory: state.part('states'),
    clock,
    machines: contents.stateMachines.map(({ name, definition }) => ({
      name,
      definition: definition as Json,
      roleArn: `arn:aws:iam::${LOCAL_PLACE.account}:role/local`,
      aliases: ['live'],
    })),
    invoke: async (arn, payload) => {
      await ready;
      return functions.invoke(functionNameOf(arn), payload);
    },
    port: ports.states,
    // All functions share this process: side by side, each would only take longer, against its own time limit.
    childrenAtOnce: 1,
    region: LOCAL_PLACE.region,
    accountId: LOCAL_PLACE.account,
  });
  closers.add(() => states.close());

  const [unleash, mail] = await Promise.all([unleashStarting, mailStarting]);
  const apiUrl = `http://127.0.0.1:${ports.api}`;
  const settings = readSettings({
    ...contents.functions[0]?.environment,
    COUNTERSIGN_ENVIRONMENT: 'local',
    COUNTERSIGN_BASE_URL: apiUrl,
    COUNTERSIGN_STATUS_URL: apiUrl,
    COUNTERSIGN_UNLEASH_URL: unleash.url,
    COUNTERSIGN_UNLEASH_ENVIRONMENT: LOCAL_FLAG_ENVIRONMENT,
  });
  const runtime = localRuntime({
    settings,
    skills,
    clock,
    dynamoDbUrl: dynamoDb.url,
    statesUrl: states.url,
    smtpPort: ports.smtp,
    artifactsFolder: state.part('artifacts'),
    flagSource: { url: unleash.url, clientToken: unleash.clientToken },
    flagAdmin: { url: unleash.url, adminToken: unleash.adminToken },
    anchorsFolder: state.part('anchors'),
    publishedFolder: state.part('published'),
    signingKeyFile: join(state.path, SIGNING_KEY_FILE),
  });
  installRuntime(runtime);

  progress('Putting directory, policies and flags in place ...');
  await functions.warm();
  for (const name of contents.atDeployment) await invokeOrThrow(functions, functionNameOf(name));
  await applyFlags(
    { url: unleash.url, adminToken: unleash.adminToken },
    LOCAL_FLAG_ENVIRONMENT,
    await flagDeclarationsOf(runtime),
  );
  letFunctionsRun();
  const schedules = new LocalSchedules(functions, contents.schedules);
  closers.add(() => schedules.close());
  await schedules.runAll();

  const settle = async (): Promise<void> => {
    await states.idle();
    await schedules.runAll();
    await states.idle();
  };
  const gateway = await startApiGateway({
    port: ports.api,
    routes: contents.routes.map((route) => ({ ...route, auth: route.auth === 'iam' ? 'AWS_IAM' : 'NONE' })),
    invoke: async (name, event) => (await invokeOrThrow(functions, name, event)) as APIGatewayProxyResult,
    now: () => clock.now(),
    local: clockRoutes(clock, settle),
  });
  closers.add(() => gateway.close());
  schedules.start();

  return {
    apiUrl,
    inboxUrl: mail.inboxUrl,
    flagsUrl: unleash.url,
    statesUrl: states.url,
    dynamoDbUrl: dynamoDb.url,
    flagLogin: unleash.login,
    flagAdminToken: unleash.adminToken,
    logFile,
    directory: state.path,
    runtime,
    transitionsOf: (skillId, executionId) =>
      states.transitionsOf(
        `${settings.stateMachinePrefix.replace(':stateMachine:', ':execution:')}${skillId}:${executionId}`,
      ),
    runSchedules: () => schedules.runAll(),
    close: () => closers.close(),
  };
}

/** The function's name in an ARN, with or without a version behind it. */
function functionNameOf(arn: string): string {
  return /:function:([^:]+)/.exec(arn)?.[1] ?? arn;
}

async function invokeOrThrow(functions: LocalFunctions, name: string, event: unknown = {}): Promise<unknown> {
  const result = await functions.invoke(name, event);
  if (result.ok) return result.payload;
  log('error', { event: 'function-failed', functionName: name, error: result.errorType, message: result.errorMessage });
  const problems = result.problems === undefined ? '' : `\n${result.problems}`;
  throw new ServiceFailed(`The function ${name} failed: ${result.errorType}: ${result.errorMessage}${problems}`);
}
