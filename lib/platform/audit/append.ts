import { Conflict } from '../../core/errors.ts';
import { changeStage } from '../approvals/stage-store.ts';
import type { PendingEvent } from '../contracts/execution.ts';
import { changeExecution } from '../executions/execution-store.ts';
import { changeHandoff, HANDOFF_SORT_KEY } from '../handoffs/handoff-store.ts';
import type { Runtime } from '../runtime.ts';
import type { ItemKey } from '../store/table.ts';
import { type AuditEvent, CHAIN_START, EVENT_PREFIX, eventSortKey, sealEvent } from './chain.ts';
import { noteGrownChain } from './grown-chains.ts';

/** An aggregate that owes events: the execution's record, one of its stages (oversight among them), or its handoff. */
interface Debtor extends ItemKey {
  readonly pendingEvents?: readonly PendingEvent[];
  /** The stage's number; a record has none. */
  readonly stage?: number;
}

/** How often another appender may get in between before this one gives up; the sweeper comes again. */
const ATTEMPTS = 20;

/** What the items of one execution say: its chain so far, and who still owes events. */
interface Ledger {
  readonly chain: readonly AuditEvent[];
  readonly debtors: readonly Debtor[];
}

/** Whether an aggregate is the execution's own record. */
const isRecord = ({ sk, stage }: Debtor): boolean => stage === undefined && sk !== HANDOFF_SORT_KEY;

async function readLedger(runtime: Runtime, executionId: string): Promise<Ledger> {
  const items = await runtime.table.queryAll<ItemKey>({ pk: `EXECUTION#${executionId}` });
  return {
    chain: items.filter(({ sk }) => sk.startsWith(EVENT_PREFIX)) as (ItemKey & AuditEvent)[],
    // What they owe comes before what the record owes at the same instant: an execution ends after its stages and its handoff.
    debtors: (items as Debtor[])
      .filter(({ pendingEvents = [] }) => pendingEvents.length > 0)
      .sort((a, b) => Number(isRecord(a)) - Number(isRecord(b))),
  };
}

/** What is owed and not chained yet, in order of time; an aggregate's own order breaks ties. */
function unchained({ chain, debtors }: Ledger): PendingEvent[] {
  const chained = new Set(chain.map(({ eventId }) => eventId));
  const owed = debtors.flatMap(({ pendingEvents = [] }) => pendingEvents);
  const once = new Map(owed.filter(({ eventId }) => !chained.has(eventId)).map((event) => [event.eventId, event]));
  return [...once.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** A chain after it was extended: the ids of its events, its length and its head. */
interface Extended {
  readonly chained: ReadonlySet<string>;
  readonly length: number;
  readonly head: string;
}

/**
 * Puts what is owed behind the chain's last event.
 * @returns the chain as it stands now, or `undefined` when another appender got in between.
 */
async function extendChain(runtime: Runtime, executionId: string, ledger: Ledger): Promise<Extended | undefined> {
  const chained = new Set(ledger.chain.map(({ eventId }) => eventId));
  let seq = ledger.chain.length;
  let previous: string = ledger.chain.at(-1)?.digest ?? CHAIN_START;
  for (const { eventId, at, type, actor, data } of unchained(ledger)) {
    seq += 1;
    const event = sealEvent({ executionId, seq, at, type, actor, data, eventId, previous });
    try {
      await runtime.table.putNew({ pk: `EXECUTION#${executionId}`, sk: eventSortKey(seq), ...event });
    } catch (error) {
      if (error instanceof Conflict) return undefined;
      throw error;
    }
    previous = event.digest;
    chained.add(eventId);
  }
  return { chained, length: seq, head: previous };
}

/** Strikes the chained events from what an aggregate owes; events that joined in the meantime stay. */
async function settle(
  runtime: Runtime,
  executionId: string,
  debtor: Debtor,
  chained: ReadonlySet<string>,
): Promise<void> {
  const struck = <T extends { readonly pendingEvents: readonly PendingEvent[] }>(current: T): T | undefined => {
    const left = current.pendingEvents.filter(({ eventId }) => !chained.has(eventId));
    return left.length === current.pendingEvents.length ? undefined : { ...current, pendingEvents: left };
  };
  if (debtor.sk === HANDOFF_SORT_KEY) await changeHandoff(runtime, executionId, struck);
  else if (debtor.stage === undefined) await changeExecution(runtime, executionId, struck);
  else await changeStage(runtime, executionId, debtor.stage, struck);
}

/**
 * Drains the events that the aggregates of an execution owe into its chain. Safe at any time, by anyone, twice and at once:
 * an event is put only where none stands, what is chained already is skipped, and a debt is struck only once it is chained.
 * @throws Conflict when others kept getting in between; nothing is lost, the debt remains.
 */
export async function appendAudit(runtime: Runtime, executionId: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const ledger = await readLedger(runtime, executionId);
    if (ledger.debtors.length === 0) return;
    const extended = await extendChain(runtime, executionId, ledger);
    if (extended === undefined) continue;
    const { chained, length, head } = extended;
    // Before the debt is struck: whoever crashes in between still owes, and comes here again.
    await noteGrownChain(runtime, { executionId, length, head });
    for (const debtor of ledger.debtors) await settle(runtime, executionId, debtor, chained);
    return;
  }
  throw new Conflict(`The chain of execution ${executionId} is written by too many at once; try again.`);
}
