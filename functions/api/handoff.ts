import { callerOf, executionIdOf, headerOf, pathParameter } from '../../lib/platform/api/request.ts';
import { respond } from '../../lib/platform/api/respond.ts';
import { showQueue, showQueues } from '../../lib/platform/handoffs/http/queue-answers.ts';
import { readQueue, readQueues, viewHandoff } from '../../lib/platform/handoffs/views.ts';
import { apiHandler } from '../api-handler.ts';

/** GET /executions/{executionId}/handoff; GET /queues and /queues/{party}, as a page or as JSON for whoever asks for that. */
export const handler = apiHandler(async (event, runtime) => {
  const caller = callerOf(event);
  if (!event.resource.startsWith('/queues')) return respond(200, await viewHandoff(runtime, executionIdOf(event)));
  const asJson = headerOf(event, 'Accept')?.startsWith('application/json') === true;
  if (event.resource === '/queues') {
    const queues = await readQueues(runtime);
    return asJson ? respond(200, queues) : showQueues(runtime, caller, queues);
  }
  const queue = await readQueue(runtime, pathParameter(event, 'party'));
  return asJson ? respond(200, queue) : showQueue(runtime, caller, queue);
});
