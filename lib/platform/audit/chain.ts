import * as z from 'zod';
import { type Digest, digestOf } from '../../core/digest.ts';
import type { Runtime } from '../runtime.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** One chained event: what happened, when, by whom, and the digest of the event before it. */
export const auditEvent = z.strictObject({
  executionId: z.string(),
  seq: z.int().min(1),
  at: z.string(),
  type: z.string(),
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
  eventId: z.string(),
  previous: digest,
  digest,
});
export type AuditEvent = z.infer<typeof auditEvent>;

/** What stands before the first event of every chain. */
export const CHAIN_START: Digest = `sha256:${'0'.repeat(64)}`;

/** Sort keys of events begin so. */
export const EVENT_PREFIX = 'EVENT#';

/** The sort key of an event: six digits keep the order of numbers in the order of text. */
export function eventSortKey(seq: number): string {
  return `${EVENT_PREFIX}${String(seq).padStart(6, '0')}`;
}

/** Closes an event: its digest covers every other member, the previous event's digest among them. */
export function sealEvent(event: Omit<AuditEvent, 'digest'>): AuditEvent {
  return { ...event, digest: digestOf(event) };
}

/** The event without what only the table needs. */
function eventOf(item: AuditEvent): AuditEvent {
  const { executionId, seq, at, type, actor, data, eventId, previous, digest } = item;
  return { executionId, seq, at, type, actor, data, eventId, previous, digest };
}

/** The chained events of an execution, in order. */
export async function readChain(runtime: Runtime, executionId: string): Promise<readonly AuditEvent[]> {
  const items = await runtime.table.queryAll<AuditEvent>({ pk: `EXECUTION#${executionId}`, prefix: EVENT_PREFIX });
  return items.map(eventOf);
}

/** A chain that holds together, or the first event at which it does not. */
export type ChainCheck =
  | { readonly ok: true; readonly length: number; readonly head: Digest }
  | { readonly ok: false; readonly seq: number; readonly problem: 'sequence' | 'execution' | 'previous' | 'digest' };

/**
 * Checks that events follow one another without a gap, that each names the digest of the one before it, and that each has
 * the digest it claims. A truncated tail does not show here: compare length and head with where they were written down.
 */
export function verifyChain(events: readonly AuditEvent[]): ChainCheck {
  let head: string = CHAIN_START;
  for (const [index, event] of events.entries()) {
    const seq = index + 1;
    const { digest: claimed, ...content } = event;
    if (event.seq !== seq) return { ok: false, seq, problem: 'sequence' };
    if (event.executionId !== events[0]?.executionId) return { ok: false, seq, problem: 'execution' };
    if (digestOf(content) !== claimed) return { ok: false, seq, problem: 'digest' };
    if (event.previous !== head) return { ok: false, seq, problem: 'previous' };
    head = claimed;
  }
  return { ok: true, length: events.length, head: head as Digest };
}
