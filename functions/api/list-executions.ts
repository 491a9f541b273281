import { listExecutions } from '../../lib/platform/api/list-executions.ts';
import { callerOf } from '../../lib/platform/api/request.ts';
import { respond } from '../../lib/platform/api/respond.ts';
import { apiHandler } from '../api-handler.ts';

/** GET /executions */
export const handler = apiHandler(async (event, runtime) => {
  callerOf(event);
  return respond(200, await listExecutions(runtime, event.queryStringParameters ?? {}));
});
