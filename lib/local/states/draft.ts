import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { Json } from '../../core/json.ts';
import type { Definition } from './definition.ts';
import type { Execution } from './execution.ts';
import { DATA_LIMIT_EXCEEDED, StateError } from './failure.ts';

/** A history event as it goes over the wire: the timestamp is in seconds since 1970-01-01T00:00:00Z. */
export type WireEvent = Omit<HistoryEvent, 'timestamp' | 'previousEventId' | 'id'> & {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: number;
};

type EventDetails = Omit<HistoryEvent, 'timestamp' | 'type' | 'id' | 'previousEventId'>;

/** What a step needs to know beside the execution; nothing in a step asks for the time or for chance itself. */
export interface Ground {
  readonly definition: Definition;
  readonly region: string;
  /** The instant of the step, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
  /** A number from 0 up to 1, for retriers with full jitter. */
  random(): number;
  /** The task token of the attempt that an event scheduled: the same on every call. */
  tokenFor(execution: Execution, scheduledEventId: number): string;
}

/** The most bytes of UTF-8 that a state's input, output or result may have. */
export const PAYLOAD_LIMIT = 262_144;

/** The most events that a history may have. */
const EVENT_LIMIT = 25_000;

/** At most so many events follow before it is asked again whether the history is full. */
const ROOM = 8;

/** Nothing of an event's data is ever cut off here. */
export const WHOLE_DATA = { truncated: false } as const;

/** A step under construction: the execution as it becomes, and the events that tell so. */
export class Draft {
  readonly ground: Ground;
  readonly events: WireEvent[] = [];
  #execution: Execution;

  constructor(ground: Ground, execution: Execution) {
    this.ground = ground;
    this.#execution = execution;
  }

  get execution(): Execution {
    return this.#execution;
  }

  /** Changes fields of the execution. */
  set(fields: Partial<Execution>): void {
    this.#execution = { ...this.#execution, ...fields };
  }

  /**
   * Adds an event to the history and returns its id.
   * @param previous the event that it follows, where that is not the last one.
   */
  emit(type: HistoryEventType, details: EventDetails = {}, previous?: number): number {
    const id = this.#execution.lastEventId + 1;
    // The first state's entry has no predecessor either: ExecutionStarted is outside the chain of states.
    const previousEventId = id <= 2 ? 0 : (previous ?? id - 1);
    this.events.push({ id, previousEventId, timestamp: this.ground.at / 1000, type, ...details });
    this.set({ lastEventId: id });
    return id;
  }

  /** Whether the history has no room left for one more visit to a state or attempt at a task. */
  get isFull(): boolean {
    return this.#execution.lastEventId > EVENT_LIMIT - ROOM;
  }

  /** Ends the execution in a failure. */
  fail(error: string | undefined, cause: string | undefined): void {
    const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    this.emit('ExecutionFailed', { executionFailedEventDetails: details });
    this.end({ status: 'FAILED', error: error ?? null, cause: cause ?? null });
  }

  /** Ends the execution: nothing more happens in it. */
  end(fields: Partial<Execution> & Pick<Execution, 'status'>): void {
    this.set({ ...fields, stoppedAt: this.ground.at, deadline: null, visit: null, activity: null });
  }
}

/**
 * The JSON text of a payload.
 * @param what names the state or task in the error.
 * @throws StateError (States.DataLimitExceeded) when it is too large.
 */
export function payloadText(payload: Json, what: string): string {
  const text = JSON.stringify(payload);
  // A UTF-16 unit has at most three bytes in UTF-8, so short texts need no counting.
  if (text.length * 3 > PAYLOAD_LIMIT && Buffer.byteLength(text) > PAYLOAD_LIMIT) {
    throw new StateError({
      error: DATA_LIMIT_EXCEEDED,
      cause: `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    });
  }
  return text;
}
