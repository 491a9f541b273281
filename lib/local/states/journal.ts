import type { WireEvent } from './draft.ts';
import type { Execution } from './execution.ts';

/** One step of an execution: the fields that changed, and the events that were added to its history. The first holds every field. */
export interface JournalRecord {
  readonly set: Partial<Execution>;
  readonly events: readonly WireEvent[];
}

/** What is kept in memory of every execution, so that its payloads need not be. */
export type Listed = Pick<
  Execution,
  | 'executionArn'
  | 'name'
  | 'stateMachineArn'
  | 'stateMachineVersionArn'
  | 'stateMachineAliasArn'
  | 'status'
  | 'startedAt'
  | 'stoppedAt'
  | 'transitions'
  | 'child'
> & {
  /** The map runs that it started, of an execution that has any. */
  readonly mapRunArns?: readonly string[];
};

/** What a journal held when it was opened: running executions as they were left, all others in short. */
export interface Recovered {
  readonly open: readonly Execution[];
  readonly finished: readonly Listed[];
}

/** The durable log of executions. What has been appended survives the end of the process. */
export interface Journal {
  /** Reads what survived. Called once, before anything else. */
  recover(): Recovered;
  /** Appends a step. When the execution has ended with it, `after` is listed from now on. */
  append(after: Execution, record: JournalRecord): void;
  /** The steps of an execution, in order; none of an unknown one. */
  records(executionArn: string): readonly JournalRecord[];
  /** Forgets an execution, so that its name is free again. */
  forget(executionArn: string): void;
  /** A small text that was kept under a name. */
  document(name: string): string | undefined;
  /** Keeps a small text under a name. */
  keepDocument(name: string, text: string): void;
}

/** The execution that some steps lead to; `undefined` of none. */
export function fold(records: readonly JournalRecord[]): Execution | undefined {
  if (records.length === 0) return undefined;
  return Object.assign({}, ...records.map((record) => record.set)) as Execution;
}

/** The fields of an execution that differ from before. */
export function changes(before: Execution | undefined, after: Execution): Partial<Execution> {
  if (before === undefined) return after;
  const fields = Object.entries(after).filter(([name, value]) => before[name as keyof Execution] !== value);
  return Object.fromEntries(fields);
}

/** What is kept in memory of an execution. */
export function listed(execution: Execution): Listed {
  const { executionArn, name, stateMachineArn, stateMachineVersionArn, stateMachineAliasArn } = execution;
  const { status, startedAt, stoppedAt, transitions, child, mapRuns } = execution;
  return {
    executionArn,
    name,
    stateMachineArn,
    stateMachineVersionArn,
    stateMachineAliasArn,
    status,
    startedAt,
    stoppedAt,
    transitions,
    ...(child === undefined ? {} : { child }),
    ...(mapRuns === undefined ? {} : { mapRunArns: mapRuns.map(({ mapRunArn }) => mapRunArn) }),
  };
}
