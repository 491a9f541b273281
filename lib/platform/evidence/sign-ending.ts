import { canonicalJson } from '../../core/digest.ts';
import { Conflict } from '../../core/errors.ts';
import { readStages } from '../approvals/stage-store.ts';
import { readChain } from '../audit/chain.ts';
import { changeExecution, owesStatement, readExecution } from '../executions/execution-store.ts';
import { findHandoff } from '../handoffs/handoff-store.ts';
import type { Runtime } from '../runtime.ts';
import { signEnvelope } from './dsse.ts';
import { endingStatementOf } from './ending-statement.ts';
import { STATEMENT_TYPE } from './statement.ts';
import { statementKeyOf } from './statement-key.ts';

/**
 * Signs the statement about an execution's end and keeps it with the execution, unless that was done already or it has not
 * ended. Whoever comes first is kept: an execution has one statement.
 * @throws Conflict while events are still owed to the chain: the statement covers all of them, so it waits.
 * @throws NotFound when there is no such execution or no key; whatever the key's keeper or the artifacts throw. The statement
 * then stays owed.
 */
export async function signEnding(runtime: Runtime, executionId: string): Promise<void> {
  const record = await readExecution(runtime, executionId);
  if (!owesStatement(record)) return;
  const [stages, handoff] = await Promise.all([readStages(runtime, executionId), findHandoff(runtime, executionId)]);
  if (
    [record, ...stages, ...(handoff === undefined ? [] : [handoff])].some(
      ({ pendingEvents }) => pendingEvents.length > 0,
    )
  )
    throw new Conflict(`Execution ${executionId} still owes events to its chain.`);
  const statement = endingStatementOf(record, await readChain(runtime, executionId));
  if (statement === undefined) return;
  const signer = await runtime.signer();
  const payload = Buffer.from(canonicalJson(statement), 'utf8');
  const signed = await signEnvelope(STATEMENT_TYPE, payload, signer);
  const [envelope, key] = await Promise.all([
    runtime.artifacts.put(signed),
    runtime.artifacts.put(statementKeyOf(signer)),
  ]);
  await changeExecution(runtime, executionId, (current) =>
    owesStatement(current) ? { ...current, statement: { envelope, key } } : undefined,
  );
}
