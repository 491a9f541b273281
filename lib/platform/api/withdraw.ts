import { withdrawStages } from '../approvals/withdraw.ts';
import { appendAudit } from '../audit/append.ts';
import { currentDirectory } from '../configuration/directory-store.ts';
import { changeExecution, readExecution } from '../executions/execution-store.ts';
import { checkWithdrawable, endHandoff } from '../handoffs/end.ts';
import type { Runtime } from '../runtime.ts';
import { Forbidden, NotPossibleNow } from './errors.ts';

/**
 * Withdraws an execution on its requester's word. A waiting one ends at once; one that computes ends before it would
 * publish. A handoff that the other side has accepted is not the requester's alone any more.
 * @throws NotFound, Forbidden for anybody but the requester, NotPossibleNow when it has ended, and whatever the handoff's protocol
 * throws where it cannot be withdrawn: nothing is recorded then.
 */
export async function withdrawExecution(
  runtime: Runtime,
  executionId: string,
  caller: string,
): Promise<{ executionId: string; status: string }> {
  const record = await readExecution(runtime, executionId);
  const directory = await currentDirectory(runtime);
  const by = directory.personByPrincipal(caller)?.id;
  if (by !== record.requester.personId && caller !== record.requester.caller)
    throw new Forbidden('Only the requester can withdraw an execution.');
  const actor = by ?? record.requester.personId;
  await checkWithdrawable(runtime, executionId, actor);
  const at = runtime.clock.now();
  const changed = await changeExecution(runtime, executionId, (current) => {
    if (current.outcome !== undefined)
      throw new NotPossibleNow(`The execution has ended as ${current.outcome}; there is nothing to withdraw.`);
    if (current.withdrawal !== undefined) return undefined;
    const event = { eventId: `withdrawal:${executionId}`, at, type: 'withdrawal-asked', actor, data: {} };
    return {
      ...current,
      updatedAt: at,
      withdrawal: { by: actor, at },
      pendingEvents: [...current.pendingEvents, event],
    };
  });
  const closed =
    (await withdrawStages(runtime, executionId, actor)) || (await endHandoff(runtime, executionId, 'withdraw', actor));
  await appendAudit(runtime, executionId);
  return { executionId, status: closed ? 'withdrawn' : changed.status };
}
