import type { APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod';
import { instantAt } from '../core/instant.ts';
import { parseWith } from '../core/zod-problems.ts';
import { respond, respondToThrown } from '../platform/api/respond.ts';
import { CALLER_HEADER, type LocalRoute } from './api-gateway.ts';
import type { AdvanceableClock } from './clock.ts';

/** Thirty days are enough for every deadline that a policy can set here. */
const MOST_SECONDS = 30 * 24 * 3600;

const advance = z.strictObject({ advanceSeconds: z.int().min(1).max(MOST_SECONDS) });

/**
 * GET /local/clock tells the local system's time; POST /local/clock moves it forward, for every part at once.
 * @param settle awaited after each timer that fires, and once at the end.
 */
export function clockRoutes(clock: AdvanceableClock, settle: () => Promise<void>): LocalRoute {
  const now = (): APIGatewayProxyResult => respond(200, { now: instantAt(clock.now()) });
  return async (request, url, body) => {
    if (url.pathname !== '/local/clock') return undefined;
    if (request.method === 'GET') return now();
    if (request.method !== 'POST' || request.headers[CALLER_HEADER] === undefined)
      return respond(403, {
        error: { code: 'MissingIdentity', message: `POST with the header ${CALLER_HEADER}.`, problems: [] },
      });
    try {
      const { advanceSeconds } = parseWith(advance, JSON.parse(body.toString('utf8')), 'The request');
      await clock.advance(advanceSeconds * 1000, settle);
      await settle();
      return now();
    } catch (thrown) {
      if (thrown instanceof SyntaxError)
        return respond(400, { error: { code: 'InvalidInput', message: 'Send {"advanceSeconds": n}.', problems: [] } });
      return respondToThrown(thrown, 'local-clock');
    }
  };
}
