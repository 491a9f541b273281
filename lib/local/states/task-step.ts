import type { Json } from '../../core/json.ts';
import { fillTemplate, type Sources, sourcesOf, throughPath, withResult } from './data-flow.ts';
import type { Seconds, TaskState } from './definition.ts';
import { type Draft, payloadText } from './draft.ts';
import { handling } from './error-handling.ts';
import type { TaskActivity, Visit } from './execution.ts';
import { HEARTBEAT_TIMEOUT, runtimeError, StateError, type StateFailure, TIMEOUT } from './failure.ts';
import { causeOf, type Invocation, type InvocationResult, invokeOutput } from './lambda.ts';
import { current, leave } from './movement.ts';
import { taskFailed, taskScheduled, taskStarted, taskSubmitted, taskSucceeded, taskTimedOut } from './task-events.ts';

/** A task that can be sent out. */
interface Prepared extends Invocation {
  readonly timeoutSeconds: number | null;
  readonly heartbeatSeconds: number | null;
  /** What the history shows as its parameters or input. */
  readonly shown: Json;
}

/** Schedules the task of the state: its function is to be invoked now. */
export function runTask(draft: Draft, state: TaskState, visit: Visit): void {
  handling(draft, state, visit, () => {
    if (draft.isFull) throw runtimeError('The execution reached the maximum number of history events (25000).');
    const scheduledEventId = draft.execution.lastEventId + 1;
    const task = prepare(draft, state, visit, scheduledEventId);
    const text = payloadText(task.shown, visit.state);
    taskScheduled(draft, state.resource, text, task);
    taskStarted(draft, state.resource);
    const { at } = draft.ground;
    const { heartbeatSeconds } = task;
    draft.set({
      activity: {
        phase: 'task',
        scheduledEventId,
        submitted: false,
        timeoutAt: task.timeoutSeconds === null ? null : at + task.timeoutSeconds * 1000,
        heartbeatSeconds,
        heartbeatAt: heartbeatSeconds === null ? null : at + heartbeatSeconds * 1000,
      },
    });
  });
}

/** What to invoke for the task that is out: the same as when it was scheduled, down to its token. */
export function invocationOf(draft: Draft): Invocation {
  const { state, visit, activity } = openTask(draft);
  return prepare(draft, state, visit, activity.scheduledEventId);
}

/** The function returned or threw. */
export function functionReturned(draft: Draft, result: InvocationResult): void {
  const { state, visit, activity } = openTask(draft);
  handling(draft, state, visit, () => {
    if (!result.ok) return fail(draft, state, { error: result.errorType, cause: causeOf(result) });
    const { resource } = state;
    const output = resource.kind === 'invoke' ? invokeOutput(invocationOf(draft), result.payload) : result.payload;
    const text = resultText(draft, state, output);
    if (resource.kind === 'function' || !resource.waitForTaskToken) return succeed(draft, state, visit, output, text);
    taskSubmitted(draft, resource, text);
    draft.set({ activity: { ...activity, submitted: true } });
  });
}

/** Somebody completed the task by its token; what the function returns no longer matters. */
export function tokenSucceeded(draft: Draft, outputText: string): void {
  const { state, visit } = openTask(draft);
  handling(draft, state, visit, () => succeed(draft, state, visit, JSON.parse(outputText) as Json, outputText));
}

/** Somebody failed the task by its token. */
export function tokenFailed(draft: Draft, error: string | undefined, cause: string | undefined): void {
  const { state, visit } = openTask(draft);
  const failure = { error: error ?? '', ...(cause === undefined ? {} : { cause }) };
  handling(draft, state, visit, () => fail(draft, state, failure));
}

/** Whoever works on the task is alive: the heartbeat's time starts again. */
export function heartbeat(draft: Draft): void {
  const { activity } = openTask(draft);
  if (activity.heartbeatSeconds === null) return;
  draft.set({ activity: { ...activity, heartbeatAt: draft.ground.at + activity.heartbeatSeconds * 1000 } });
}

/** The task's time is over, or its heartbeat was missed: both are a States.Timeout, the second also a States.HeartbeatTimeout. */
export function timeOutTask(draft: Draft, missedHeartbeat: boolean): void {
  const { state, visit } = openTask(draft);
  handling(draft, state, visit, () => {
    taskTimedOut(draft, state.resource);
    throw new StateError({ error: TIMEOUT, ...(missedHeartbeat ? { alias: HEARTBEAT_TIMEOUT } : {}) });
  });
}

function openTask(draft: Draft): { readonly state: TaskState; readonly visit: Visit; readonly activity: TaskActivity } {
  const { state, visit } = current(draft);
  const { activity } = draft.execution;
  if (state.type !== 'Task' || activity?.phase !== 'task')
    throw new TypeError(`The state ${visit.state} has no open task.`);
  return { state, visit, activity };
}

function prepare(draft: Draft, state: TaskState, visit: Visit, scheduledEventId: number): Prepared {
  const { execution, ground } = draft;
  const { resource } = state;
  const callback = resource.kind === 'invoke' && resource.waitForTaskToken;
  const token = callback ? ground.tokenFor(execution, scheduledEventId) : undefined;
  const sources = sourcesOf(execution, visit, token);
  const input = throughPath(state.inputPath, visit.input, sources);
  // AWS reads the two paths from the state's input, so they know nothing of Parameters.
  const timeoutSeconds = secondsOf(state.timeoutSeconds, 'TimeoutSecondsPath', input, sources);
  const heartbeatSeconds = secondsOf(state.heartbeatSeconds, 'HeartbeatSecondsPath', input, sources);
  const shown = state.parameters === undefined ? input : fillTemplate(state.parameters, input, sources);
  if (resource.kind === 'function') {
    return { functionArn: resource.functionArn, payload: shown, shown, timeoutSeconds, heartbeatSeconds };
  }
  const { FunctionName: functionArn, Payload: payload = {} } = shown as { FunctionName?: Json; Payload?: Json };
  if (typeof functionArn !== 'string') throw runtimeError("The parameter 'FunctionName' is not a text.");
  return { functionArn, payload, shown, timeoutSeconds, heartbeatSeconds };
}

function secondsOf(seconds: Seconds | undefined, field: string, input: Json, sources: Sources): number | null {
  if (seconds === undefined) return null;
  if (typeof seconds === 'number') return seconds;
  const value = throughPath(seconds, input, sources);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 99_999_999) return value;
  throw runtimeError(`The ${field} parameter does not reference a whole number of seconds from 1 to 99999999.`);
}

/** The result's text; a result that is too large fails the task, and the history says so. */
function resultText(draft: Draft, state: TaskState, result: Json): string {
  try {
    return payloadText(result, state.resource.kind === 'function' ? state.resource.functionArn : 'lambda');
  } catch (thrown) {
    if (thrown instanceof StateError) taskFailed(draft, state.resource, thrown.failure);
    throw thrown;
  }
}

function succeed(draft: Draft, state: TaskState, visit: Visit, result: Json, text: string): void {
  taskSucceeded(draft, state.resource, text);
  const sources = sourcesOf(draft.execution, visit, undefined);
  const selected = state.resultSelector === undefined ? result : fillTemplate(state.resultSelector, result, sources);
  leave(draft, state.next, throughPath(state.outputPath, withResult(state.resultPath, visit.input, selected), sources));
}

function fail(draft: Draft, state: TaskState, failure: StateFailure): never {
  taskFailed(draft, state.resource, failure);
  throw new StateError(failure);
}
