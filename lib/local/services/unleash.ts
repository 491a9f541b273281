import * as z from 'zod';
import { parseWith } from '../../core/zod-problems.ts';
import { startChildService } from './child-service.ts';
import type { ServiceFailed } from './errors.ts';
import { keepSecrets } from './private-files.ts';

/** How the flag server is started. */
export interface UnleashOptions {
  /** Where its database and its secrets stay; without one they last as long as the process. */
  readonly directory?: string;
  /** The port on 127.0.0.1; `0` takes a free one. */
  readonly port: number;
  readonly onProgress?: (message: string) => void;
  /** Is called once when the server stops although nobody closed it. */
  readonly onLost?: (error: ServiceFailed) => void;
}

/** The flag server of the local system. */
export interface Unleash {
  /** Where the flag page and the API are. */
  readonly url: string;
  /** A person's way into the flag page. The password is random, made once per directory; print it, never log it. */
  readonly login: { readonly username: string; readonly password: string };
  readonly adminToken: string;
  /** Reads the flags of the environment `development`. */
  readonly clientToken: string;
  /** The server's process. */
  readonly pid: number;
  readonly close: () => Promise<void>;
}

/** The environment that one machine's flags belong to. */
export const LOCAL_FLAG_ENVIRONMENT = 'development';

const USERNAME = 'admin';
const START_WITHIN_MS = 120_000;
const output = z.object({ port: z.int() });

/**
 * Starts the real Unleash server on PGlite in a child process, bound to 127.0.0.1.
 * People log in with a password that is random per directory; programs use the two tokens. Nothing is open without one of
 * them, because other users and programs of the machine reach the loopback interface too.
 * @throws ServiceFailed when it does not become ready.
 */
export async function startUnleash(options: UnleashOptions): Promise<Unleash> {
  const { directory, port, onProgress, onLost } = options;
  const secrets = await keepSecrets(directory, ['admin', 'client', 'password', 'session']);
  const login = { username: USERNAME, password: secrets.password.slice(0, 32) };
  const adminToken = `*:*.${secrets.admin}`;
  const clientToken = `default:${LOCAL_FLAG_ENVIRONMENT}.${secrets.client}`;
  const child = await startChildService({
    name: 'The flag server',
    entry: new URL('./unleash-process.ts', import.meta.url),
    input: { directory, port, login, adminToken, clientToken, sessionSecret: secrets.session },
    startWithinMs: START_WITHIN_MS,
    onProgress,
    onLost,
  });
  const { port: actualPort } = parseWith(output, child.output, 'The flag server’s answer');
  return {
    url: `http://127.0.0.1:${actualPort}`,
    login,
    adminToken,
    clientToken,
    pid: child.pid,
    close: child.close,
  };
}
