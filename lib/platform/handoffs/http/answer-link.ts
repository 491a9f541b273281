import { Conflict } from '../../../core/errors.ts';
import { renderUnknownLink } from '../../../pages/link-state-page.ts';
import { renderRequestProblem } from '../../../pages/request-problem-page.ts';
import { type LinkRequest, type PageResponse, respondWithPage } from '../../approvals/http/page-response.ts';
import { openLinkOf } from '../../approvals/link.ts';
import type { Runtime } from '../../runtime.ts';
import type { HandoffLink } from '../link.ts';
import { postHandoffLink } from './post-link.ts';
import { handoffLinkPath, showHandoffLink } from './show-link.ts';

/**
 * Answers a request for a handoff's link. GET and HEAD show and never answer; POST answers. Whoever has no matching secret, and
 * whoever brings a link of something else, gets one and the same answer, whatever is wrong with the link and whatever the method.
 */
export async function answerHandoffLink(runtime: Runtime, request: LinkRequest): Promise<PageResponse> {
  const link = await openLinkOf<HandoffLink>(runtime, request.address, 'handoff');
  if (link === undefined) return respondWithPage(runtime, 404, request.method === 'HEAD' ? '' : renderUnknownLink());
  const retry = handoffLinkPath(runtime, request.address);
  try {
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return await showHandoffLink(runtime, request, link);
      case 'POST':
        return await postHandoffLink(runtime, request, link);
      default:
        return respondWithPage(runtime, 405, renderRequestProblem({ problem: 'unreadable', retry }), {
          Allow: 'GET, HEAD, POST',
        });
    }
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return respondWithPage(runtime, 503, renderRequestProblem({ problem: 'busy', retry }), { 'Retry-After': '2' });
  }
}
