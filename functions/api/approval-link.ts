import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { answerLink } from '../../lib/platform/approvals/http/answer-link.ts';
import { linkRequestOf, resultOf } from '../../lib/platform/approvals/http/api-gateway.ts';
import { failurePage } from '../../lib/platform/approvals/http/failure-page.ts';
import { log } from '../../lib/platform/log.ts';
import { runtime } from '../runtime.ts';

/** GET, HEAD and POST /approvals/{link}: the page behind an approval link. Neither path nor body is ever logged. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const ports = await runtime();
  try {
    return resultOf(await answerLink(ports, linkRequestOf(event)));
  } catch (error) {
    const { requestId } = event.requestContext;
    log('error', { event: 'approval-link-failed', requestId, error: error instanceof Error ? error.name : 'unknown' });
    return resultOf(failurePage(ports, requestId));
  }
}
