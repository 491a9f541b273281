import { callerOf, executionIdOf, jsonBodyOf } from '../../lib/platform/api/request.ts';
import { respond } from '../../lib/platform/api/respond.ts';
import { answerByEvent } from '../../lib/platform/handoffs/answer-event.ts';
import { handoffAnswer } from '../../lib/platform/handoffs/views.ts';
import { apiHandler } from '../api-handler.ts';

/** POST /executions/{executionId}/handoff/events */
export const handler = apiHandler(async (event, runtime) => {
  const [executionId, caller] = [executionIdOf(event), callerOf(event)];
  const { file, handoff, repeated } = await answerByEvent(runtime, executionId, caller, jsonBodyOf(event));
  return respond(200, { repeated, ...handoffAnswer(file, handoff, runtime.clock.now()) });
});
