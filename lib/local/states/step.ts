import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Json } from '../../core/json.ts';
import { holds } from './choice-rule.ts';
import { evaluateField, fillTemplate, look, type Sources, sourcesOf, throughPath, withResult } from './data-flow.ts';
import type { ChoiceState, FailState, PassState, State, Text, WaitState } from './definition.ts';
import { type Draft, payloadText, WHOLE_DATA } from './draft.ts';
import { NO_RETRIES, type Visit } from './execution.ts';
import { RUNTIME, runtimeError, StateError } from './failure.ts';
import { parseTimestamp, wholeMilliseconds } from './timestamp.ts';
import { runTask } from './task-step.ts';

/** Starts the execution: it enters its first state. */
export function startExecution(draft: Draft): void {
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
      case 'Choice':
        return runChoice(draft, state, visit, sources);
      case 'Pass':
        return runPass(draft, state, visit, sources);
      case 'Wait':
        return runWait(draft, state, visit, sources);
      case 'Succeed':
        return leave(draft, undefined, output(visit, throughPath(state.inputPath, visit.input, sources), state, sources));
      case 'Fail':
        return runFail(draft, state, visit, sources);
    }
  });
}

/** The Wait state's time has come. */
export function waitOver(draft: Draft): void {
  const { state, visit } = current(draft);
  if (state.type !== 'Wait') throw new TypeError(`The state ${visit.state} does not wait.`);
  guarded(draft, () => {
    const sources = sourcesOf(draft.execution, visit, undefined);
    leave(draft, state.next, output(visit, throughPath(state.inputPath, visit.input, sources), state, sources));
  });
}

/** The machine's TimeoutSeconds are over. */
export function timeOutExecution(draft: Draft): void {
  draft.emit('ExecutionTimedOut', { executionTimedOutEventDetails: {} });
  draft.end({ status: 'TIMED_OUT' });
}

/** Somebody stops the execution. */
export function abortExecution(draft: Draft, error: string | undefined, cause: string | undefined): void {
  const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  draft.emit('ExecutionAborted', { executionAbortedEventDetails: details });
  draft.end({ status: 'ABORTED', error: error ?? null, cause: cause ?? null });
}

/** The state that the execution is in. */
export function current(draft: Draft): { readonly state: State; readonly visit: Visit } {
  const { visit } = draft.execution;
  const state = visit === null ? undefined : draft.ground.definition.states.get(visit.state);
  if (visit === null || state === undefined) throw new TypeError('The execution is in no state.');
  return { state, visit };
}

/** Enters a state. */
export function enter(draft: Draft, name: string, input: Json, inputText: string): void {
  const state = draft.ground.definition.states.get(name);
  if (state === undefined) throw new TypeError(`The machine has no state ${name}.`);
  if (draft.isFull) return draft.fail(RUNTIME, 'The execution reached the maximum number of history events (25000).');
  const enteredEventId = draft.emit(`${state.type}StateEntered` as HistoryEventType, {
    stateEnteredEventDetails: { name, input: inputText, inputDetails: WHOLE_DATA },
  });
  draft.set({
    visit: { state: name, enteredEventId, enteredAt: draft.ground.at, input },
    retries: NO_RETRIES,
    activity: { phase: 'entered' },
    transitions: draft.execution.transitions + 1,
  });
}

/** Leaves the state with its output: for the next state, or out of the execution. */
export function leave(draft: Draft, next: string | undefined, result: Json): void {
  const { state, visit } = current(draft);
  const text = payloadText(result, visit.state);
  draft.emit(`${state.type}StateExited` as HistoryEventType, {
    stateExitedEventDetails: { name: visit.state, output: text, outputDetails: WHOLE_DATA },
  });
  if (next !== undefined) return enter(draft, next, result, text);
  draft.emit('ExecutionSucceeded', { executionSucceededEventDetails: { output: text, outputDetails: WHOLE_DATA } });
  draft.end({ status: 'SUCCEEDED', output: text });
}

/** Fails the execution because of what its state threw; a States.Runtime error says where it happened. */
export function failInState(draft: Draft, thrown: StateError): void {
  const { visit } = current(draft);
  const { error, cause } = thrown.failure;
  const where = `An error occurred while executing the state '${visit.state}' (entered at the event id #${visit.enteredEventId}).`;
  draft.fail(error, error === RUNTIME ? `${where} ${cause ?? ''}` : cause);
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

type Filtered = Pick<WaitState, 'outputPath'>;

function output(_visit: Visit, data: Json, state: Filtered, sources: Sources): Json {
  return throughPath(state.outputPath, data, sources);
}

function runChoice(draft: Draft, state: ChoiceState, visit: Visit, sources: Sources): void {
  const input = throughPath(state.inputPath, visit.input, sources);
  const chosen = state.choices.find(({ condition }) => holds(condition, (path) => look(path, input, sources)));
  const next = chosen?.next ?? state.otherwise;
  if (next === undefined) {
    throw runtimeError('Failed to transition out of the state. The state does not point to a next state.');
  }
  leave(draft, next, output(visit, input, state, sources));
}

function runPass(draft: Draft, state: PassState, visit: Visit, sources: Sources): void {
  const input = throughPath(state.inputPath, visit.input, sources);
  const filled = state.parameters === undefined ? input : fillTemplate(state.parameters, input, sources);
  const result = state.result === undefined ? filled : state.result;
  leave(draft, state.next, output(visit, withResult(state.resultPath, visit.input, result), state, sources));
}

function runWait(draft: Draft, state: WaitState, visit: Visit, sources: Sources): void {
  const input = throughPath(state.inputPath, visit.input, sources);
  const until = waitUntil(draft.ground.at, state, input, sources);
  if (until > draft.ground.at) draft.set({ activity: { phase: 'wait', until } });
  else leave(draft, state.next, output(visit, input, state, sources));
}

function waitUntil(now: number, { until }: WaitState, input: Json, sources: Sources): number {
  if (until.kind === 'seconds') {
    const seconds = typeof until.seconds === 'number' ? until.seconds : throughPath(until.seconds, input, sources);
    if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0 && seconds <= 99_999_999) return now + seconds * 1000;
    throw runtimeError('The SecondsPath parameter does not reference a whole number of seconds from 0 to 99999999.');
  }
  const written = typeof until.timestamp === 'string' ? until.timestamp : throughPath(until.timestamp, input, sources);
  const nanoseconds = typeof written === 'string' ? parseTimestamp(written) : undefined;
  if (nanoseconds !== undefined) return wholeMilliseconds(nanoseconds);
  throw runtimeError('The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string.');
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
