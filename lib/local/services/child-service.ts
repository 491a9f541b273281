import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ServiceFailed } from './errors.ts';

/** What a parent tells its service. */
export type ToService = { readonly type: 'start'; readonly input: unknown } | { readonly type: 'close' };

/** What a service tells its parent. */
export type FromService =
  | { readonly type: 'progress'; readonly message: string }
  | { readonly type: 'ready'; readonly output: unknown }
  | { readonly type: 'failed'; readonly message: string };

/** How a service is started. */
export interface ChildServiceOptions {
  /** What people call it in messages. */
  readonly name: string;
  /** The module that the child runs. */
  readonly entry: URL;
  /** Goes over the channel between the processes, so nothing of it shows in a list of processes. */
  readonly input: unknown;
  readonly startWithinMs: number;
  readonly onProgress?: ((message: string) => void) | undefined;
  /** Is called once when the service stops although nobody closed it. */
  readonly onLost?: ((error: ServiceFailed) => void) | undefined;
}

/** A service in a process of its own. */
export interface ChildService {
  /** What the service said when it was ready. */
  readonly output: unknown;
  readonly pid: number;
  /** Asks it to close, and makes it end if it does not. Calling it twice does no harm. */
  readonly close: () => Promise<void>;
}

const CLOSE_WITHIN_MS = 5_000;
const STDERR_KEPT = 4_000;

/** The child gets what finding files needs and nothing else: settings of other programs must not reach it. */
function environment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'USERPROFILE', 'TZ'];
  const passed = names.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]);
  return { ...Object.fromEntries(passed), NODE_ENV: 'production' };
}

function tail(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-STDERR_KEPT);
  });
  return () => text.trim();
}

function whenReady(child: ChildProcess, options: ChildServiceOptions, lastWords: () => string): Promise<unknown> {
  const { name, startWithinMs } = options;
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new ServiceFailed(`${name} did not start: ${why}`));
    const timer = setTimeout(() => fail(`it was not ready within ${startWithinMs} ms.`), startWithinMs);
    const settled = () => clearTimeout(timer);
    child.once('error', (error) => {
      settled();
      fail(error.message);
    });
    // `close`, unlike `exit`, comes after the last of its output.
    child.once('close', (code, signal) => {
      settled();
      fail(`its process ended (${signal ?? code}). ${lastWords()}`);
    });
    child.on('message', (message: FromService) => {
      if (message.type === 'progress') return options.onProgress?.(message.message);
      settled();
      if (message.type === 'ready') resolve(message.output);
      else fail(message.message);
    });
  });
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.connected) child.send({ type: 'close' } satisfies ToService, () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

/**
 * Starts a service in a child process and waits until it is ready.
 * The child ends with its parent, also when the parent is killed: the channel between them closes then.
 * @throws ServiceFailed when it does not become ready in time, with what it last said.
 */
export async function startChildService(options: ChildServiceOptions): Promise<ChildService> {
  const child = fork(fileURLToPath(options.entry), [], {
    env: environment(),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
  });
  const ended = once(child, 'close').catch(() => undefined);
  const lastWords = tail(child);
  let closing = false;
  let output: unknown;
  try {
    const ready = whenReady(child, options, lastWords);
    child.send({ type: 'start', input: options.input } satisfies ToService, () => {});
    output = await ready;
  } catch (error) {
    if (child.pid !== undefined) await end(child, ended);
    throw error;
  }
  void ended.then(() => {
    if (closing) return;
    options.onLost?.(new ServiceFailed(`${options.name} stopped. ${lastWords()}`.trim()));
  });
  return {
    output,
    pid: child.pid ?? 0,
    close: () => {
      closing = true;
      return end(child, ended);
    },
  };
}
