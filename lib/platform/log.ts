import { AsyncLocalStorage } from 'node:async_hooks';

/** A line of the log: an event's name and its references. Ids only: no amounts, no tokens, no personal data beyond ids. */
export interface LogLine {
  readonly event: string;
  readonly executionId?: string;
  readonly skill?: string;
  readonly [reference: string]: string | number | boolean | undefined;
}

/** What every line of one invocation says besides what it is about. */
export interface LogContext {
  /** The function that runs, by its name in AWS. */
  readonly functionName?: string;
  /** Of a request to the API the id that its caller is answered with; otherwise the id of the invocation. */
  readonly requestId?: string;
  /** The X-Ray trace, by its root. */
  readonly traceId?: string;
  readonly executionId?: string;
  readonly skill?: string;
}

type Sink = (line: string) => void;

let sink: Sink = (line) => process.stdout.write(`${line}\n`);

const contexts = new AsyncLocalStorage<LogContext>();

/** Sends the log somewhere else than standard output: the local system keeps it in a file. */
export function sendLogTo(other: Sink): void {
  sink = other;
}

/**
 * Does a piece of work whose log lines, however deep they are written, all carry this context and the one around it. Two
 * pieces of work that run at the same time never see each other's.
 */
export function withLogContext<T>(context: LogContext, work: () => T): T {
  return contexts.run({ ...contexts.getStore(), ...context }, work);
}

/** Writes a line as it is, with its context, for formats that the log's readers prescribe. What the line says itself counts. */
export function writeLine(line: object): void {
  sink(JSON.stringify({ ...contexts.getStore(), ...line }));
}

/** Writes one structured line (JSON), which CloudWatch indexes as it is. */
export function log(level: 'info' | 'warn' | 'error', line: LogLine): void {
  writeLine({ level, ...line });
}
