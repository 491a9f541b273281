import { Conflict, NotFound } from '../../core/errors.ts';
import type { Item, ItemKey, Table } from './table.ts';

/** How often a lost race is tried again before the caller hears of it. */
const ATTEMPTS = 12;

/**
 * Changes an aggregate under optimistic locking: read, compute, write if nobody else wrote; a lost race reads anew.
 * `change` must be pure but for writing what may be written twice: it may run several times. Returning `undefined` leaves the aggregate as it is.
 * @returns the aggregate as it stands afterwards.
 * @throws NotFound when there is no such aggregate, Conflict when every attempt lost its race.
 */
export async function changeAggregate<T extends { readonly version: number }>(
  table: Table,
  key: ItemKey,
  change: (current: T) => T | undefined | Promise<T | undefined>,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const current = await table.get<T & ItemKey>(key);
    if (current === undefined) throw new NotFound(`There is no item ${key.pk} ${key.sk}.`);
    const changed = await change(current);
    if (changed === undefined) return current;
    const next = { ...changed, version: current.version + 1 };
    try {
      await table.putVersion({ ...next, ...key } as unknown as Item, current.version);
      return next;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
    }
  }
  throw new Conflict(`The item ${key.pk} ${key.sk} is written by too many at once; try again.`);
}
