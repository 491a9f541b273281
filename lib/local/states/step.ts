import type { Json } from '../../core/json.ts';
import { holds } from './choice-rule.ts';
import { evaluateField, fillTemplate, look, type Sources, sourcesOf, throughPath, withResult } from './data-flow.ts';
import type { ChoiceState, FailState, PassState, PathFields, Text, WaitState } from './definition.ts';
import { type Draft, WHOLE_DATA } from './draft.ts';
import type { Visit } from './execution.ts';
import { runtimeError, StateError } from './failure.ts';
import { abandonMapRun, runMap } from './map-step.ts';
import { current, enter, failInState, leave } from './movement.ts';
import { runTask } from './task-step.ts';
import { parseTimestamp, wholeMilliseconds } from './timestamp.ts';

/** Starts the execution: it enters its first state. */
export function beginExecution(draft: Draft): void {
  const { execution, ground } = draft;
  const { stateMachineVersionArn, stateMachineAliasArn } = execution;
  draft.emit('ExecutionStarted', {
    executionStartedEventDetails: {
      input: execution.input,
      inputDetails: WHOLE_DATA,
      roleArn: execution.roleArn,
      ...(stateMachineAliasArn === null ? {} : { stateMachineAliasArn }),
      ...(stateMachineVersionArn === null ? {} : { stateMachineVersionArn }),
    },
  });
  const { timeoutSeconds, startAt } = ground.definition;
  if (timeoutSeconds !== undefined) draft.set({ deadline: ground.at + timeoutSeconds * 1000 });
  enter(draft, startAt, JSON.parse(execution.input) as Json, execution.input);
}

/** Runs the state that was entered, up to where it waits for something, leaves for the next state, or ends the execution. */
export function runState(draft: Draft): void {
  const { state, visit } = current(draft);
  guarded(draft, () => {
    const sources = sourcesOf(draft.execution, visit, undefined);
    switch (state.type) {
      case 'Task':
        return runTask(draft, state, visit);
      case 'Map':
        return runMap(draft, state, visit);
      case 'Choice':
        return runChoice(draft, state, visit, sources);
      case 'Pass':
        return runPass(draft, state, visit, sources);
      case 'Wait':
        return runWait(draft, state, visit, sources);
      case 'Succeed':
        return leave(draft, undefined, filtered(state, visit, sources));
      case 'Fail':
        return runFail(draft, state, visit, sources);
    }
  });
}

/** The time before a retry is over. */
export function retryState(draft: Draft): void {
  const { state, visit } = current(draft);
  if (state.type === 'Task') runTask(draft, state, visit);
  else if (state.type === 'Map') runMap(draft, state, visit);
  else throw new TypeError(`The state ${visit.state} has no retries.`);
}

/** The Wait state's time has come. */
export function waitOver(draft: Draft): void {
  const { state, visit } = current(draft);
  if (state.type !== 'Wait') throw new TypeError(`The state ${visit.state} does not wait.`);
  guarded(draft, () => {
    const sources = sourcesOf(draft.execution, visit, undefined);
    leave(draft, state.next, filtered(state, visit, sources));
  });
}

/** The machine's TimeoutSeconds are over. */
export function timeOutExecution(draft: Draft): void {
  abandonMapRun(draft);
  draft.emit('ExecutionTimedOut', { executionTimedOutEventDetails: {} });
  draft.end({ status: 'TIMED_OUT' });
}

/** Somebody stops the execution. */
export function abortExecution(draft: Draft, error: string | undefined, cause: string | undefined): void {
  const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  abandonMapRun(draft);
  draft.emit('ExecutionAborted', { executionAbortedEventDetails: details });
  draft.end({ status: 'ABORTED', error: error ?? null, cause: cause ?? null });
}

/** Runs part of a state that has no error handling of its own. */
function guarded(draft: Draft, run: () => void): void {
  try {
    run();
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown;
    failInState(draft, thrown);
  }
}

/** The output of a state that only filters its input. */
function filtered(state: PathFields, visit: Visit, sources: Sources): Json {
  return throughPath(state.outputPath, throughPath(state.inputPath, visit.input, sources), sources);
}

function runChoice(draft: Draft, state: ChoiceState, visit: Visit, sources: Sources): void {
  const input = throughPath(state.inputPath, visit.input, sources);
  const chosen = state.choices.find(({ condition }) => holds(condition, (path) => look(path, input, sources)));
  const next = chosen?.next ?? state.otherwise;
  if (next === undefined) {
    throw runtimeError('Failed to transition out of the state. The state does not point to a next state.');
  }
  leave(draft, next, filtered(state, visit, sources));
}

function runPass(draft: Draft, state: PassState, visit: Visit, sources: Sources): void {
  const input = throughPath(state.inputPath, visit.input, sources);
  const filled = state.parameters === undefined ? input : fillTemplate(state.parameters, input, sources);
  const result = state.result === undefined ? filled : state.result;
  leave(draft, state.next, throughPath(state.outputPath, withResult(state.resultPath, visit.input, result), sources));
}

function runWait(draft: Draft, state: WaitState, visit: Visit, sources: Sources): void {
  const input = throughPath(state.inputPath, visit.input, sources);
  const until = waitUntil(draft.ground.at, state, input, sources);
  if (until > draft.ground.at) draft.set({ activity: { phase: 'wait', until } });
  else leave(draft, state.next, filtered(state, visit, sources));
}

function waitUntil(now: number, { until }: WaitState, input: Json, sources: Sources): number {
  if (until.kind === 'seconds') {
    const seconds = typeof until.seconds === 'number' ? until.seconds : throughPath(until.seconds, input, sources);
    if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0 && seconds <= 99_999_999)
      return now + seconds * 1000;
    throw runtimeError('The SecondsPath parameter does not reference a whole number of seconds from 0 to 99999999.');
  }
  const written = typeof until.timestamp === 'string' ? until.timestamp : throughPath(until.timestamp, input, sources);
  const nanoseconds = typeof written === 'string' ? parseTimestamp(written) : undefined;
  if (nanoseconds !== undefined) return wholeMilliseconds(nanoseconds);
  throw runtimeError(
    'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string.',
  );
}

function runFail(draft: Draft, state: FailState, visit: Visit, sources: Sources): void {
  const textOf = (text: Text, field: string): string | undefined => {
    if (text === undefined || typeof text === 'string') return text;
    const value = evaluateField(text, field, visit.input, sources);
    if (typeof value === 'string') return value;
    throw runtimeError(`The field '${field}' does not reference a text.`);
  };
  draft.fail(textOf(state.error, 'ErrorPath'), textOf(state.cause, 'CausePath'));
}
