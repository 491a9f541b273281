import { Conflict } from '../../core/errors.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import type { Item, ItemKey } from '../store/table.ts';

/** An execution that failed in a way that may be its version's doing. */
export interface Failure {
  readonly executionId: string;
  readonly accountId: string;
  /** Fixed by the write that recorded the failure, so it is the same however often it is counted. */
  readonly at: Instant;
  /** A fault broke the execution off, or it broke a guardrail. */
  readonly kind: 'fault' | 'guardrail';
  /** The error's name, or the guardrail's code. */
  readonly code: string;
  /** The configuration version it ran on. */
  readonly configuration: string;
}

const partition = (skill: string) => `FAILURES#${skill}`;

/** Puts a failure on record. Its place is made of instant and execution: putting it again changes nothing. */
export async function putFailure(runtime: Pick<Runtime, 'table'>, skill: string, failure: Failure): Promise<void> {
  const item = { pk: partition(skill), sk: `${failure.at}#${failure.executionId}`, ...failure };
  try {
    await runtime.table.putNew(item as unknown as Item);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
}

/** The failures of a skill between two instants, both included, oldest first; the read is consistent. */
export async function failuresBetween(
  runtime: Pick<Runtime, 'table'>,
  skill: string,
  from: Instant,
  to: Instant,
): Promise<readonly Failure[]> {
  // `~` sorts behind `#`, so failures at the last instant itself are included.
  const items = await runtime.table.queryAll<Failure & ItemKey>({ pk: partition(skill), between: [from, `${to}~`] });
  return items.map(({ pk: _pk, sk: _sk, ...failure }) => failure);
}

/** Failures that could stand in one window with another. */
export function failuresAround(
  runtime: Pick<Runtime, 'table'>,
  skill: string,
  at: Instant,
  windowSeconds: number,
): Promise<readonly Failure[]> {
  return failuresBetween(runtime, skill, addSeconds(at, -windowSeconds), addSeconds(at, windowSeconds));
}

/** The newest failure of a skill, or `undefined`. */
export async function lastFailure(runtime: Pick<Runtime, 'table'>, skill: string): Promise<Failure | undefined> {
  const { items } = await runtime.table.query<Failure>({ pk: partition(skill), descending: true, limit: 1 });
  return items[0];
}
