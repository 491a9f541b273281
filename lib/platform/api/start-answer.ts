import type { APIGatewayProxyResult } from 'aws-lambda';
import type { StartResult } from '../executions/start.ts';
import { respond, respondWithError } from './respond.ts';

/** The answer for each way that starting can go. */
export function answerToStart(result: StartResult, baseUrl: string): APIGatewayProxyResult {
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
