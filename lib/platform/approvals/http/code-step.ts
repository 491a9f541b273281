import type { Instant } from '../../../core/instant.ts';
import { type CodeNotice, renderCodePage } from '../../../pages/code-page.ts';
import { maskAddress } from '../../../pages/link-state-page.ts';
import { codeFields } from '../../../pages/parts/code-form.ts';
import type { Runtime } from '../../runtime.ts';
import { type AskedCode, askCode } from '../ask-code.ts';
import { contactOf } from '../case.ts';
import type { EnteredCode } from '../check-code.ts';
import type { Choice, DecisionResult } from '../decide.ts';
import { type Link, secretOf } from '../link.ts';
import { readCode } from '../mail-code.ts';
import { holderView, requestView } from '../mail-views.ts';
import { beginVisit } from '../visit.ts';
import { setCookie } from './link-cookie.ts';
import { type LinkRequest, type PageResponse, respondWithPage } from './page-response.ts';
import { linkPath, type ReadState } from './show-link.ts';

/** A post at a link that has chosen an answer. */
export interface ChosenPost {
  readonly request: LinkRequest;
  readonly link: Link;
  readonly read: ReadState;
  readonly choice: Choice;
  /** The link's cookie, as the post brought it. */
  readonly cookie: string;
}

/** What a form says about the code: one to check, a wish for another, one that cannot be read, or nothing. */
export type PostedCode =
  | { readonly posted: 'code'; readonly code: string }
  | { readonly posted: 'unreadable' | 'again' | 'nothing' };

/** Reads what a form says about the code. A wish for another code outweighs what stands in the field. */
export function readPostedCode(fields: URLSearchParams): PostedCode {
  if (fields.has(codeFields.again)) return { posted: 'again' };
  const entered = fields.get(codeFields.code);
  if (entered === null) return { posted: 'nothing' };
  const code = readCode(entered);
  return code === undefined ? { posted: 'unreadable' } : { posted: 'code', code };
}

/** The code with what the browser holds besides it. */
export function enteredCode({ request, cookie }: ChosenPost, code: string): EnteredCode {
  return { secret: secretOf(request.address), cookie, code };
}

/** Shows the page that asks for the code, under a new nonce; the answer stays in its form. */
async function showCodePage(
  runtime: Runtime,
  post: ChosenPost,
  status: number,
  notice: (timeZone: string) => CodeNotice,
): Promise<PageResponse> {
  const { request, link, read, choice, cookie } = post;
  const { file, state } = read;
  const { level, seat } = state.standing;
  const contact = contactOf(runtime, file.directory, seat);
  const visit = await beginVisit(runtime, link, cookie, false);
  const body = renderCodePage({
    request: requestView(file),
    levelName: level.name,
    seat: holderView(file, seat),
    maskedAddress: maskAddress(contact?.address ?? ''),
    code: notice(contact?.timeZone ?? 'UTC'),
    form: {
      action: linkPath(runtime, request.address),
      nonce: visit.nonce,
      choice: choice.action,
      comment: choice.comment,
    },
  });
  return respondWithPage(runtime, status, body, { 'Set-Cookie': setCookie(link.linkId, visit.cookie) });
}

function noticeOf(asked: Exclude<AskedCode, { asked: 'closed' }>, timeZone: string): CodeNotice {
  const zoned = (instant: Instant) => ({ instant, timeZone });
  switch (asked.asked) {
    case 'not-mailed':
      return { notice: 'not-mailed' };
    case 'capped': {
      const until = asked.until === undefined ? {} : { until: zoned(asked.until) };
      return { notice: 'capped', from: zoned(asked.from), ...until };
    }
    default:
      return { notice: asked.asked, until: zoned(asked.until) };
  }
}

const STATUS: Readonly<Record<AskedCode['asked'], number>> = {
  mailed: 200,
  'still-works': 200,
  capped: 429,
  'not-mailed': 503,
  closed: 409,
};

/**
 * Mails a code for an answer and asks for it. Nothing is recorded.
 * @returns `undefined` when the seat cannot decide any more.
 */
export async function askForCode(
  runtime: Runtime,
  post: ChosenPost,
  again: boolean,
): Promise<PageResponse | undefined> {
  const { request, link, read, cookie } = post;
  const asked = await askCode(runtime, read.file, link, { secret: secretOf(request.address), cookie }, again);
  if (asked.asked === 'closed') return undefined;
  return showCodePage(runtime, post, STATUS[asked.asked], (timeZone) => noticeOf(asked, timeZone));
}

/** Asks again after a code that could not be read; it does not count as an attempt. */
export function refuseUnreadable(runtime: Runtime, post: ChosenPost): Promise<PageResponse> {
  return showCodePage(runtime, post, 400, () => ({ notice: 'unreadable' }));
}

/** Asks again after a code that was not the right one. */
export function refuseCode(
  runtime: Runtime,
  post: ChosenPost,
  refused: NonNullable<DecisionResult['refusedCode']>,
): Promise<PageResponse> {
  return showCodePage(runtime, post, 403, (timeZone) =>
    refused.code === 'none'
      ? { notice: 'none' }
      : { notice: 'wrong', attemptsLeft: refused.attemptsLeft, until: { instant: refused.until, timeZone } },
  );
}
