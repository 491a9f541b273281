import { withResult } from './data-flow.ts';
import type { MapState, TaskState } from './definition.ts';
import type { Draft } from './draft.ts';
import type { Visit } from './execution.ts';
import { matchesFailure, RUNTIME, StateError } from './failure.ts';
import { failInState, leave } from './movement.ts';
import { planRetry } from './retry.ts';

/** The states whose errors are retried and caught. */
type Handling = TaskState | MapState;

/** Runs part of a state; what fails in it is retried, caught, or fails the execution. */
export function handling(draft: Draft, state: Handling, visit: Visit, run: () => void): void {
  try {
    run();
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown;
    handle(draft, state, visit, thrown);
  }
}

function handle(draft: Draft, state: Handling, visit: Visit, thrown: StateError): void {
  const { execution, ground } = draft;
  const retry = planRetry(state.retry, execution.retries, thrown.failure, ground.random);
  if (retry === undefined) {
    catchOrFail(draft, state, visit, thrown);
    return;
  }
  draft.set({
    activity: { phase: 'backoff', until: ground.at + retry.delayMilliseconds },
    retries: retry.retries,
    transitions: execution.transitions + 1,
  });
}

function catchOrFail(draft: Draft, state: Handling, visit: Visit, thrown: StateError): void {
  const { failure } = thrown;
  const catcher = state.catch.find(({ errorEquals }) => matchesFailure(errorEquals, failure));
  // A retry leaves no such event, and a States.Runtime error none but the execution's end.
  if (state.type === 'Map' && failure.error !== RUNTIME) draft.emit('MapStateFailed');
  try {
    if (catcher === undefined) throw thrown;
    const errorOutput = { Error: failure.error, Cause: failure.cause ?? '' };
    // The catcher's output goes on as it is: OutputPath is for results only.
    leave(draft, catcher.next, withResult(catcher.resultPath, visit.input, errorOutput));
  } catch (failed) {
    if (!(failed instanceof StateError)) throw failed;
    failInState(draft, failed);
  }
}
