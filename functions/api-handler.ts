import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { requireBodyWithin } from '../lib/platform/api/request.ts';
import { respondToThrown } from '../lib/platform/api/respond.ts';
import { isExecutionId } from '../lib/platform/executions/execution-id.ts';
import type { LogContext } from '../lib/platform/log.ts';
import type { Runtime } from '../lib/platform/runtime.ts';
import { type Invocation, inInvocation } from './invocation.ts';
import { runtime } from './runtime.ts';

/** What the log says of a request: its id, and the execution that its path names. Other text of a path is anybody's. */
export function requestContextOf({ requestContext, pathParameters }: APIGatewayProxyEvent): LogContext {
  const executionId = pathParameters?.executionId;
  return {
    requestId: requestContext.requestId,
    ...(executionId !== undefined && isExecutionId(executionId) ? { executionId } : {}),
  };
}

/** Makes a Lambda handler of a piece of work: gives it the runtime, and answers whatever it throws. */
export function apiHandler(work: (event: APIGatewayProxyEvent, runtime: Runtime) => Promise<APIGatewayProxyResult>) {
  return (event: APIGatewayProxyEvent, invocation?: Invocation): Promise<APIGatewayProxyResult> =>
    inInvocation(invocation, requestContextOf(event), async () => {
      try {
        const ports = await runtime();
        requireBodyWithin(event, ports.settings.maximumBodyBytes);
        return await work(event, ports);
      } catch (thrown) {
        return respondToThrown(thrown, event.requestContext.requestId);
      }
    });
}
