import { NotFound } from '../../core/errors.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import type { Item, ItemKey } from '../store/table.ts';

/** What the table adds to a record: its place, and its line in the listing of its month. */
type ExecutionItem = ExecutionRecord &
  ItemKey & {
    readonly gsi1pk: string;
    readonly gsi1sk: string;
    readonly gsi2pk?: string;
    readonly gsi2sk?: string;
    /** The tally of ended executions has it. */
    readonly counted?: true;
  };

/**
 * Partition of `gsi2` that holds the executions which owe something: a start, a mail, an event, their place in a count, the
 * statement about their end.
 */
export const OWING_EXECUTIONS = 'OWING-EXECUTIONS';

/** Partition of `gsi2` that holds the other executions which have not ended. */
export const LIVE_EXECUTIONS = 'LIVE-EXECUTIONS';

/** Whether the statement about an execution's end is still to be signed. */
export function owesStatement({ outcome, statement }: Pick<ExecutionRecord, 'outcome' | 'statement'>): boolean {
  return outcome !== undefined && statement === undefined;
}

/** Whether something is left to do for an execution that no step of its own will do. */
function owesSomething(record: ExecutionRecord, counted: boolean): boolean {
  const { status, outcome, failure, pendingMails, pendingEvents } = record;
  const uncounted = (outcome !== undefined && !counted) || failure?.counted === false;
  const unerased = record.erasures?.some(({ done }) => !done) === true;
  const unsettled = unerased || uncounted || owesStatement(record);
  return unsettled || status === 'starting' || pendingMails.length > 0 || pendingEvents.length > 0;
}

/** The work list that an execution stands in; one that has ended and owes nothing stands in none. */
function workListOf(record: ExecutionRecord, counted: boolean): string | undefined {
  if (owesSomething(record, counted)) return OWING_EXECUTIONS;
  return record.outcome === undefined ? LIVE_EXECUTIONS : undefined;
}

/** The place of an execution's record in the table. */
export function executionKey(executionId: string): ItemKey {
  return { pk: `EXECUTION#${executionId}`, sk: 'EXECUTION' };
}

function itemOf(record: ExecutionRecord, counted: boolean): ExecutionItem {
  const gsi2pk = workListOf(record, counted);
  return {
    ...record,
    ...executionKey(record.executionId),
    gsi1pk: `EXECUTIONS#${record.createdAt.slice(0, 7)}`,
    gsi1sk: `${record.createdAt}#${record.executionId}`,
    ...(gsi2pk === undefined ? {} : { gsi2pk, gsi2sk: `${record.createdAt}#${record.executionId}` }),
    ...(counted ? { counted } : {}),
  };
}

/** The record without what only the table needs. */
export function recordOf(item: ExecutionRecord & Partial<ExecutionItem>): ExecutionRecord {
  const { pk: _pk, sk: _sk, gsi1pk: _1pk, gsi1sk: _1sk, gsi2pk: _2pk, gsi2sk: _2sk, counted: _c, ...record } = item;
  return record;
}

/**
 * Stores a new execution.
 * @throws Conflict when an execution of this id exists.
 */
export async function createExecution(runtime: Runtime, record: ExecutionRecord): Promise<void> {
  await runtime.table.putNew(itemOf(record, false) as unknown as Item);
}

/** The execution of this id, or `undefined`. */
export async function findExecution(runtime: Runtime, executionId: string): Promise<ExecutionRecord | undefined> {
  const item = await runtime.table.get<ExecutionItem>(executionKey(executionId));
  return item === undefined ? undefined : recordOf(item);
}

/** @throws NotFound when there is no such execution. */
export async function readExecution(runtime: Runtime, executionId: string): Promise<ExecutionRecord> {
  const record = await findExecution(runtime, executionId);
  if (record === undefined) throw new NotFound(`There is no execution ${executionId}.`);
  return record;
}

/**
 * Changes an execution under optimistic locking; `change` may run several times, and `undefined` leaves it as it is.
 * @returns the execution as it stands afterwards.
 * @throws NotFound, Conflict
 */
export async function changeExecution(
  runtime: Runtime,
  executionId: string,
  change: (current: ExecutionRecord) => ExecutionRecord | undefined,
): Promise<ExecutionRecord> {
  const changed = await changeAggregate<ExecutionItem>(runtime.table, executionKey(executionId), (item) => {
    const next = change(recordOf(item));
    return next === undefined ? undefined : itemOf(next, item.counted === true);
  });
  return recordOf(changed);
}

/** Whether the tally has this execution; `true` also when there is none of the id. */
export async function isCounted(runtime: Runtime, executionId: string): Promise<boolean> {
  const item = await runtime.table.get<ExecutionItem>(executionKey(executionId));
  return item === undefined || item.counted === true;
}

/**
 * Notes that the tally has an ended execution.
 * @throws NotFound, Conflict
 */
export async function markCounted(runtime: Runtime, executionId: string): Promise<void> {
  await changeAggregate<ExecutionItem>(runtime.table, executionKey(executionId), (item) =>
    item.counted === true ? undefined : itemOf(recordOf(item), true),
  );
}

/** The executions of a work list, oldest first, each with whether the tally has it. */
export async function readWorkList(
  runtime: Runtime,
  list: typeof OWING_EXECUTIONS | typeof LIVE_EXECUTIONS,
): Promise<readonly { readonly record: ExecutionRecord; readonly counted: boolean }[]> {
  const items = await runtime.table.queryAll<ExecutionItem>({ index: 'gsi2', pk: list });
  return items.map((item) => ({ record: recordOf(item), counted: item.counted === true }));
}
