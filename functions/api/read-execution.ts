import { traceExecution, viewExecution } from '../../lib/platform/api/execution-view.ts';
import { callerOf, executionIdOf } from '../../lib/platform/api/request.ts';
import { respond } from '../../lib/platform/api/respond.ts';
import { assembleEvidence } from '../../lib/platform/evidence/packet.ts';
import { apiHandler } from '../api-handler.ts';

/** GET /executions/{executionId}, and below it /trace and /evidence */
export const handler = apiHandler(async (event, runtime) => {
  callerOf(event);
  const executionId = executionIdOf(event);
  if (event.resource.endsWith('/trace')) return respond(200, await traceExecution(runtime, executionId));
  if (event.resource.endsWith('/evidence')) return respond(200, await assembleEvidence(runtime, executionId));
  return respond(200, await viewExecution(runtime, executionId));
});
