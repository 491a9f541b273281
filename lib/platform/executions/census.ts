import type { Instant } from '../../core/instant.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { Runtime } from '../runtime.ts';
import { LIVE_EXECUTIONS, OWING_EXECUTIONS, readWorkList } from './execution-store.ts';
import { readTally } from './tally.ts';

/** All executions by state: those that have ended by outcome, the others by status. */
export interface Census {
  readonly at: Instant;
  readonly executions: readonly { readonly state: string; readonly count: number }[];
  /** When the oldest execution was accepted that now waits for people. */
  readonly oldestWaitSince?: Instant;
}

const KEY = { pk: 'TALLY', sk: 'CENSUS' };

/**
 * Counts all executions. What it costs grows with those that have not ended, never with those that have: they are in the
 * tally, and the few that are not yet are in the work list of those that owe something.
 */
export async function takeCensus(runtime: Runtime): Promise<Census> {
  const at = runtime.clock.now();
  const [tally, owing, live] = await Promise.all([
    readTally(runtime),
    readWorkList(runtime, OWING_EXECUTIONS),
    readWorkList(runtime, LIVE_EXECUTIONS),
  ]);
  const counts = new Map<string, number>(Object.entries(tally.counts));
  // The two lists are read one after the other: an execution that moved in between counts once.
  const records = new Map<string, ExecutionRecord>();
  for (const { record, counted } of [...owing, ...live])
    if (!counted && !tally.pending.has(record.executionId)) records.set(record.executionId, record);
  for (const { outcome, status } of records.values()) {
    // To a person, an execution that is being started is one that runs.
    const state = outcome ?? (status === 'starting' ? 'running' : status);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const oldestWaitSince = [...records.values()]
    .filter(({ status, outcome }) => status === 'waiting' && outcome === undefined)
    .map(({ createdAt }) => createdAt)
    .toSorted()[0];
  return {
    at,
    executions: [...counts].map(([state, count]) => ({ state, count })).sort((a, b) => (a.state < b.state ? -1 : 1)),
    ...(oldestWaitSince === undefined ? {} : { oldestWaitSince }),
  };
}

/** Keeps a census for those who may only read one item. */
export async function keepCensus(runtime: Runtime, census: Census): Promise<void> {
  await runtime.table.put({ ...KEY, ...census });
}

/** The census that was kept last, a minute old at most while the sweeper runs; `undefined` before the first. */
export async function lastCensus(runtime: Pick<Runtime, 'table'>): Promise<Census | undefined> {
  const item = await runtime.table.get<Census>(KEY);
  if (item === undefined) return undefined;
  const { at, executions, oldestWaitSince } = item;
  return { at, executions, ...(oldestWaitSince === undefined ? {} : { oldestWaitSince }) };
}
