import type { Context } from 'aws-lambda';
import { faultToThrow, loggedFault } from '../lib/platform/fault.ts';
import { type LogContext, log, withLogContext } from '../lib/platform/log.ts';

/** What Lambda says of an invocation, as far as it is of use here. */
export type Invocation = Pick<Context, 'awsRequestId' | 'functionName'>;

/** The X-Ray trace of the invocation that runs: Lambda puts it into the environment for each one. */
function traceOf(): Pick<LogContext, 'traceId'> {
  const traceId = /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1];
  return traceId === undefined ? {} : { traceId };
}

/** Does an invocation's work with its name on every log line. */
export function inInvocation<T>(invocation: Invocation | undefined, context: LogContext, work: () => T): T {
  const { awsRequestId, functionName } = invocation ?? {};
  return withLogContext(
    {
      ...(functionName === undefined ? {} : { functionName }),
      ...(awsRequestId === undefined ? {} : { requestId: awsRequestId }),
      ...traceOf(),
      ...context,
    },
    work,
  );
}

/** The same, for work whose faults Lambda itself reports: they are logged, and go on without what their input was. */
export function watched<T>(
  invocation: Invocation | undefined,
  context: LogContext,
  work: () => Promise<T>,
): Promise<T> {
  return inInvocation(invocation, context, async () => {
    try {
      return await work();
    } catch (thrown) {
      log('error', { event: 'function-failed', ...loggedFault(thrown) });
      throw faultToThrow(thrown);
    }
  });
}
