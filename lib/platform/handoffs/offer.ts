import { Conflict } from '../../core/errors.ts';
import { appendAudit } from '../audit/append.ts';
import type { FlowState } from '../contracts/flow.ts';
import { attempt } from '../executions/attempt.ts';
import { withEvent as withRecordEvent } from '../executions/events.ts';
import { changeExecution, readExecution } from '../executions/execution-store.ts';
import { failed, reasonsOf, withGate } from '../executions/gates.ts';
import type { Runtime } from '../runtime.ts';
import { flowOf } from './effects.ts';
import { endHandoff } from './end.ts';
import { type HandoffFile, readHandoffFile } from './file.ts';
import { findHandoff, putNewHandoff, readHandoff } from './handoff-store.ts';
import { requireMailBudget } from './mail-budget.ts';
import { opened } from './move.ts';
import { underClaim } from './work.ts';

/** Stores the handoff unless an earlier run of this step did; what its contract refuses is a gate's business. */
async function openOnce(runtime: Runtime, file: HandoffFile) {
  return attempt(async () => {
    const { executionId } = file.record;
    if ((await findHandoff(runtime, executionId)) !== undefined) return;
    const at = runtime.clock.now();
    const handoff = opened(file, file.protocol.open(file.case, at), at);
    requireMailBudget(file, handoff);
    await underClaim(runtime, file, async () => {
      try {
        await putNewHandoff(runtime, handoff);
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
      }
    });
  });
}

/** Notes what an execution hands over; without the note Publish refuses, so no flow can pass this step by. */
async function note(runtime: Runtime, executionId: string, handsOver: boolean): Promise<void> {
  await changeExecution(runtime, executionId, (current) =>
    current.handsOver === undefined && current.outcome === undefined ? { ...current, handsOver } : undefined,
  );
}

/**
 * Offers what an execution hands over, once gates and people have let it pass: opens its handoff, whose first wait comes next. An
 * execution that hands nothing over, or has been withdrawn, goes on to Publish at once. Safe to run again: the first handoff
 * stays, and so do its due instants.
 * @returns the flow with verdict `await-handoff` and the wait, `publish`, or `block` where the handoff cannot be opened.
 * @throws NotFound when there is no such execution.
 */
export async function offer(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  const { executionId, skill } = flow;
  const read = await attempt(() => readHandoffFile(runtime, executionId));
  const handsOver = read.ok ? read.value.protocol.handsOver(read.value.case.result) : true;
  await note(runtime, executionId, handsOver);
  if (read.ok && (!handsOver || read.value.record.withdrawal !== undefined || read.value.record.outcome !== undefined))
    return { executionId, skill, verdict: 'publish' };
  const stored = read.ok ? await openOnce(runtime, read.value) : read;
  if (!stored.ok) {
    const gate = failed('policy-approval-check', reasonsOf(stored.error));
    const at = runtime.clock.now();
    await changeExecution(runtime, executionId, (current) =>
      current.outcome === undefined
        ? withRecordEvent({ ...current, gates: withGate(current.gates, gate) }, 'handoff-refused', at, {
            reasons: gate.reasons.map(({ code }) => code),
          })
        : undefined,
    );
    return { executionId, skill, verdict: 'block' };
  }
  // The handoff is stored before the record is read, and a withdrawal is recorded before handoffs are: one sees the other.
  const { withdrawal } = await readExecution(runtime, executionId);
  if (withdrawal !== undefined) await endHandoff(runtime, executionId, 'withdraw', withdrawal.by);
  await appendAudit(runtime, executionId);
  return flowOf(await readHandoff(runtime, executionId), runtime.clock.now());
}
