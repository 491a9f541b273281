import { orderPosture, viewPosture } from '../../lib/platform/api/posture.ts';
import { callerOf, jsonBodyOf, skillOf } from '../../lib/platform/api/request.ts';
import { respond } from '../../lib/platform/api/respond.ts';
import { apiHandler } from '../api-handler.ts';

/** GET and POST /skills/{skill}/posture */
export const handler = apiHandler(async (event, runtime) => {
  const caller = callerOf(event);
  const skill = skillOf(event, runtime.skills);
  if (event.httpMethod === 'GET') return respond(200, await viewPosture(runtime, skill));
  return respond(200, await orderPosture(runtime, skill, jsonBodyOf(event), caller));
});
