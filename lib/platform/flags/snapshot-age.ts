import { epochMilliseconds, type Instant } from '../../core/instant.ts';
import type { FlagSnapshot } from './snapshot.ts';

/** A snapshot older than this (seconds) means that flags are no longer synced. */
export const STALE_FLAGS_SECONDS = 15 * 60;

/** Whole seconds since a snapshot was fetched; never negative, whatever the clocks say. */
export function snapshotAgeSeconds({ fetchedAt }: Pick<FlagSnapshot, 'fetchedAt'>, now: Instant): number {
  return Math.max(0, Math.floor((epochMilliseconds(now) - epochMilliseconds(fetchedAt)) / 1000));
}
