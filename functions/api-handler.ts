import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { respondToThrown } from '../lib/platform/api/respond.ts';
import type { Runtime } from '../lib/platform/runtime.ts';
import { runtime } from './runtime.ts';

/** Makes a Lambda handler of a piece of work: gives it the runtime, and answers whatever it throws. */
export function apiHandler(work: (event: APIGatewayProxyEvent, runtime: Runtime) => Promise<APIGatewayProxyResult>) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    try {
      return await work(event, await runtime());
    } catch (thrown) {
      return respondToThrown(thrown, event.requestContext.requestId);
    }
  };
}
