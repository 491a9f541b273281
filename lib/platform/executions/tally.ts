import { Conflict } from '../../core/errors.ts';
import type { Outcome } from '../contracts/outcome.ts';
import type { Runtime } from '../runtime.ts';
import { isCounted, markCounted } from './execution-store.ts';

/** How many executions one write of the tally takes up. */
const BATCH = 200;
const ATTEMPTS = 12;

type Counts = { readonly [outcome in Outcome]?: number };

/** Every execution that has ended, counted by its outcome. */
interface Tally {
  readonly version: number;
  readonly counts: Counts;
  /** Counted, and perhaps not marked as such yet: a crash in between must not count them twice. */
  readonly pending: readonly string[];
}

/** An execution that has ended and is to be counted. */
export interface Ended {
  readonly executionId: string;
  readonly outcome: Outcome;
}

const KEY = { pk: 'TALLY', sk: 'ENDED' };

async function read(runtime: Runtime): Promise<Tally> {
  return (await runtime.table.get<Tally>(KEY)) ?? { version: 0, counts: {}, pending: [] };
}

async function write(runtime: Runtime, tally: Tally): Promise<boolean> {
  const next = { ...KEY, ...tally, version: tally.version + 1 };
  try {
    if (tally.version === 0) await runtime.table.putNew(next);
    else await runtime.table.putVersion(next, tally.version);
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}

/**
 * Changes the tally under its version. Whatever `change` reads comes after the tally itself was read, so another counter's
 * work is either seen or makes the write fail.
 */
async function changeTally(runtime: Runtime, change: (tally: Tally) => Promise<Tally> | Tally): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1)
    if (await write(runtime, await change(await read(runtime)))) return;
  throw new Conflict('The tally of executions is written by too many at once; try again.');
}

async function countBatch(runtime: Runtime, batch: readonly Ended[]): Promise<void> {
  await changeTally(runtime, async (tally) => {
    const counts: { [outcome in Outcome]?: number } = { ...tally.counts };
    const pending = new Set(tally.pending);
    for (const { executionId, outcome } of batch) {
      // The list that names them lags behind; the record itself says whether it was counted.
      if (pending.has(executionId) || (await isCounted(runtime, executionId))) continue;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      pending.add(executionId);
    }
    return { ...tally, counts, pending: [...pending] };
  });
  const done = new Set(batch.map(({ executionId }) => executionId));
  for (const executionId of done) await markCounted(runtime, executionId);
  await changeTally(runtime, (tally) => ({ ...tally, pending: tally.pending.filter((id) => !done.has(id)) }));
}

/**
 * Counts executions that have ended, each exactly once, however often it is named and wherever a crash falls: the tally
 * remembers those that it has counted until their records say so.
 * @throws Conflict when others kept getting in between; nothing is lost.
 */
export async function countEnded(runtime: Runtime, ended: readonly Ended[]): Promise<void> {
  for (let from = 0; from < ended.length; from += BATCH) await countBatch(runtime, ended.slice(from, from + BATCH));
}

/** How many executions have ended with each outcome, and which of those are counted without their records saying so yet. */
export async function readTally(
  runtime: Runtime,
): Promise<{ readonly counts: Counts; readonly pending: ReadonlySet<string> }> {
  const { counts, pending } = await read(runtime);
  return { counts, pending: new Set(pending) };
}
