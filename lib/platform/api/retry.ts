import type { ExecutionRecord } from '../contracts/execution.ts';
import { readExecution } from '../executions/execution-store.ts';
import { failures } from '../executions/gates.ts';
import { rerunExecution } from '../executions/rerun.ts';
import type { StartResult } from '../executions/start.ts';
import { closeFollowUpAbout } from '../follow-ups/follow-up-store.ts';
import type { Runtime } from '../runtime.ts';
import { Forbidden, NotPossibleNow } from './errors.ts';
import { administratorOf } from './operator.ts';

/** A fault broke it off, or its version was rolled back before it could publish. Whatever people or policy decided stays. */
function mayRunAgain({ outcome, gates }: ExecutionRecord): boolean {
  return outcome === 'rolled-back' || failures(gates).some(({ code }) => code === 'ConfigurationRolledBack');
}

/**
 * Runs an execution again that a fault broke off: a new execution of the same request, linked with the old one both ways.
 * Asking again gives the same new execution. The follow-up of the old one is done with it.
 * @param by the person or operator who ordered it.
 * @throws NotFound when there is no such execution, NotPossibleNow when it ended otherwise or has not ended.
 */
export async function runAgain(runtime: Runtime, executionId: string, by: string): Promise<StartResult> {
  const record = await readExecution(runtime, executionId);
  if (!mayRunAgain(record)) {
    const stands = record.outcome === undefined ? 'has not ended' : `ended as ${record.outcome}`;
    throw new NotPossibleNow(`The execution ${stands}; only one that a fault broke off is run again.`);
  }
  const result = await rerunExecution(runtime, executionId, by);
  if (result.kind === 'accepted')
    await closeFollowUpAbout(runtime, executionId, { by, note: `Run again as ${result.executionId}.` });
  return result;
}

/**
 * Runs an execution again on the word of its requester or an administrator.
 * @throws NotFound, Forbidden for anybody else, NotPossibleNow
 */
export async function retryExecution(runtime: Runtime, executionId: string, caller: string): Promise<StartResult> {
  const { requester } = await readExecution(runtime, executionId);
  const administrator = await administratorOf(runtime, caller);
  if (administrator === undefined && caller !== requester.caller)
    throw new Forbidden('Only the requester or an administrator can run an execution again.');
  return runAgain(runtime, executionId, administrator ?? requester.personId);
}
