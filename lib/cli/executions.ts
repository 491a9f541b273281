import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { InvalidInput } from '../core/errors.ts';
import { type CountersignApi, type ExecutionView, given } from './api/countersign-api.ts';
import { Refused } from './api/errors.ts';
import { type ApiOptions, type OpenApi, openApi } from './api/open-api.ts';
import { awaitEvidence } from './await-evidence.ts';
import { awaitOutcome } from './await-outcome.ts';
import { executionLines, summaryLines, traceLines } from './execution-lines.ts';
import { EXIT } from './exit-codes.ts';
import { previewLines } from './preview-lines.ts';
import { readRequest } from './request-file.ts';
import { note, say, sayJson } from './say.ts';

/** Options that every command about executions takes. */
export interface ExecutionOptions extends ApiOptions {
  readonly json?: boolean;
}

/** Options of the commands that may wait for an outcome. */
export interface WaitOptions extends ExecutionOptions {
  readonly wait?: boolean;
  /** Seconds, as the command line has checked. */
  readonly timeout?: string;
}

/** Options of the commands that send a request. */
export interface RequestOptions extends ExecutionOptions {
  readonly onBehalfOf?: string;
}

/** Milliseconds between two looks: a local system costs nothing, in AWS each look is a signed request. */
const LOOK_EVERY_MS = { local: 250, deployed: 2_000 } as const;

/** An execution that ended with anything but a publication is a no. */
function exitFor(view: ExecutionView): number {
  return view.outcome === undefined || view.outcome === 'published' ? EXIT.ok : EXIT.no;
}

function show(view: ExecutionView, json: boolean | undefined): void {
  if (json === true) sayJson(view);
  else say(...executionLines(view));
  process.exitCode = exitFor(view);
}

async function waitFor({ api, local }: OpenApi, executionId: string, options: WaitOptions): Promise<void> {
  const view = await awaitOutcome(api, executionId, {
    everyMs: local ? LOOK_EVERY_MS.local : LOOK_EVERY_MS.deployed,
    onProgress: note,
    ...(options.timeout === undefined ? {} : { withinSeconds: Number(options.timeout) }),
  });
  show(view, options.json);
  if (view.outcome !== undefined) return;
  note(`It has not ended within ${options.timeout} s. It goes on: countersign status ${executionId} --wait`);
  process.exitCode = EXIT.unavailable;
}

/** At the local system the file's own requester calls, unless another is named. */
function asRequester<T extends ApiOptions>(options: T, requester: string | undefined): T {
  return options.env === 'local' && options.as === undefined && requester !== undefined
    ? { ...options, as: requester }
    : options;
}

/** `countersign submit`: sends a request; with `--wait`, waits until it has ended. */
export async function submit(
  skill: string,
  file: string,
  options: RequestOptions & WaitOptions & { readonly key?: string },
): Promise<void> {
  const { envelope, requester } = readRequest(file);
  const open = await openApi(asRequester(options, requester));
  const key = options.key ?? randomUUID();
  let executionId: string;
  try {
    ({ executionId } = await open.api.start(skill, envelope, { key, onBehalfOf: options.onBehalfOf }));
  } catch (thrown) {
    // Whether the request arrived is not known then; under the same key it starts nothing twice.
    if (!(thrown instanceof Refused)) note(`To send it again and start nothing twice, add: --key ${key}`);
    throw thrown;
  }
  if (options.wait === true) return waitFor(open, executionId, options);
  if (options.json === true) return sayJson({ executionId, key });
  say(`${executionId} is accepted.`, `Follow it: countersign status ${executionId} --wait`);
}

/** `countersign preview`: where a request would go; starts nothing. Exit 1 when it would be blocked or could not start. */
export async function preview(skill: string, file: string, options: RequestOptions): Promise<void> {
  const { envelope, requester } = readRequest(file);
  const { api } = await openApi(asRequester(options, requester));
  const seen = await api.preview(skill, envelope, { onBehalfOf: options.onBehalfOf });
  if (options.json === true) sayJson(seen);
  else say(...previewLines(seen));
  process.exitCode = seen.verdict === 'block' || !seen.rolledOut ? EXIT.no : EXIT.ok;
}

/** Filters of the list of executions. */
export interface ListOptions extends WaitOptions {
  readonly skill?: string;
  readonly status?: string;
  readonly outcome?: string;
  readonly from?: string;
  readonly to?: string;
  /** A whole number, as the command line has checked. */
  readonly limit: string;
}

/** The most that the API answers at once. */
const PAGE = 100;

async function listed(api: CountersignApi, options: ListOptions) {
  const { skill, status, outcome, from, to } = options;
  const most = Number(options.limit);
  const executions: Awaited<ReturnType<CountersignApi['executions']>>['executions'] = [];
  let cursor: string | undefined;
  do {
    const limit = String(Math.min(PAGE, most - executions.length));
    const page = await api.executions(given({ skill, status, outcome, from, to, limit, cursor }));
    executions.push(...page.executions);
    cursor = page.cursor;
  } while (cursor !== undefined && executions.length < most);
  return { executions, more: cursor !== undefined };
}

/** `countersign status`: one execution, or the newest of all. */
export async function status(executionId: string | undefined, options: ListOptions): Promise<void> {
  if (executionId === undefined && options.wait === true) {
    const message = '--wait needs an execution to wait for.';
    const mend = 'Name its id.';
    throw new InvalidInput(`${message} ${mend}`, [{ pointer: '/wait', code: 'missing-argument', message, mend }]);
  }
  const open = await openApi(options);
  if (executionId !== undefined && options.wait === true) return waitFor(open, executionId, options);
  if (executionId !== undefined) return show(await open.api.execution(executionId), options.json);
  const { executions, more } = await listed(open.api, options);
  if (options.json === true) return sayJson({ executions });
  say(...(executions.length === 0 ? ['There are no such executions.'] : summaryLines(executions)));
  if (more) note(`There are more; --limit ${Number(options.limit) * 2} shows them.`);
}

/** `countersign trace`: every step of an execution with why and why not. */
export async function trace(executionId: string, options: ExecutionOptions): Promise<void> {
  const { api } = await openApi(options);
  const seen = await api.trace(executionId);
  if (options.json === true) return sayJson(seen);
  say(...traceLines(seen));
}

/** `countersign evidence`: the packet that `countersign verify` checks, to a file or the standard output. */
export async function evidence(
  executionId: string,
  options: ExecutionOptions & { readonly out?: string },
): Promise<void> {
  const { api } = await openApi(options);
  const packet = JSON.stringify(await awaitEvidence(api, executionId, note));
  if (options.out === undefined) return console.log(packet);
  try {
    // A packet names people and amounts: it is its owner's to pass on.
    writeFileSync(options.out, `${packet}\n`, { mode: 0o600 });
  } catch (cause) {
    const message = `${options.out} cannot be written.`;
    const mend = 'Name a file in a folder that exists and is yours.';
    throw new InvalidInput(`${message} ${mend}`, [{ pointer: '/out', code: 'not-writable', message, mend }], { cause });
  }
  if (options.json === true) return sayJson({ executionId, out: options.out });
  say(`${options.out} is written. Check it: countersign verify ${options.out}`);
}

/** `countersign withdraw`: ends an execution on its requester's word. */
export async function withdraw(executionId: string, options: ExecutionOptions): Promise<void> {
  const { api, local } = await openApi(options);
  try {
    const answer = await api.withdraw(executionId);
    if (options.json === true) return sayJson(answer);
    say(
      answer.status === 'withdrawn'
        ? `${executionId} is withdrawn; its links no longer work.`
        : `${executionId} is ${answer.status}; it ends before it would publish.`,
    );
  } catch (thrown) {
    if (local && options.as === undefined && thrown instanceof Refused && thrown.code === 'Forbidden')
      note('At the local system say who you are with --as PERSON.');
    throw thrown;
  }
}
