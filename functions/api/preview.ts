import { callerOf, headerOf, jsonBodyOf, skillOf } from '../../lib/platform/api/request.ts';
import { respond, respondWithError } from '../../lib/platform/api/respond.ts';
import { previewRoute } from '../../lib/platform/executions/preview.ts';
import { apiHandler } from '../api-handler.ts';

/** POST /skills/{skill}/preview: what an execution started now would compute. Nothing is started, nothing is stored. */
export const handler = apiHandler(async (event, runtime) => {
  const skill = skillOf(event, runtime.skills);
  const onBehalfOf = headerOf(event, 'Countersign-On-Behalf-Of');
  const preview = await previewRoute(runtime, {
    skill,
    body: jsonBodyOf(event),
    caller: callerOf(event),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  });
  if (preview.kind === 'forbidden') return respondWithError(403, { code: 'Forbidden', message: preview.message });
  const { result, rolledOut, instant } = preview;
  const { version, digest } = preview.configuration;
  return respond(200, { skill: skill.name, ...result, configuration: { version, digest }, rolledOut, instant });
});
