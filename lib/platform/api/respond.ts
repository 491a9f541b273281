import type { APIGatewayProxyResult } from 'aws-lambda';
import { CountersignError, type Problem } from '../../core/errors.ts';
import { loggedFault } from '../fault.ts';
import { log } from '../log.ts';

const HEADERS = {
  'Content-Type': 'application/json; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

/** The status under which each error of ours is answered; others are faults. */
const STATUS: { readonly [code: string]: number } = {
  InvalidInput: 400,
  Forbidden: 403,
  NotFound: 404,
  Conflict: 409,
  NotPossibleNow: 409,
  IllegalTransition: 409,
  Erased: 410,
  PayloadTooLarge: 413,
  HandoffTooLarge: 413,
  HandoffRefused: 422,
  ArtifactsUnavailable: 503,
};

/** Answers with a JSON document. */
export function respond(
  statusCode: number,
  document: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyResult {
  return { statusCode, headers: { ...HEADERS, ...headers }, body: JSON.stringify(document) };
}

/** Answers with an error: `{ error: { code, message, problems } }`, every problem with pointer and mend. */
export function respondWithError(
  statusCode: number,
  error: { readonly code: string; readonly message: string; readonly problems?: readonly Problem[] },
  headers: Record<string, string> = {},
): APIGatewayProxyResult {
  const { code, message, problems = [] } = error;
  return respond(statusCode, { error: { code, message, problems } }, headers);
}

/**
 * Answers whatever was thrown. Our own errors keep their code and problems; anything else is a fault whose details go to
 * the log under the request's id, never to the caller.
 */
export function respondToThrown(thrown: unknown, requestId: string): APIGatewayProxyResult {
  if (thrown instanceof CountersignError && STATUS[thrown.code] !== undefined)
    return respondWithError(STATUS[thrown.code] ?? 500, thrown);
  log('error', { event: 'request-failed', requestId, ...loggedFault(thrown) });
  return respondWithError(500, {
    code: 'InternalError',
    message: `Something failed on our side. Nothing was half done; try again, and name request ${requestId} if it stays.`,
  });
}
