import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { skills } from '#skills';
import { CountersignError } from '../core/errors.ts';
import { parseWith } from '../core/zod-problems.ts';
import type { FlagAdmin } from '../platform/flags/admin-client.ts';
import type { Runtime } from '../platform/runtime.ts';
import { readSettings } from '../platform/settings.ts';
import { SystemClock } from './clock.ts';
import { localRuntime } from './runtime.ts';
import { LOCAL_FLAG_ENVIRONMENT } from './services/unleash.ts';
import { SIGNING_KEY_FILE } from './signer.ts';
import { synthesizedSystem } from './synthesized-system.ts';

/** No local system runs on this state directory. */
export class NotRunning extends CountersignError {
  readonly code = 'NotRunning';
}

const portsFile = z.object({ api: z.int(), flags: z.int(), states: z.int(), dynamodb: z.int(), smtp: z.int() });
const secretsFile = z.object({ admin: z.string().min(32), client: z.string().min(32) });

function notRunning(directory: string): NotRunning {
  const message = `No local system runs on ${directory}.`;
  const mend = 'Start it with npm start, or name the directory of the one that runs with --state.';
  return new NotRunning(`${message} ${mend}`, [{ pointer: '', code: 'not-running', message, mend }]);
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

async function answers(port: number): Promise<boolean> {
  try {
    // Also a system that is not well runs, and may need governing just then.
    await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(5_000) });
    return true;
  } catch {
    return false;
  }
}

/**
 * The ports of a local system that runs in another process, found by its state directory: the same table, artifacts, clock
 * and flag server. Whoever can read the directory governs the system; nobody else of the machine can.
 * @throws NotRunning when none runs there.
 */
export async function runningSystem(
  directory: string,
): Promise<{ readonly runtime: Runtime; readonly flagAdmin: FlagAdmin }> {
  const path = resolve(directory);
  const [portsAt, secretsAt] = [join(path, 'ports.json'), join(path, 'flags', 'secrets.json')];
  if (!existsSync(portsAt) || !existsSync(secretsAt)) throw notRunning(path);
  const ports = parseWith(portsFile, readJson(portsAt), portsAt);
  const secrets = parseWith(secretsFile, readJson(secretsAt), secretsAt);
  if (!(await answers(ports.api))) throw notRunning(path);
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const flagAdmin: FlagAdmin = { url: at(ports.flags), adminToken: `*:*.${secrets.admin}` };
  const settings = readSettings({
    ...synthesizedSystem(skills).functions[0]?.environment,
    COUNTERSIGN_ENVIRONMENT: 'local',
    COUNTERSIGN_BASE_URL: at(ports.api),
    COUNTERSIGN_STATUS_URL: at(ports.api),
    COUNTERSIGN_UNLEASH_URL: flagAdmin.url,
    COUNTERSIGN_UNLEASH_ENVIRONMENT: LOCAL_FLAG_ENVIRONMENT,
  });
  const runtime = localRuntime({
    settings,
    skills,
    clock: new SystemClock(join(path, 'clock.json')),
    dynamoDbUrl: at(ports.dynamodb),
    statesUrl: at(ports.states),
    smtpPort: ports.smtp,
    artifactsFolder: join(path, 'artifacts'),
    anchorsFolder: join(path, 'anchors'),
    signingKeyFile: join(path, SIGNING_KEY_FILE),
    flagSource: { url: flagAdmin.url, clientToken: `default:${LOCAL_FLAG_ENVIRONMENT}.${secrets.client}` },
    flagAdmin,
  });
  return { runtime, flagAdmin };
}
