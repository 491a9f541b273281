import { callerOf, executionIdOf } from '../../lib/platform/api/request.ts';
import { respond } from '../../lib/platform/api/respond.ts';
import { withdrawExecution } from '../../lib/platform/api/withdraw.ts';
import { apiHandler } from '../api-handler.ts';

/** POST /executions/{executionId}/withdraw */
export const handler = apiHandler(async (event, runtime) =>
  respond(202, await withdrawExecution(runtime, executionIdOf(event), callerOf(event))),
);
