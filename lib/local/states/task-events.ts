import type { TaskResource } from './definition.ts';
import { type Draft, WHOLE_DATA } from './draft.ts';
import type { StateFailure } from './failure.ts';

/**
 * The events of a task: `LambdaFunction…` for a bare function, `Task…` for an integration.
 * Shapes and order as AWS records them.
 */

interface Limits {
  readonly timeoutSeconds: number | null;
  readonly heartbeatSeconds: number | null;
}

function integrationOf(resource: TaskResource & { readonly kind: 'invoke' }) {
  return { resourceType: 'lambda', resource: resource.waitForTaskToken ? 'invoke.waitForTaskToken' : 'invoke' };
}

function problemOf({ error, cause }: StateFailure) {
  return { ...(error === '' ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}

/** The task is to be done; the history shows its parameters or input, and its limits. */
export function taskScheduled(draft: Draft, resource: TaskResource, text: string, limits: Limits): void {
  const timeout = limits.timeoutSeconds === null ? {} : { timeoutInSeconds: limits.timeoutSeconds };
  if (resource.kind === 'function') {
    draft.emit('LambdaFunctionScheduled', {
      lambdaFunctionScheduledEventDetails: {
        resource: resource.functionArn,
        input: text,
        inputDetails: WHOLE_DATA,
        ...timeout,
      },
    });
    return;
  }
  const heartbeat = limits.heartbeatSeconds === null ? {} : { heartbeatInSeconds: limits.heartbeatSeconds };
  draft.emit('TaskScheduled', {
    taskScheduledEventDetails: {
      ...integrationOf(resource),
      region: draft.ground.region,
      parameters: text,
      ...timeout,
      ...heartbeat,
    },
  });
}

/** The function is being invoked. */
export function taskStarted(draft: Draft, resource: TaskResource): void {
  if (resource.kind === 'function') draft.emit('LambdaFunctionStarted');
  else draft.emit('TaskStarted', { taskStartedEventDetails: integrationOf(resource) });
}

/** The function returned, and the task goes on waiting for its token. */
export function taskSubmitted(
  draft: Draft,
  resource: TaskResource & { readonly kind: 'invoke' },
  output: string,
): void {
  draft.emit('TaskSubmitted', {
    taskSubmittedEventDetails: { ...integrationOf(resource), output, outputDetails: WHOLE_DATA },
  });
}

/** The task has a result. */
export function taskSucceeded(draft: Draft, resource: TaskResource, output: string): void {
  const details = { output, outputDetails: WHOLE_DATA };
  if (resource.kind === 'function')
    draft.emit('LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: details });
  else draft.emit('TaskSucceeded', { taskSucceededEventDetails: { ...integrationOf(resource), ...details } });
}

/** The task failed. */
export function taskFailed(draft: Draft, resource: TaskResource, failure: StateFailure): void {
  const details = problemOf(failure);
  if (resource.kind === 'function') draft.emit('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: details });
  else draft.emit('TaskFailed', { taskFailedEventDetails: { ...integrationOf(resource), ...details } });
}

/** A missed heartbeat is recorded as a States.Timeout too. */
export function taskTimedOut(draft: Draft, resource: TaskResource): void {
  const details = { error: 'States.Timeout' };
  if (resource.kind === 'function')
    draft.emit('LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: details });
  else draft.emit('TaskTimedOut', { taskTimedOutEventDetails: { ...integrationOf(resource), ...details } });
}
