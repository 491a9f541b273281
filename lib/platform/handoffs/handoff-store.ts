import { NotFound } from '../../core/errors.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import type { Item, ItemKey } from '../store/table.ts';
import { HandoffTooLarge } from './errors.ts';
import type { OpenHandoff } from './handoff.ts';

/** The index partitions under which the sweeper finds handoffs with work. */
export const OPEN_HANDOFFS = 'OPEN-HANDOFFS';
export const HANDOFF_OUTBOX = 'HANDOFF-OUTBOX';

/** The sort key of a handoff, of which an execution has one at most. */
export const HANDOFF_SORT_KEY = 'HANDOFF';

/**
 * What an item may hold. DynamoDB takes 400 KB. Answers are refused from the first bound on, so that there is always room for what
 * the system itself must still be able to write: a missed clock, an end, a mail that went out.
 */
const MOST_BYTES = { answer: 300_000, system: 380_000 } as const;

/** Who wants to write. */
export type Writer = keyof typeof MOST_BYTES;

/** The place of an execution's handoff. */
export function handoffKey(executionId: string): ItemKey {
  return { pk: `EXECUTION#${executionId}`, sk: HANDOFF_SORT_KEY };
}

/** The partition of `gsi2` in which a team's due work stands, sorted by due instant. */
export function queueOf(party: string): string {
  return `QUEUE#${party}`;
}

function owesAnything(handoff: OpenHandoff): boolean {
  return handoff.signal === 'pending' || handoff.pendingMails.length > 0 || handoff.pendingEvents.length > 0;
}

/** The handoff with its entries in the work lists: open ones by due instant and by party, ended ones while they owe something. */
function indexed(handoff: OpenHandoff): OpenHandoff {
  const { wait, executionId } = handoff;
  const place = `${wait?.dueAt ?? handoff.updatedAt}#${executionId}`;
  const list = wait === undefined ? (owesAnything(handoff) ? HANDOFF_OUTBOX : undefined) : OPEN_HANDOFFS;
  return {
    ...handoff,
    gsi1pk: list,
    gsi1sk: list === undefined ? undefined : place,
    gsi2pk: wait === undefined ? undefined : queueOf(wait.party),
    gsi2sk: wait === undefined ? undefined : place,
  } as OpenHandoff;
}

/** @throws HandoffTooLarge */
function requireRoom(handoff: OpenHandoff, writer: Writer): void {
  const bytes = Buffer.byteLength(JSON.stringify(handoff));
  if (bytes > MOST_BYTES[writer])
    throw new HandoffTooLarge(`The handoff would take ${bytes} bytes; ${MOST_BYTES[writer]} are the most.`, [
      {
        pointer: '',
        code: 'too-large',
        message: 'A handoff is kept in one item of the table, and its history grows with every answer.',
        mend: 'Keep what is large as an artifact and name its digest, or go on in another handoff of the thread.',
      },
    ]);
}

/**
 * Stores a handoff unless the execution has one.
 * @throws Conflict when it has, HandoffTooLarge.
 */
export async function putNewHandoff(runtime: Runtime, handoff: OpenHandoff): Promise<void> {
  requireRoom(handoff, 'answer');
  await runtime.table.putNew({ ...indexed(handoff), ...handoffKey(handoff.executionId) } as unknown as Item);
}

/** An execution's handoff, or `undefined` where it hands nothing over, or has not come to it. */
export function findHandoff(runtime: Pick<Runtime, 'table'>, executionId: string): Promise<OpenHandoff | undefined> {
  return runtime.table.get<OpenHandoff>(handoffKey(executionId));
}

/** @throws NotFound when the execution has none. */
export async function readHandoff(runtime: Pick<Runtime, 'table'>, executionId: string): Promise<OpenHandoff> {
  const found = await findHandoff(runtime, executionId);
  if (found === undefined)
    throw new NotFound(`Execution ${executionId} hands nothing over, or has not come to it yet.`);
  return found;
}

/**
 * Changes a handoff under optimistic locking and keeps its entries in the work lists. A change that answers the handoff it was
 * given, or `undefined`, writes nothing; it may run several times.
 * @returns the handoff as it stands afterwards.
 * @throws NotFound when the execution has none, Conflict when every attempt lost its race, HandoffTooLarge.
 */
export function changeHandoff(
  runtime: Runtime,
  executionId: string,
  change: (current: OpenHandoff) => OpenHandoff | undefined | Promise<OpenHandoff | undefined>,
  writer: Writer = 'system',
): Promise<OpenHandoff> {
  return changeAggregate<OpenHandoff>(runtime.table, handoffKey(executionId), async (current) => {
    const changed = await change(current);
    if (changed === undefined || changed === current) return undefined;
    const next = indexed({ ...changed, updatedAt: runtime.clock.now() });
    requireRoom(next, writer);
    return next;
  });
}

/** Brings a handoff's entries in the work lists up to date, after somebody drained its events. */
export function reindexHandoff(runtime: Runtime, executionId: string): Promise<OpenHandoff> {
  return changeHandoff(runtime, executionId, (current) => ({ ...current }));
}
