import { Conflict } from '../../../core/errors.ts';
import { renderUnknownLink } from '../../../pages/link-state-page.ts';
import { renderRequestProblem } from '../../../pages/request-problem-page.ts';
import type { Runtime } from '../../runtime.ts';
import { openLink } from '../link.ts';
import { type LinkRequest, type PageResponse, respondWithPage } from './page-response.ts';
import { postLink } from './post-link.ts';
import { linkPath, showLink } from './show-link.ts';

/**
 * Answers a request for an approval link. GET and HEAD show and never decide; POST decides. Whoever has no matching secret
 * gets one and the same answer, whatever is wrong with the link and whatever the method.
 */
export async function answerLink(runtime: Runtime, request: LinkRequest): Promise<PageResponse> {
  const link = await openLink(runtime, request.address);
  if (link === undefined) return respondWithPage(runtime, 404, request.method === 'HEAD' ? '' : renderUnknownLink());
  const retry = linkPath(runtime, request.address);
  try {
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return await showLink(runtime, request, link);
      case 'POST':
        return await postLink(runtime, request, link);
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
