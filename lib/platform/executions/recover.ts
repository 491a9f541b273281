import * as z from 'zod';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { FlowState } from '../contracts/flow.ts';
import { breakOffHandoff } from '../handoffs/end.ts';
import { log } from '../log.ts';
import { settleGovernance } from '../posture/settle.ts';
import { restoreReleases, takeBackRelease } from '../publisher/restore.ts';
import type { Runtime } from '../runtime.ts';
import { closeOpenStages } from './close-stages.ts';
import { concludeExecution } from './conclusion.ts';
import { skillNamed } from './context.ts';
import { rolledBackEnding } from './endings.ts';
import { findExecution } from './execution-store.ts';
import { allGates } from './gates.ts';
import { releaseSlot } from './slots.ts';

/** As much of a fault's message as is kept. */
const MESSAGE_LENGTH = 400;

/** The cause of a failed Lambda task is a JSON text with the error's message in it; other causes are plain text. */
const lambdaCause = z.looseObject({ errorMessage: z.string() });

function messageOf(cause: string | undefined): string {
  if (cause === undefined) return 'No cause was given.';
  try {
    return lambdaCause.parse(JSON.parse(cause)).errorMessage.slice(0, MESSAGE_LENGTH);
  } catch {
    return cause.slice(0, MESSAGE_LENGTH);
  }
}

/** The step that the execution had come to, by the flow and by what the steps before it have left on record. */
function stateOf(record: ExecutionRecord, { verdict, solvedPods }: FlowState): string {
  const [schema, determinism] = allGates(record.gates);
  if (schema?.result === 'not-reached') return 'Preflight';
  if (record.result === undefined)
    return verdict === 'solve-pods' && solvedPods === undefined ? 'SolvePods' : 'Execute';
  if (determinism?.result === 'not-reached') return 'Verify';
  if (determinism?.result === 'fail') return 'RequestOversight';
  const isWaiting = record.status === 'waiting';
  if (record.handsOver === true) return isWaiting ? 'AwaitHandoff' : 'Offer';
  return isWaiting ? 'RequestApproval' : 'Publish';
}

/**
 * Ends an execution that a fault broke off: outcome `rolled-back`, with outputs made of whatever there is, an incident
 * packet and a mail to oversight. The fault counts: with others of its kind it puts the baseline back or raises the posture.
 * What has ended already stays as it ended.
 */
export async function recover(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  const record = await findExecution(runtime, flow.executionId);
  if (record === undefined) {
    log('error', { event: 'fault-without-record', executionId: flow.executionId, skill: flow.skill });
    return flow;
  }
  await releaseSlot(runtime, record.skill, record.executionId);
  await closeOpenStages(runtime, record.executionId);
  await breakOffHandoff(runtime, record.executionId);
  const error = flow.fault?.Error ?? 'States.TaskFailed';
  const fault = { error, state: stateOf(record, flow), message: messageOf(flow.fault?.Cause) };
  const ended = await concludeExecution(runtime, record, rolledBackEnding(record, fault));
  if (ended.outcome !== 'published') await takeBackRelease(runtime, ended);
  // What the count brought about is told now: the sweeper would come within a minute.
  const skill = skillNamed(runtime.skills, record.skill);
  await settleGovernance(runtime, skill);
  await restoreReleases(runtime, skill);
  return flow;
}
