import { orderErasure } from '../../lib/platform/api/erasure.ts';
import { callerOf, executionIdOf, jsonBodyOf } from '../../lib/platform/api/request.ts';
import { respond } from '../../lib/platform/api/respond.ts';
import { apiHandler } from '../api-handler.ts';

/** POST /executions/{executionId}/handoff/erasure */
export const handler = apiHandler(async (event, runtime) => {
  const [executionId, caller] = [executionIdOf(event), callerOf(event)];
  return respond(200, await orderErasure(runtime, executionId, jsonBodyOf(event), caller));
});
