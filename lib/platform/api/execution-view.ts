import type * as z from 'zod';
import { waitingFor } from '../approvals/records.ts';
import { readStages } from '../approvals/stage-store.ts';
import { appendAudit } from '../audit/append.ts';
import { readChain } from '../audit/chain.ts';
import type { executionTrace, executionView } from '../contracts/api.ts';
import { owesStatement, readExecution } from '../executions/execution-store.ts';
import { findHandoff } from '../handoffs/handoff-store.ts';
import { waitingForHandoff } from '../handoffs/waiting-for.ts';
import type { Runtime } from '../runtime.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import { summaryOf } from './list-executions.ts';

/**
 * Where an execution stands: what it waits for, or its three outputs.
 * @throws NotFound
 */
export async function viewExecution(runtime: Runtime, executionId: string): Promise<z.infer<typeof executionView>> {
  const record = await readExecution(runtime, executionId);
  const waits = record.outcome === undefined ? waitingFor(await readStages(runtime, executionId)) : undefined;
  const handoff =
    record.outcome === undefined && record.handsOver === true ? await findHandoff(runtime, executionId) : undefined;
  const offered = waitingForHandoff(handoff);
  const outputs = record.outputs;
  return {
    ...summaryOf(record),
    configuration: record.configuration,
    gates: [...record.gates],
    ...(waits === undefined ? {} : { waitingFor: waits }),
    ...(offered === undefined ? {} : { waitingForHandoff: offered }),
    ...(record.fault === undefined ? {} : { fault: { error: record.fault.error, state: record.fault.state } }),
    ...(record.rerunAs === undefined ? {} : { rerunAs: record.rerunAs }),
    ...(record.erasures === undefined
      ? {}
      : { erasures: record.erasures.map(({ at, by, record: of, done }) => ({ at, by, record: of, finished: done })) }),
    ...(record.outcome === undefined ? {} : { evidence: owesStatement(record) ? 'owed' : 'signed' }),
    ...(outputs === undefined
      ? {}
      : {
          outputs: {
            primary_artifact_bundle: await runtime.artifacts.get(outputs.primaryArtifactBundle),
            execution_scorecard: await runtime.artifacts.get(outputs.executionScorecard),
            handoff_packet: await runtime.artifacts.get(outputs.handoffPacket),
          } as NonNullable<z.infer<typeof executionView>['outputs']>,
        }),
  };
}

/**
 * The steps of an execution with why and why not: its chained events, and every rule and factor that was weighed.
 * @throws NotFound
 */
export async function traceExecution(runtime: Runtime, executionId: string): Promise<z.infer<typeof executionTrace>> {
  const record = await readExecution(runtime, executionId);
  await appendAudit(runtime, executionId);
  const chain = await readChain(runtime, executionId);
  const result =
    record.result === undefined ? undefined : ((await runtime.artifacts.get(record.result)) as SkillResult);
  return {
    executionId,
    steps: chain.map(({ seq, at, type, actor, data }) => ({ seq, at, type, actor, data })),
    decisions: (result?.trace ?? []).map(({ id, met, because, detail }) => ({ id, met, because, detail })),
    gates: [...record.gates],
  };
}
