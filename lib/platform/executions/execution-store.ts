import { NotFound } from '../../core/errors.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import type { Item, ItemKey } from '../store/table.ts';

/** What the table adds to a record: its place, and its line in the listing of its month. */
type ExecutionItem = ExecutionRecord &
  ItemKey & { readonly gsi1pk: string; readonly gsi1sk: string; readonly gsi2pk?: string; readonly gsi2sk?: string };

/** Partition of `gsi2` that holds the executions which owe something: a start, a mail, an event. */
export const OWING_EXECUTIONS = 'OWING-EXECUTIONS';

/** Whether something is left to do for an execution that no step of its own will do. */
export function owesSomething(record: ExecutionRecord): boolean {
  return record.status === 'starting' || record.pendingMails.length > 0 || record.pendingEvents.length > 0;
}

/** The place of an execution's record in the table. */
export function executionKey(executionId: string): ItemKey {
  return { pk: `EXECUTION#${executionId}`, sk: 'EXECUTION' };
}

function itemOf(record: ExecutionRecord): ExecutionItem {
  return {
    ...record,
    ...executionKey(record.executionId),
    gsi1pk: `EXECUTIONS#${record.createdAt.slice(0, 7)}`,
    gsi1sk: `${record.createdAt}#${record.executionId}`,
    ...(owesSomething(record) ? { gsi2pk: OWING_EXECUTIONS, gsi2sk: `${record.createdAt}#${record.executionId}` } : {}),
  };
}

/** The record without what only the table needs. */
export function recordOf(item: ExecutionRecord & Partial<ExecutionItem>): ExecutionRecord {
  const { pk: _pk, sk: _sk, gsi1pk: _1pk, gsi1sk: _1sk, gsi2pk: _2pk, gsi2sk: _2sk, ...record } = item;
  return record;
}

/**
 * Stores a new execution.
 * @throws Conflict when an execution of this id exists.
 */
export async function createExecution(runtime: Runtime, record: ExecutionRecord): Promise<void> {
  await runtime.table.putNew(itemOf(record) as unknown as Item);
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
    return next === undefined ? undefined : itemOf(next);
  });
  return recordOf(changed);
}
