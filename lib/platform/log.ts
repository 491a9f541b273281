/** A line of the log: an event's name and its references. Ids only: no amounts, no tokens, no personal data beyond ids. */
export interface LogLine {
  readonly event: string;
  readonly executionId?: string;
  readonly skill?: string;
  readonly [reference: string]: string | number | boolean | undefined;
}

type Sink = (line: string) => void;

let sink: Sink = (line) => process.stdout.write(`${line}\n`);

/** Sends the log somewhere else than standard output: the local system keeps it in a file. */
export function sendLogTo(other: Sink): void {
  sink = other;
}

/** Writes a line as it is, for formats that the log's readers prescribe. */
export function writeLine(line: object): void {
  sink(JSON.stringify(line));
}

/** Writes one structured line (JSON), which CloudWatch indexes as it is. */
export function log(level: 'info' | 'warn' | 'error', line: LogLine): void {
  writeLine({ level, ...line });
}
