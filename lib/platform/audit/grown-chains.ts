import type { Runtime } from '../runtime.ts';
import type { ItemKey } from '../store/table.ts';
import { eventSortKey } from './chain.ts';
import type { AnchoredChain } from './manifest.ts';

/** Partition that holds the chains which have grown since they were last anchored. */
const GROWN_CHAINS = 'GROWN-CHAINS';

/** How many notes are struck at once. */
const AT_ONCE = 25;

type Note = ItemKey & AnchoredChain;

/**
 * Notes that a chain has grown to a length. Every length has a note of its own, so striking those that were anchored never
 * strikes one that came later; noting the same twice is harmless.
 */
export async function noteGrownChain(runtime: Runtime, chain: AnchoredChain): Promise<void> {
  const { executionId, length, head } = chain;
  const sk = `${executionId}#${eventSortKey(length)}`;
  await runtime.table.put({ pk: GROWN_CHAINS, sk, executionId, length, head });
}

/** The chains that have grown, each as far as it has come, and the notes that say so. */
export async function grownChains(
  runtime: Runtime,
): Promise<{ readonly chains: readonly AnchoredChain[]; readonly notes: readonly ItemKey[] }> {
  const notes = await runtime.table.queryAll<Note>({ pk: GROWN_CHAINS });
  // In order of execution and length: the last note of an execution is the farthest.
  const farthest = new Map(
    notes.map(({ executionId, length, head }) => [executionId, { executionId, length, head }] as const),
  );
  return { chains: [...farthest.values()], notes: notes.map(({ pk, sk }) => ({ pk, sk })) };
}

/** Strikes the notes of chains that are anchored. */
export async function strikeNotes(runtime: Runtime, notes: readonly ItemKey[]): Promise<void> {
  for (let from = 0; from < notes.length; from += AT_ONCE)
    await Promise.all(notes.slice(from, from + AT_ONCE).map((note) => runtime.table.delete(note)));
}
