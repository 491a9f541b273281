import type { Digest } from '../lib/core/digest.ts';
import { parseWith } from '../lib/core/zod-problems.ts';
import {
  type FlowState,
  flowState,
  type PodTask,
  podTask,
  type WaitingTask,
  waitingTask,
} from '../lib/platform/contracts/flow.ts';
import type { LogContext } from '../lib/platform/log.ts';
import type { Runtime } from '../lib/platform/runtime.ts';
import { type Invocation, watched } from './invocation.ts';
import { runtime } from './runtime.ts';

/** Whose step this is, for the log; nothing where the event is no flow, which is then refused. */
function contextOf(flow: Pick<FlowState, 'executionId' | 'skill'> | undefined): LogContext {
  return flow === undefined ? {} : { executionId: flow.executionId, skill: flow.skill };
}

/** Makes a handler of a task state's work: it takes the flow and answers the next one. */
export function stepHandler(work: (runtime: Runtime, flow: FlowState) => Promise<FlowState>) {
  return (event: unknown, invocation?: Invocation): Promise<FlowState> =>
    watched(invocation, contextOf(flowState.safeParse(event).data), async () =>
      work(await runtime(), parseWith(flowState, event, 'The flow')),
    );
}

/** Makes a handler of the work of a Map's child, which takes one pod and answers the digest of what became of it. */
export function podHandler(work: (runtime: Runtime, task: PodTask) => Promise<Digest>) {
  return (event: unknown, invocation?: Invocation): Promise<Digest> =>
    watched(invocation, contextOf(podTask.safeParse(event).data), async () =>
      work(await runtime(), parseWith(podTask, event, 'The pod')),
    );
}

/** Makes a handler of the work of a state that waits for its task token, which ends the wait. */
export function waitHandler(work: (runtime: Runtime, task: WaitingTask) => Promise<void>) {
  return (event: unknown, invocation?: Invocation): Promise<void> =>
    watched(invocation, contextOf(waitingTask.safeParse(event).data?.flow), async () =>
      work(await runtime(), parseWith(waitingTask, event, 'The waiting task')),
    );
}
