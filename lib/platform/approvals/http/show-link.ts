import { renderApprovalPage } from '../../../pages/approval-page.ts';
import { renderDecisionRecorded } from '../../../pages/decision-page.ts';
import { renderLinkState } from '../../../pages/link-state-page.ts';
import type { DecisionFormView } from '../../../pages/parts/decision-form.ts';
import type { Runtime } from '../../runtime.ts';
import { type Case, readCase } from '../case.ts';
import { type LinkState, linkState } from '../decide.ts';
import { isCapped } from '../fresh-link.ts';
import { type Link, linkCountersKey } from '../link.ts';
import { LINK_PATH } from '../send-mails.ts';
import { readStage } from '../stage-store.ts';
import { approvalView, decisionView, linkStateView } from '../views.ts';
import { beginVisit, isBurst } from '../visit.ts';
import { clearCookie, readCookie, setCookie } from './link-cookie.ts';
import { type LinkRequest, type PageResponse, respondWithPage } from './page-response.ts';
import { looksLikeScanner } from './scanner.ts';

/** The path of a link on this site, under the base URL's own path where it has one. */
export function linkPath(runtime: Runtime, address: string): string {
  return `${new URL(runtime.settings.baseUrl).pathname.replace(/\/$/, '')}${LINK_PATH}${address}`;
}

/** Whether the link opens a form to decide. */
export function canDecide(state: LinkState): boolean {
  return state.standing.standing === 'open' && state.ineligible === undefined;
}

/** Whether the link opens a form to ask for a fresh one. */
export function canAskFreshLink(state: LinkState, now: string): boolean {
  return state.standing.standing === 'expired' && !isCapped(state.standing.seat.freshLinksAskedAt, now);
}

/** What a page is rendered with besides the state. */
export interface PageOptions {
  readonly form: DecisionFormView;
  readonly alreadyRecorded: boolean;
}

/** The page for a link's state. */
export function renderState(runtime: Runtime, file: Case, state: LinkState, options: PageOptions): string {
  if (canDecide(state)) return renderApprovalPage(approvalView(runtime, file, state, options.form));
  if (state.standing.standing === 'decided' && state.standing.own)
    return renderDecisionRecorded(decisionView(runtime, file, state, options.alreadyRecorded));
  return renderLinkState(linkStateView(runtime, file, state, runtime.clock.now(), options.form));
}

/** A case, and the state of a link to it. */
export interface ReadState {
  readonly file: Case;
  readonly state: LinkState;
}

/** The case and the link's state at this moment. */
export async function readState(runtime: Runtime, link: Link): Promise<ReadState> {
  const [file, stage] = await Promise.all([
    readCase(runtime, link.executionId),
    readStage(runtime, link.executionId, link.stage),
  ]);
  return { file, state: linkState(file, stage, link, runtime.clock.now()) };
}

/** What a post that was not taken says of the form it is shown again. */
export type Refill = Pick<DecisionFormView, 'fieldErrors' | 'values'>;

/** Shows a link's state; where that is a form, a visit begins: a nonce in the form, a cookie in the browser. */
export async function showState(
  runtime: Runtime,
  request: LinkRequest,
  link: Link,
  read: ReadState,
  options: { readonly status: number; readonly refill?: Refill; readonly scanner: boolean },
): Promise<PageResponse> {
  const { file, state } = read;
  const action = linkPath(runtime, request.address);
  const { status, refill = {}, scanner } = options;
  if (!canDecide(state) && !canAskFreshLink(state, runtime.clock.now())) {
    const page = { form: { action, nonce: '' }, alreadyRecorded: true };
    return respondWithPage(runtime, status, renderState(runtime, file, state, page), {
      'Set-Cookie': clearCookie(link.linkId),
    });
  }
  const held = readCookie(request.headers.cookie, link.linkId);
  const { cookie, nonce } = await beginVisit(runtime, link, held, scanner);
  const page = { form: { action, nonce, ...refill }, alreadyRecorded: false };
  return respondWithPage(runtime, status, renderState(runtime, file, state, page), {
    'Set-Cookie': setCookie(link.linkId, cookie),
  });
}

/** Answers GET and HEAD. GET counts the opening, apart from decisions; HEAD leaves no trace at all. */
export async function showLink(runtime: Runtime, request: LinkRequest, link: Link): Promise<PageResponse> {
  if (request.method === 'HEAD') return respondWithPage(runtime, 200, '');
  const scanner = looksLikeScanner(request.headers) || isBurst(link.visits, runtime.clock.now());
  const read = await readState(runtime, link);
  const response = await showState(runtime, request, link, read, { status: 200, scanner });
  await runtime.table.increment(linkCountersKey(link.linkId), scanner ? 'scannerOpens' : 'opens');
  return response;
}
