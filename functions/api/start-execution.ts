import { callerOf, headerOf, jsonBodyOf, skillOf } from '../../lib/platform/api/request.ts';
import { answerToStart } from '../../lib/platform/api/start-answer.ts';
import { startExecution } from '../../lib/platform/executions/start.ts';
import { apiHandler } from '../api-handler.ts';

/** POST /skills/{skill}/executions */
export const handler = apiHandler(async (event, runtime) => {
  const onBehalfOf = headerOf(event, 'Countersign-On-Behalf-Of');
  const idempotencyKey = headerOf(event, 'Idempotency-Key');
  const result = await startExecution(runtime, {
    skill: skillOf(event, runtime.skills),
    body: jsonBodyOf(event),
    caller: callerOf(event),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
  return answerToStart(result, runtime.settings.baseUrl);
});
