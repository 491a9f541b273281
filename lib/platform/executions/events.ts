import type { Instant } from '../../core/instant.ts';
import type { ExecutionRecord, PendingEvent } from '../contracts/execution.ts';

/**
 * The record with one more event to chain. The id is made of the type, so a step that is tried again adds nothing: each
 * of these events happens once in an execution's life.
 */
export function withEvent(
  record: ExecutionRecord,
  type: string,
  at: Instant,
  data: PendingEvent['data'],
  actor = 'system',
): ExecutionRecord {
  const event: PendingEvent = { eventId: `${type}:${record.executionId}`, at, type, actor, data };
  if (record.pendingEvents.some(({ eventId }) => eventId === event.eventId)) return record;
  return { ...record, updatedAt: at, pendingEvents: [...record.pendingEvents, event] };
}
