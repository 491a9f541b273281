import { answerAt, type LinkDesk } from '../../approvals/http/answer-at.ts';
import type { LinkRequest, PageResponse } from '../../approvals/http/page-response.ts';
import { openLinkOf } from '../../approvals/link.ts';
import type { Runtime } from '../../runtime.ts';
import type { HandoffLink } from '../link.ts';
import { postHandoffLink } from './post-link.ts';
import { handoffLinkPath, showHandoffLink } from './show-link.ts';

const handoffs: LinkDesk<HandoffLink> = {
  // A link of something else opens nothing here.
  open: (runtime, address) => openLinkOf<HandoffLink>(runtime, address, 'handoff'),
  pathOf: handoffLinkPath,
  show: showHandoffLink,
  post: postHandoffLink,
};

/** Answers a request for a handoff's link, as `answerAt` says. */
export function answerHandoffLink(runtime: Runtime, request: LinkRequest): Promise<PageResponse> {
  return answerAt(handoffs, runtime, request);
}
