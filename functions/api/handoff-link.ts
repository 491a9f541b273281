import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { linkRequestOf, resultOf } from '../../lib/platform/approvals/http/api-gateway.ts';
import { failurePage } from '../../lib/platform/approvals/http/failure-page.ts';
import { loggedFault } from '../../lib/platform/fault.ts';
import { answerHandoffLink } from '../../lib/platform/handoffs/http/answer-link.ts';
import { log } from '../../lib/platform/log.ts';
import { requestContextOf } from '../api-handler.ts';
import { type Invocation, inInvocation } from '../invocation.ts';
import { runtime } from '../runtime.ts';

/** GET, HEAD and POST /handoffs/{link}: the page behind a link of a handoff. Neither path nor body is ever logged. */
export function handler(event: APIGatewayProxyEvent, invocation?: Invocation): Promise<APIGatewayProxyResult> {
  return inInvocation(invocation, requestContextOf(event), async () => {
    const ports = await runtime();
    try {
      return resultOf(await answerHandoffLink(ports, linkRequestOf(event)));
    } catch (thrown) {
      log('error', { event: 'handoff-link-failed', ...loggedFault(thrown) });
      return resultOf(failurePage(ports, event.requestContext.requestId));
    }
  });
}
