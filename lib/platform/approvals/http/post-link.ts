import { decisionFields } from '../../../pages/parts/decision-form.ts';
import { renderRequestProblem } from '../../../pages/request-problem-page.ts';
import type { Runtime } from '../../runtime.ts';
import type { EnteredCode } from '../check-code.ts';
import { actionsOf, asksForCode, decide } from '../decide.ts';
import { askFreshLink } from '../fresh-link.ts';
import type { Link } from '../link.ts';
import { spendNonce } from '../visit.ts';
import { askForCode, type ChosenPost, enteredCode, readPostedCode, refuseCode, refuseUnreadable } from './code-step.ts';
import { clearCookie, readCookie } from './link-cookie.ts';
import { type LinkRequest, type PageResponse, respondWithPage } from './page-response.ts';
import { type Refusal, readChoice, readForm } from './posted-form.ts';
import { canAskFreshLink, canDecide, linkPath, readState, renderState, showState } from './show-link.ts';

function refuse(runtime: Runtime, request: LinkRequest, { status, problem }: Refusal): PageResponse {
  return respondWithPage(runtime, status, renderRequestProblem({ problem, retry: linkPath(runtime, request.address) }));
}

/** Mails a fresh link and says so, or says what stands against it. */
async function postFreshLink(runtime: Runtime, request: LinkRequest, link: Link): Promise<PageResponse> {
  const asked = await askFreshLink(runtime, link);
  const read = await readState(runtime, link);
  if (!asked) return showState(runtime, request, link, read, { status: 409, scanner: false });
  const { stage } = read.state;
  const { level, seat } = read.state.standing;
  const form = { action: linkPath(runtime, request.address), nonce: '' };
  const mailed = { stage, standing: { standing: 'being-mailed', level, seat } } as const;
  const body = renderState(runtime, read.file, mailed, { form, alreadyRecorded: false });
  return respondWithPage(runtime, 200, body, { 'Set-Cookie': clearCookie(link.linkId) });
}

/** Records a decision and tells what is recorded: this one, or what came first. */
async function record(runtime: Runtime, post: ChosenPost, entered?: EnteredCode): Promise<PageResponse> {
  const { request, link, read, choice } = post;
  const result = await decide(runtime, link, choice, entered);
  if (result.refusedCode !== undefined) return refuseCode(runtime, post, result.refusedCode);
  const form = { action: linkPath(runtime, request.address), nonce: '' };
  const status = result.recorded ? 200 : 409;
  const body = renderState(runtime, read.file, result, { form, alreadyRecorded: !result.recorded });
  return respondWithPage(runtime, status, body, { 'Set-Cookie': clearCookie(link.linkId) });
}

/** Takes an answer on a level that asks for a mailed code: first the code is mailed, then it is entered. */
async function postWithCode(runtime: Runtime, post: ChosenPost, fields: URLSearchParams): Promise<PageResponse> {
  const posted = readPostedCode(fields);
  if (posted.posted === 'code') return record(runtime, post, enteredCode(post, posted.code));
  if (posted.posted === 'unreadable') return refuseUnreadable(runtime, post);
  const asked = await askForCode(runtime, post, posted.posted === 'again');
  const { request, link } = post;
  return asked ?? showState(runtime, request, link, await readState(runtime, link), { status: 409, scanner: false });
}

/** Reads the answer, and records it or asks for what its level wants besides the link. */
async function postDecision(
  runtime: Runtime,
  at: Omit<ChosenPost, 'choice'>,
  fields: URLSearchParams,
): Promise<PageResponse> {
  const { request, link, read } = at;
  const chosen = readChoice(fields, actionsOf[read.state.stage.kind]);
  if ('form' in chosen)
    return showState(runtime, request, link, read, { status: 400, refill: chosen.form, scanner: false });
  const post = { ...at, choice: chosen.choice };
  return asksForCode(read.state) ? postWithCode(runtime, post, fields) : record(runtime, post);
}

/**
 * Answers POST. In this order: the request must come from our own page; what no longer has a form says so; the nonce must be
 * that of a visit of this browser, and is spent by this post whatever comes of it; only then is the form read.
 */
export async function postLink(runtime: Runtime, request: LinkRequest, link: Link): Promise<PageResponse> {
  const form = readForm(request, new URL(runtime.settings.baseUrl).origin);
  if ('refusal' in form) return refuse(runtime, request, form.refusal);
  const before = await readState(runtime, link);
  const asksFreshLink = canAskFreshLink(before.state, runtime.clock.now());
  if (!canDecide(before.state) && !asksFreshLink)
    return showState(runtime, request, link, before, { status: 409, scanner: false });
  const cookie = readCookie(request.headers.cookie, link.linkId);
  if (cookie === undefined) return refuse(runtime, request, { status: 403, problem: 'missing-cookie' });
  const nonce = form.fields.get(decisionFields.nonce) ?? '';
  if (!(await spendNonce(runtime, link, { cookie, nonce }))) {
    const now = await readState(runtime, link);
    return canDecide(now.state) || canAskFreshLink(now.state, runtime.clock.now())
      ? refuse(runtime, request, { status: 409, problem: 'stale-nonce' })
      : showState(runtime, request, link, now, { status: 409, scanner: false });
  }
  if (canDecide(before.state)) return postDecision(runtime, { request, link, read: before, cookie }, form.fields);
  // A decision that arrives after its link has expired is no wish for a mail.
  return form.fields.has(decisionFields.choice)
    ? showState(runtime, request, link, before, { status: 409, scanner: false })
    : postFreshLink(runtime, request, link);
}
