import { Conflict, CountersignError } from '../../../core/errors.ts';
import { answerFields } from '../../../pages/parts/answer-form.ts';
import { renderRequestProblem } from '../../../pages/request-problem-page.ts';
import { readCookie } from '../../approvals/http/link-cookie.ts';
import { type LinkRequest, type PageResponse, respondWithPage } from '../../approvals/http/page-response.ts';
import { type Refusal, readForm } from '../../approvals/http/posted-form.ts';
import { looksLikeScanner } from '../../approvals/http/scanner.ts';
import { spendNonce } from '../../approvals/visit.ts';
import { ArtifactsUnavailable } from '../../artifacts/artifacts-unavailable.ts';
import type { Runtime } from '../../runtime.ts';
import { answerByForm, type FilledIn } from '../answer.ts';
import { askFreshHandoffLink } from '../fresh-link.ts';
import type { HandoffLink } from '../link.ts';
import { type Refill, readAnswer } from './posted-answer.ts';
import { formOf, handoffLinkPath, readLink, showHandoff, showOver } from './show-link.ts';

/** The fields of a handoff's form hold more than a comment: facts read back, statements, deliveries. */
const MAX_BODY_BYTES = 128 * 1024;

function refuse(runtime: Runtime, request: LinkRequest, { status, problem }: Refusal): PageResponse {
  const retry = handoffLinkPath(runtime, request.address);
  return respondWithPage(runtime, status, renderRequestProblem({ problem, retry }));
}

/** Mails a fresh link and says so, or says what stands against it. */
async function postFreshLink(runtime: Runtime, request: LinkRequest, link: HandoffLink): Promise<PageResponse> {
  const before = await readLink(runtime, link);
  const asked = await askFreshHandoffLink(runtime, before.file, link);
  const read = await readLink(runtime, link);
  if (!asked)
    return showHandoff(runtime, request, link, read, { status: 409, scanner: looksLikeScanner(request.headers) });
  const mailed = { ...read, standing: { standing: 'being-mailed' } as const };
  return showOver(runtime, request, link, mailed, { status: 200, recorded: false });
}

/** What an answer that cannot be says beside the form. Faults are no answers. */
function refusalOf(thrown: unknown, { choice, values }: FilledIn): Refill {
  if (!(thrown instanceof CountersignError) || thrown instanceof Conflict || thrown instanceof ArtifactsUnavailable)
    throw thrown;
  return { problem: thrown.message, fieldErrors: {}, values: { choice, fields: values } };
}

/** Records an answer and tells what is recorded: this one, what came first, or why it cannot stand. */
async function record(
  runtime: Runtime,
  request: LinkRequest,
  link: HandoffLink,
  filled: FilledIn,
): Promise<PageResponse> {
  let refill: Refill | undefined;
  let recorded = false;
  try {
    const result = await answerByForm(runtime, link, filled);
    recorded = result.recorded;
    const { refused } = result;
    if (refused !== undefined) {
      const { choice, values } = filled;
      refill = { problem: refused.message, fieldErrors: refused.fields, values: { choice, fields: values } };
    }
  } catch (thrown) {
    refill = refusalOf(thrown, filled);
  }
  const read = await readLink(runtime, link);
  if (recorded) return showOver(runtime, request, link, read, { status: 200, recorded });
  const again = {
    status: refill === undefined ? 409 : 400,
    scanner: looksLikeScanner(request.headers),
    ...(refill === undefined ? {} : { refill }),
  };
  return showHandoff(runtime, request, link, read, again);
}

/**
 * Answers POST. In this order: the request must come from our own page; what no longer has a form says so; the nonce must be that
 * of a visit of this browser, and is spent by this post whatever comes of it; only then is the form read.
 */
export async function postHandoffLink(
  runtime: Runtime,
  request: LinkRequest,
  link: HandoffLink,
): Promise<PageResponse> {
  const form = readForm(request, new URL(runtime.settings.baseUrl).origin, MAX_BODY_BYTES);
  if ('refusal' in form) return refuse(runtime, request, form.refusal);
  const before = await readLink(runtime, link);
  const opens = formOf(before);
  if (opens === undefined)
    return showHandoff(runtime, request, link, before, { status: 409, scanner: looksLikeScanner(request.headers) });
  const cookie = readCookie(request.headers.cookie, link.linkId);
  if (cookie === undefined) return refuse(runtime, request, { status: 403, problem: 'missing-cookie' });
  const nonce = form.fields.get(answerFields.nonce) ?? '';
  if (!(await spendNonce(runtime, link, { cookie, nonce }))) {
    const now = await readLink(runtime, link);
    return formOf(now) === undefined
      ? showHandoff(runtime, request, link, now, { status: 409, scanner: looksLikeScanner(request.headers) })
      : refuse(runtime, request, { status: 409, problem: 'stale-nonce' });
  }
  const { wait } = before.handoff;
  if (opens === 'answer' && wait !== undefined) {
    const answer = readAnswer(form.fields, wait);
    if ('filled' in answer) return record(runtime, request, link, answer.filled);
    return showHandoff(runtime, request, link, before, {
      status: 400,
      refill: answer.refill,
      scanner: looksLikeScanner(request.headers),
    });
  }
  // An answer that arrives after its link has expired is no wish for a mail.
  return form.fields.has(answerFields.choice)
    ? showHandoff(runtime, request, link, before, { status: 409, scanner: looksLikeScanner(request.headers) })
    : postFreshLink(runtime, request, link);
}
