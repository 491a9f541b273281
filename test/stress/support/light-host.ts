import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiClient } from '../../../lib/local/api-client.ts';
import type { FromLight, ToLight } from './light-process.ts';
import { MailFolder } from './mail-folder.ts';

const ENTRY = fileURLToPath(new URL('./light-process.ts', import.meta.url));

/** A light system in a process of its own, on one state directory, through as many lives as it takes. */
export class LightHost {
  readonly directory = mkdtempSync(join(tmpdir(), 'countersign-light-'));
  readonly #templateFile: string;
  #child: ChildProcess | undefined;
  #ended: Promise<NodeJS.Signals | number | null> = Promise.resolve(null);
  #stderr = '';
  #spare: ChildProcess | undefined;
  #api = '';
  #states = '';

  constructor(templateFile: string) {
    this.#templateFile = templateFile;
  }

  get api(): string {
    return this.#api;
  }

  get states(): string {
    return this.#states;
  }

  get client(): ApiClient {
    return new ApiClient(this.#api);
  }

  readonly mails = new MailFolder(join(this.directory, 'mail'));

  /** Whether the process lives. */
  get alive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the process has ended, with how. */
  get ended(): Promise<NodeJS.Signals | number | null> {
    return this.#ended;
  }

  /** What it printed on standard error: nothing, unless something went wrong that nobody caught. */
  get complaints(): string {
    return this.#stderr;
  }

  /** The lines of the log so far. */
  log(): readonly { readonly level: string; readonly event: string; readonly [name: string]: unknown }[] {
    const text = readFileSync(join(this.directory, 'countersign.log'), 'utf8');
    return text
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line));
  }

  /**
   * Starts the next life. The process after it is forked ahead, so that it has loaded its modules when it is needed.
   * @param killAt ends it at that moment of its very start.
   * @returns whether it came up; `false` when it died on the way, as it was told to.
   */
  async start(killAt?: number): Promise<boolean> {
    const child = this.#spare ?? this.#fork();
    this.#spare = undefined;
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    const ready = this.#next(['ready', 'failed']);
    const { directory } = this;
    this.#tell({
      type: 'start',
      directory,
      templateFile: this.#templateFile,
      ...(killAt === undefined ? {} : { killAt }),
    });
    const message = await Promise.race([ready, this.#ended.then(() => undefined)]);
    this.#spare = this.#fork();
    if (message === undefined && killAt !== undefined) return false;
    if (message?.type !== 'ready')
      throw new Error(`The light system did not start: ${message?.type === 'failed' ? message.message : this.#stderr}`);
    this.#api = message.api;
    this.#states = message.states;
    return true;
  }

  /** Ends it at the n-th moment from here. */
  async arm(killAt: number): Promise<void> {
    const armed = this.#next(['armed']);
    this.#tell({ type: 'arm', killAt });
    await armed;
  }

  /** Lets it live, and answers which moments it passed since it was armed. */
  async disarm(): Promise<readonly string[]> {
    const passed = this.#next(['passed']);
    this.#tell({ type: 'disarm' });
    const message = await Promise.race([passed, this.#ended.then(() => undefined)]);
    return message?.type === 'passed' ? message.moments : [];
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }

  /** Ends it for good and forgets its state. */
  async close(): Promise<void> {
    this.#spare?.kill('SIGKILL');
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  #fork(): ChildProcess {
    const child = fork(ENTRY, [], { execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString('utf8');
    });
    return child;
  }

  #tell(message: ToLight): void {
    this.#child?.send(message, () => {});
  }

  #next(types: readonly FromLight['type'][]): Promise<FromLight> {
    const child = this.#child;
    return new Promise((resolve) => {
      const listen = (message: FromLight): void => {
        if (!types.includes(message.type)) return;
        child?.off('message', listen);
        resolve(message);
      };
      child?.on('message', listen);
    });
  }
}
