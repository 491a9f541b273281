import type { Table } from '../store/table.ts';
import { type FlagSnapshot, readSnapshot } from './snapshot.ts';

const KEY = { pk: 'FLAGS', sk: 'SNAPSHOT' };

/** Keeps the last good snapshot; a fetch that failed never gets here, so what was good stays. */
export async function storeSnapshot(table: Table, snapshot: FlagSnapshot): Promise<void> {
  await table.put({ ...KEY, snapshot: JSON.stringify(snapshot) });
}

/**
 * The last good snapshot, or `undefined` when none was ever stored.
 * @throws InvalidInput, IntegrityError when the stored snapshot is damaged.
 */
export async function lastSnapshot(table: Table): Promise<FlagSnapshot | undefined> {
  const item = await table.get<{ snapshot: string }>(KEY);
  return item === undefined ? undefined : readSnapshot(JSON.parse(item.snapshot));
}
