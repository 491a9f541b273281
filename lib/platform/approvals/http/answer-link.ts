import type { Runtime } from '../../runtime.ts';
import { type Link, openLink } from '../link.ts';
import { answerAt, type LinkDesk } from './answer-at.ts';
import type { LinkRequest, PageResponse } from './page-response.ts';
import { postLink } from './post-link.ts';
import { linkPath, showLink } from './show-link.ts';

const approvals: LinkDesk<Link> = { open: openLink, pathOf: linkPath, show: showLink, post: postLink };

/** Answers a request for an approval link, as `answerAt` says. */
export function answerLink(runtime: Runtime, request: LinkRequest): Promise<PageResponse> {
  return answerAt(approvals, runtime, request);
}
