import type { Json } from '../../core/json.ts';

/** How an execution stands, in AWS's words. */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/**
 * Everything that is known about one execution; with its history it is all that must survive a crash.
 * Instants are milliseconds since 1970-01-01T00:00:00Z.
 */
export interface Execution {
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly stateMachineVersionArn: string | null;
  readonly stateMachineAliasArn: string | null;
  readonly roleArn: string;
  /** Names the definition that the execution started with; it keeps it when the machine is updated. */
  readonly definitionId: string;
  readonly startedAt: number;
  /** The input exactly as it was given. */
  readonly input: string;
  readonly status: ExecutionStatus;
  readonly stoppedAt: number | null;
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
  /** When the machine's TimeoutSeconds are over. */
  readonly deadline: number | null;
  readonly lastEventId: number;
  /** Billed state transitions: each state that was entered and each retry. */
  readonly transitions: number;
  /** The map runs that its Map states started, in order. */
  readonly mapRuns?: readonly MapRun[];
  /** What started it, of a child execution of a Map. */
  readonly child?: Origin;
  readonly visit: Visit | null;
  readonly retries: Retries;
  readonly activity: Activity | null;
}

/** Where a child execution comes from. */
export interface Origin {
  readonly parentArn: string;
  readonly mapRunArn: string;
  /** The name of the Map state, whose processor it runs. */
  readonly state: string;
  readonly label: string;
  /** The position of its item, from 0. */
  readonly index: number;
  readonly executionType: 'STANDARD' | 'EXPRESS';
}

/** One run of a Map: the children for all items of one visit, or of one more attempt after a retry. */
export interface MapRun {
  readonly mapRunArn: string;
  readonly state: string;
  readonly label: string;
  readonly executionType: 'STANDARD' | 'EXPRESS';
  /** The event that started it, to which the state's exit refers. */
  readonly startedEventId: number;
  readonly startedAt: number;
  readonly stoppedAt: number | null;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly total: number;
  readonly maxConcurrency: number;
  /** `null` of both: not one failure is tolerated. */
  readonly toleratedFailureCount: number | null;
  readonly toleratedFailurePercentage: number | null;
}

/** The state that the execution is in. */
export interface Visit {
  readonly state: string;
  readonly enteredEventId: number;
  readonly enteredAt: number;
  /** The raw input of the state. */
  readonly input: Json;
}

/** Retries since the state was entered, in all and by retrier. */
export interface Retries {
  readonly count: number;
  readonly byRetrier: readonly number[];
}

export const NO_RETRIES: Retries = { count: 0, byRetrier: [] };

/** What happens in the state: it is to be run, its task is out, its map run is going on, it waits for a retry, or it waits (a Wait state). */
export type Activity =
  | { readonly phase: 'entered' }
  | TaskActivity
  | { readonly phase: 'map'; readonly mapRunArn: string }
  | { readonly phase: 'backoff'; readonly until: number }
  | { readonly phase: 'wait'; readonly until: number };

/** A task that was scheduled and has no result yet. */
export interface TaskActivity {
  readonly phase: 'task';
  /** Tells this attempt from earlier and later ones. */
  readonly scheduledEventId: number;
  /** The function has returned, and only the token's result is missing. */
  readonly submitted: boolean;
  readonly timeoutAt: number | null;
  readonly heartbeatSeconds: number | null;
  readonly heartbeatAt: number | null;
}

/** A timer of an execution: what happens, and when. */
export interface Due {
  readonly at: number;
  readonly kind: 'execution-timeout' | 'task-timeout' | 'heartbeat-timeout' | 'backoff-over' | 'wait-over';
}

/** The next timer of an execution. Of timers at the same instant, the one listed first here counts. */
export function nextDue(execution: Execution): Due | undefined {
  const { activity, deadline } = execution;
  const due: readonly Due[] = [
    ...(deadline === null ? [] : [{ at: deadline, kind: 'execution-timeout' } as const]),
    ...activityDue(activity),
  ];
  if (execution.status !== 'RUNNING') return undefined;
  return due.reduce<Due | undefined>(
    (first, other) => (first !== undefined && first.at <= other.at ? first : other),
    undefined,
  );
}

function activityDue(activity: Activity | null): readonly Due[] {
  switch (activity?.phase) {
    case 'backoff':
      return [{ at: activity.until, kind: 'backoff-over' }];
    case 'wait':
      return [{ at: activity.until, kind: 'wait-over' }];
    case 'task':
      return [
        ...(activity.timeoutAt === null ? [] : [{ at: activity.timeoutAt, kind: 'task-timeout' } as const]),
        ...(activity.heartbeatAt === null ? [] : [{ at: activity.heartbeatAt, kind: 'heartbeat-timeout' } as const]),
      ];
    default:
      return [];
  }
}
