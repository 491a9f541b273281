import { secondsUntil } from '../../core/instant.ts';
import { deadlineOf, type Stage } from '../approvals/stage.ts';
import { OPEN_STAGES } from '../approvals/stage-store.ts';
import type { Runtime } from '../runtime.ts';

/**
 * How long ago (seconds) the deadline of the longest overdue approval passed; 0 when none is overdue. Open stages are indexed
 * by their deadline, so the first of them says it.
 */
export async function longestOverdueSeconds(runtime: Runtime): Promise<number> {
  const { items } = await runtime.table.query<Stage>({ pk: OPEN_STAGES, index: 'gsi1', limit: 1 });
  const [first] = items;
  return first === undefined ? 0 : Math.max(0, secondsUntil(deadlineOf(first), runtime.clock.now()));
}
