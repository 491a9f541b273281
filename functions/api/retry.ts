import { callerOf, executionIdOf } from '../../lib/platform/api/request.ts';
import { retryExecution } from '../../lib/platform/api/retry.ts';
import { answerToStart } from '../../lib/platform/api/start-answer.ts';
import { apiHandler } from '../api-handler.ts';

/** POST /executions/{executionId}/retry */
export const handler = apiHandler(async (event, runtime) => {
  const result = await retryExecution(runtime, executionIdOf(event), callerOf(event));
  return answerToStart(result, runtime.settings.baseUrl);
});
