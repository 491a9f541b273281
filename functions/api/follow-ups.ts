import { finishFollowUp, listFollowUps } from '../../lib/platform/api/follow-ups.ts';
import { callerOf, jsonBodyOf, pathParameter } from '../../lib/platform/api/request.ts';
import { respond } from '../../lib/platform/api/respond.ts';
import { apiHandler } from '../api-handler.ts';

/** GET /follow-ups, and POST /follow-ups/{followUpId}/done */
export const handler = apiHandler(async (event, runtime) => {
  const caller = callerOf(event);
  if (event.httpMethod === 'GET') return respond(200, await listFollowUps(runtime, event.queryStringParameters ?? {}));
  const followUpId = pathParameter(event, 'followUpId');
  return respond(200, await finishFollowUp(runtime, followUpId, jsonBodyOf(event), caller));
});
