import { Conflict } from '../../../core/errors.ts';
import { renderUnknownLink } from '../../../pages/link-state-page.ts';
import { renderRequestProblem } from '../../../pages/request-problem-page.ts';
import type { Runtime } from '../../runtime.ts';
import { type LinkRequest, type PageResponse, respondWithPage } from './page-response.ts';

/** What a link of one kind leads to. */
export interface LinkDesk<L> {
  /** @returns `undefined` for whoever has no matching secret, whatever is wrong with the link. */
  readonly open: (runtime: Runtime, address: string) => Promise<L | undefined>;
  readonly pathOf: (runtime: Runtime, address: string) => string;
  readonly show: (runtime: Runtime, request: LinkRequest, link: L) => Promise<PageResponse>;
  readonly post: (runtime: Runtime, request: LinkRequest, link: L) => Promise<PageResponse>;
}

/**
 * Answers a request for a link. GET and HEAD show and never decide; POST decides. Whoever has no matching secret gets one and the same
 * answer, whatever is wrong with the link and whatever the method.
 */
export async function answerAt<L>(desk: LinkDesk<L>, runtime: Runtime, request: LinkRequest): Promise<PageResponse> {
  const link = await desk.open(runtime, request.address);
  if (link === undefined) return respondWithPage(runtime, 404, request.method === 'HEAD' ? '' : renderUnknownLink());
  const retry = desk.pathOf(runtime, request.address);
  try {
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return await desk.show(runtime, request, link);
      case 'POST':
        return await desk.post(runtime, request, link);
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
