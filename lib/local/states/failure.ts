/**
 * An error inside an execution, as Retry and Catch see it.
 * Source: AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows".
 */
export interface StateFailure {
  /** The error name that history and error output show. */
  readonly error: string;
  readonly cause?: string;
  /** Another name under which ErrorEquals finds it: a missed heartbeat is a States.Timeout that can also be told apart. */
  readonly alias?: string;
}

/** Thrown inside the interpreter where a state fails; never leaves it. */
export class StateError extends Error {
  readonly failure: StateFailure;

  constructor(failure: StateFailure) {
    super(failure.error);
    this.failure = failure;
  }
}

/** The failure that no Retry and no Catch can handle: the execution always fails. */
export const RUNTIME = 'States.Runtime';
/** The other names that are raised here; AWS reports everything else that goes wrong in a state as a States.Runtime error. */
export const DATA_LIMIT_EXCEEDED = 'States.DataLimitExceeded';
export const TIMEOUT = 'States.Timeout';
export const HEARTBEAT_TIMEOUT = 'States.HeartbeatTimeout';
export const RESULT_PATH_MATCH_FAILURE = 'States.ResultPathMatchFailure';
/** More children of a Map failed than it tolerates. */
export const EXCEED_TOLERATED_FAILURE_THRESHOLD = 'States.ExceedToleratedFailureThreshold';
const ALL = 'States.ALL';
const TASK_FAILED = 'States.TaskFailed';

/** The names starting with `States.` that ErrorEquals may hold here: those that something here can raise or that are wildcards. */
export const CATCHABLE_RESERVED_NAMES: ReadonlySet<string> = new Set([
  ALL,
  TASK_FAILED,
  TIMEOUT,
  HEARTBEAT_TIMEOUT,
  DATA_LIMIT_EXCEEDED,
  RESULT_PATH_MATCH_FAILURE,
  EXCEED_TOLERATED_FAILURE_THRESHOLD,
  'States.Permissions',
]);

/** The wildcard that must stand alone and last. */
export function isCatchAll(errorEquals: readonly string[]): boolean {
  return errorEquals.includes(ALL);
}

/**
 * Whether the names of a retrier or catcher match a failure:
 * `States.Runtime` never; `States.DataLimitExceeded` only by its own name; `States.TaskFailed` anything but a timeout.
 */
export function matchesFailure(errorEquals: readonly string[], failure: StateFailure): boolean {
  if (failure.error === RUNTIME) return false;
  if (errorEquals.includes(failure.error)) return true;
  if (failure.alias !== undefined && errorEquals.includes(failure.alias)) return true;
  if (failure.error === DATA_LIMIT_EXCEEDED) return false;
  return errorEquals.includes(ALL) || (errorEquals.includes(TASK_FAILED) && failure.error !== TIMEOUT);
}

/** A States.Runtime error: something in the definition does not fit the data. */
export function runtimeError(cause: string): StateError {
  return new StateError({ error: RUNTIME, cause });
}
