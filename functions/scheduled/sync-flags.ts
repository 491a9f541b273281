import { fetchSnapshot } from '../../lib/platform/flags/fetch-snapshot.ts';
import { storeSnapshot } from '../../lib/platform/flags/snapshot-store.ts';
import { log } from '../../lib/platform/log.ts';
import { type Invocation, watched } from '../invocation.ts';
import { runtime } from '../runtime.ts';

/** Every minute: fetch the flags and keep them, so that no execution ever waits for the flag server. */
export function handler(_event?: unknown, invocation?: Invocation): Promise<void> {
  return watched(invocation, {}, syncFlags);
}

async function syncFlags(): Promise<void> {
  const { clock, flags, table } = await runtime();
  const source = await flags.source();
  if (source === undefined) return log('warn', { event: 'flags-not-synced', reason: 'no flag server is configured' });
  const snapshot = await fetchSnapshot(source, { now: clock.now() });
  await storeSnapshot(table, snapshot);
  log('info', { event: 'flags-synced', digest: snapshot.digest });
}
