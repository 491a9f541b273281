import { Conflict } from '../../core/errors.ts';
import { currentDirectory } from '../configuration/directory-store.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { Runtime } from '../runtime.ts';
import { acceptExecution, finishStarting } from './accept.ts';
import { loadContext } from './context.ts';
import { withEvent } from './events.ts';
import { derivedExecutionId } from './execution-id.ts';
import { changeExecution, findExecution, readExecution } from './execution-store.ts';
import { answerOf, type StartResult } from './start.ts';

/** Takes the re-run on, or finds the one that was taken on before. */
async function takeOn(runtime: Runtime, record: ExecutionRecord, rerunId: string): Promise<StartResult> {
  const repeated: StartResult = { kind: 'accepted', executionId: rerunId, repeated: true };
  const existing = await findExecution(runtime, rerunId);
  if (existing !== undefined) {
    await finishStarting(runtime, existing);
    return repeated;
  }
  const { skill, request, erased } = await loadContext(runtime, record);
  if (erased !== undefined) throw erased;
  const accepted = await acceptExecution(runtime, {
    skill,
    executionId: rerunId,
    accountId: record.accountId,
    bodyDigest: record.bodyDigest,
    request,
    requester: record.requester,
    directory: await currentDirectory(runtime),
    at: runtime.clock.now(),
    rerunOf: record.executionId,
  });
  return accepted.kind === 'exists' ? repeated : answerOf(accepted);
}

/**
 * Starts a new execution of the same request in the place of one that was escalated or broken off: same requester, today's
 * directory, flag and configuration. Asking again gives the same new execution.
 * @param by the person or caller who ordered it.
 * @throws Conflict when the execution was published: there is nothing to run again.
 * @throws Erased when its payload was erased: there is nothing to run again.
 * @throws NotFound when there is no such execution, IntegrityError or InvalidInput when its request is damaged.
 */
export async function rerunExecution(runtime: Runtime, executionId: string, by: string): Promise<StartResult> {
  const record = await readExecution(runtime, executionId);
  if (record.outcome === 'published')
    throw new Conflict(`Execution ${executionId} was published; it is not run again.`);
  const rerunId = derivedExecutionId('rerun', executionId);
  const result = await takeOn(runtime, record, rerunId);
  if (result.kind === 'accepted') {
    const at = runtime.clock.now();
    await changeExecution(runtime, executionId, (current) =>
      current.rerunAs === rerunId
        ? undefined
        : withEvent({ ...current, rerunAs: rerunId }, 're-run-ordered', at, { rerunAs: rerunId }, by),
    );
  }
  return result;
}
