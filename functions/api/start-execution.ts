import type { APIGatewayProxyResult } from 'aws-lambda';
import { callerOf, headerOf, jsonBodyOf, skillOf } from '../../lib/platform/api/request.ts';
import { respond, respondWithError } from '../../lib/platform/api/respond.ts';
import { type StartResult, startExecution } from '../../lib/platform/executions/start.ts';
import { apiHandler } from '../api-handler.ts';

/** The answer for each way that starting can go. */
function answer(result: StartResult, baseUrl: string): APIGatewayProxyResult {
  switch (result.kind) {
    case 'accepted': {
      const statusUrl = `${baseUrl}/executions/${result.executionId}`;
      return respond(202, { executionId: result.executionId, statusUrl }, { Location: statusUrl });
    }
    case 'needs-scoping':
      return respondWithError(422, {
        code: 'NeedsScoping',
        message: result.hint,
        problems: result.missing.map((field) => ({
          pointer: `/${field}`,
          code: 'needs-scoping',
          message: 'The skill declares no default for this, and the request leaves it out.',
          mend: 'Scope the request first: say how its result is judged and who takes it.',
        })),
      });
    case 'forbidden':
      return respondWithError(403, { code: 'Forbidden', message: result.message });
    case 'not-rolled-out':
      return respondWithError(409, {
        code: 'NotRolledOut',
        message: `The flag ${result.flag} does not roll this skill out to this account (${result.reason}).`,
      });
    case 'idempotency-conflict':
      return respondWithError(409, {
        code: 'IdempotencyConflict',
        message: `This key belongs to execution ${result.executionId}, which has another body. Use a new key.`,
      });
    case 'no-slot':
      return respondWithError(
        429,
        { code: 'NoSlot', message: `Every computing slot is taken; try again in ${result.retryAfterSeconds} s.` },
        { 'Retry-After': String(result.retryAfterSeconds) },
      );
  }
}

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
  return answer(result, runtime.settings.baseUrl);
});
