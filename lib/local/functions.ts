import { randomUUID } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CountersignError, describeProblems } from '../core/errors.ts';
import type { InvocationResult } from './states/lambda.ts';

/** A function of the synthesized template: its name, and the file that holds its handler. */
export interface FunctionEntry {
  readonly functionName: string;
  /** Path of the entry file, from the project's root unless absolute. */
  readonly entry: string;
}

/**
 * What Lambda answers; and beside it, for whoever starts a system on this machine, what an error of ours says is wrong where and
 * how to mend it. Lambda reports the message alone, so that list never becomes a part of an execution.
 */
export type LocalInvocation = InvocationResult & { readonly problems?: string };

/** What Lambda says of an invocation, as far as our functions read it. */
interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionName: string;
}

type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

/**
 * Lambda on one machine: the very entry points that AWS runs, in this process, with payloads that crossed JSON as they do
 * there.
 */
export class LocalFunctions {
  readonly #root: string;
  readonly #entries: ReadonlyMap<string, string>;
  readonly #handlers = new Map<string, Promise<Handler>>();

  constructor(root: string, functions: readonly FunctionEntry[]) {
    this.#root = root;
    this.#entries = new Map(functions.map(({ functionName, entry }) => [functionName, entry]));
  }

  /** Loads every handler, so that the first request is as quick as the others. */
  async warm(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((name) => this.#handler(name)));
  }

  /** Invokes a function and answers what Lambda would. */
  async invoke(functionName: string, event: unknown): Promise<LocalInvocation> {
    try {
      const handler = await this.#handler(functionName);
      const result = await handler(JSON.parse(JSON.stringify(event)), { awsRequestId: randomUUID(), functionName });
      return { ok: true, payload: JSON.parse(JSON.stringify(result ?? null)) };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const trace = (error.stack ?? '').split('\n').map((line) => line.trim());
      const listed = error instanceof CountersignError && error.problems.length > 0;
      const beside = listed ? { problems: describeProblems(error.problems) } : {};
      return { ok: false, errorType: error.name, errorMessage: error.message, trace, ...beside };
    }
  }

  #handler(functionName: string): Promise<Handler> {
    const known = this.#handlers.get(functionName);
    if (known !== undefined) return known;
    const entry = this.#entries.get(functionName);
    if (entry === undefined) return Promise.reject(new Error(`There is no function ${functionName}.`));
    const path = isAbsolute(entry) ? entry : join(this.#root, entry);
    const loading = import(pathToFileURL(path).href).then((module: { handler: Handler }) => module.handler);
    this.#handlers.set(functionName, loading);
    return loading;
  }
}
