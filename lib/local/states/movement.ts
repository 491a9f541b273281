import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Json } from '../../core/json.ts';
import type { State } from './definition.ts';
import { type Draft, payloadText, WHOLE_DATA } from './draft.ts';
import { NO_RETRIES, type Visit } from './execution.ts';
import { RUNTIME, type StateError } from './failure.ts';

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
  if (draft.isFull) {
    draft.fail(RUNTIME, 'The execution reached the maximum number of history events (25000).');
    return;
  }
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

/**
 * Leaves the state with its output: for the next state, or out of the execution.
 * @param previous the event that the exit follows, where that is not the last one.
 */
export function leave(draft: Draft, next: string | undefined, result: Json, previous?: number): void {
  const { state, visit } = current(draft);
  const text = payloadText(result, visit.state);
  const details = { stateExitedEventDetails: { name: visit.state, output: text, outputDetails: WHOLE_DATA } };
  draft.emit(`${state.type}StateExited` as HistoryEventType, details, previous);
  if (next !== undefined) enter(draft, next, result, text);
  else succeed(draft, text);
}

function succeed(draft: Draft, output: string): void {
  draft.emit('ExecutionSucceeded', { executionSucceededEventDetails: { output, outputDetails: WHOLE_DATA } });
  draft.end({ status: 'SUCCEEDED', output });
}

/** Fails the execution because of what its state threw; a States.Runtime error says where it happened. */
export function failInState(draft: Draft, thrown: StateError): void {
  const { visit } = current(draft);
  const { error, cause } = thrown.failure;
  const where = `An error occurred while executing the state '${visit.state}' (entered at the event id #${visit.enteredEventId}).`;
  draft.fail(error === '' ? undefined : error, error === RUNTIME ? `${where} ${cause ?? ''}` : cause);
}
