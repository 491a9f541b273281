import { renderHandoffPage } from '../../../pages/handoff-page.ts';
import { renderHandoffState } from '../../../pages/handoff-state-page.ts';
import { clearCookie, readCookie, setCookie } from '../../approvals/http/link-cookie.ts';
import { type LinkRequest, type PageResponse, respondWithPage } from '../../approvals/http/page-response.ts';
import { looksLikeScanner } from '../../approvals/http/scanner.ts';
import { linkCountersKey } from '../../approvals/link.ts';
import { beginVisit, isBurst } from '../../approvals/visit.ts';
import type { Runtime } from '../../runtime.ts';
import { readHandoffFile } from '../file.ts';
import { readHandoff } from '../handoff-store.ts';
import { HANDOFF_PATH, type HandoffLink, handoffLinkStanding, isCapped } from '../link.ts';
import type { Refill } from './posted-answer.ts';
import { handoffPageView, handoffStateView, type ReadLink } from './views.ts';

/** The path of a link on this site, under the base URL's own path where it has one. */
export function handoffLinkPath(runtime: Runtime, address: string): string {
  return `${new URL(runtime.settings.baseUrl).pathname.replace(/\/$/, '')}${HANDOFF_PATH}${address}`;
}

/** Reads a link with its handoff as they stand at this moment. */
export async function readLink(runtime: Runtime, link: HandoffLink): Promise<ReadLink> {
  const [file, handoff] = await Promise.all([
    readHandoffFile(runtime, link.executionId),
    readHandoff(runtime, link.executionId),
  ]);
  const now = runtime.clock.now();
  return { file, handoff, standing: handoffLinkStanding(file, handoff, link, now), now };
}

/** What the link opens a form for: an answer, a fresh link, or nothing. */
export function formOf({ standing, now }: ReadLink): 'answer' | 'fresh-link' | undefined {
  if (standing.standing === 'open') return 'answer';
  if (standing.standing !== 'expired') return undefined;
  return isCapped(standing.seat.freshLinksAskedAt, now) ? undefined : 'fresh-link';
}

/** Shows a link's state without a form: what became of it. */
export function showOver(
  runtime: Runtime,
  request: LinkRequest,
  link: HandoffLink,
  read: ReadLink,
  { status, recorded }: { readonly status: number; readonly recorded: boolean },
): PageResponse {
  const form = { action: handoffLinkPath(runtime, request.address), nonce: '' };
  return respondWithPage(runtime, status, renderHandoffState(handoffStateView(read, link, form, recorded)), {
    'Set-Cookie': clearCookie(link.linkId),
  });
}

/** Shows a link's state; where that is a form, a visit begins: a nonce in the form, a cookie in the browser. */
export async function showHandoff(
  runtime: Runtime,
  request: LinkRequest,
  link: HandoffLink,
  read: ReadLink,
  options: { readonly status: number; readonly refill?: Refill; readonly scanner: boolean },
): Promise<PageResponse> {
  const { status, refill, scanner } = options;
  const { wait } = read.handoff;
  const opens = formOf(read);
  if (opens === undefined || wait === undefined)
    return showOver(runtime, request, link, read, { status, recorded: false });
  const held = readCookie(request.headers.cookie, link.linkId);
  const { cookie, nonce } = await beginVisit(runtime, link, held, scanner);
  const form = { action: handoffLinkPath(runtime, request.address), nonce };
  const body =
    opens === 'answer'
      ? renderHandoffPage(handoffPageView(read, wait, link, { ...form, ...refill }))
      : renderHandoffState(handoffStateView(read, link, form, false));
  return respondWithPage(runtime, status, body, { 'Set-Cookie': setCookie(link.linkId, cookie) });
}

/** Answers GET and HEAD. GET counts the opening, apart from answers; HEAD leaves no trace at all. */
export async function showHandoffLink(
  runtime: Runtime,
  request: LinkRequest,
  link: HandoffLink,
): Promise<PageResponse> {
  if (request.method === 'HEAD') return respondWithPage(runtime, 200, '');
  const scanner = looksLikeScanner(request.headers) || isBurst(link.visits, runtime.clock.now());
  const read = await readLink(runtime, link);
  const response = await showHandoff(runtime, request, link, read, { status: 200, scanner });
  await runtime.table.increment(linkCountersKey(link.linkId), scanner ? 'scannerOpens' : 'opens');
  return response;
}
