import { page } from './layout.ts';
import { type Markup, markup, safeUrl, words } from './markup.ts';
import { type CodeFormView, codeForm } from './parts/code-form.ts';
import type { RequestView, SeatHolder } from './views.ts';
import { choiceLabel } from './vocabulary.ts';
import { timeElement, writeZone, type ZonedTime } from './zoned-time.ts';

/** What is to be said about the code at this moment. */
export type CodeNotice =
  /** It was mailed just now, or a while ago and still works. */
  | { readonly notice: 'mailed' | 'still-works'; readonly until: ZonedTime }
  | { readonly notice: 'wrong'; readonly attemptsLeft: number; readonly until: ZonedTime }
  | { readonly notice: 'unreadable' }
  /** None works any more: too old, tried too often, or mailed to another browser. */
  | { readonly notice: 'none' }
  /** The mail could not be handed over. */
  | { readonly notice: 'not-mailed' }
  /** No more are mailed before `from`. */
  | { readonly notice: 'capped'; readonly from: ZonedTime; readonly until?: ZonedTime };

/** The page between an answer and its record, on a level that asks for a mailed code. */
export interface CodeView {
  readonly request: RequestView;
  readonly levelName: string;
  readonly seat: SeatHolder;
  /** Where the code goes, of which only the owner recognises the rest. */
  readonly maskedAddress: string;
  readonly code: CodeNotice;
  readonly form: Pick<CodeFormView, 'action' | 'nonce' | 'choice' | 'comment'>;
}

function when(time: ZonedTime): Markup {
  return markup`${timeElement(time)} (${writeZone(time)})`;
}

function title(code: CodeNotice): string {
  switch (code.notice) {
    case 'none':
      return 'No code works any more';
    case 'not-mailed':
      return 'The code could not be mailed';
    case 'capped':
      return 'No more codes for now';
    default:
      return 'Enter the code from your mail';
  }
}

function told(code: CodeNotice, address: Markup): Markup {
  switch (code.notice) {
    case 'mailed':
      return markup`We mailed a one-time code to ${address}. It works until ${when(code.until)}, and only in this browser.`;
    case 'still-works':
      return markup`The code that we mailed to ${address} before still works, until ${when(code.until)}, so we sent no other.`;
    case 'wrong':
      return code.attemptsLeft > 0
        ? markup`The code that we mailed to ${address} works until ${when(code.until)}.`
        : markup`That code was entered wrongly too often and no longer works. You can have another mailed to ${address}.`;
    case 'unreadable':
      return markup`The code that we mailed to ${address} has six digits.`;
    case 'none':
      return markup`The last code is too old, was entered wrongly too often, or was mailed for another browser. You can have one mailed to ${address}.`;
    case 'not-mailed':
      return markup`Our mail server did not take the mail to ${address} just now. Please try again in a few minutes.`;
    case 'capped':
      return markup`The limit of codes for this seat is reached; the next one can be mailed from ${when(code.from)} on.${code.until !== undefined && markup` The last one, mailed to ${address}, works until ${when(code.until)}.`}`;
  }
}

/** Whether a code can be entered, and whether another can be asked for. */
function offers(code: CodeNotice): Pick<CodeFormView, 'canEnter' | 'canAsk' | 'error'> {
  switch (code.notice) {
    case 'wrong': {
      const { attemptsLeft } = code;
      if (attemptsLeft <= 0) return { canEnter: false, canAsk: true };
      const left = attemptsLeft === 1 ? 'one more attempt' : `${attemptsLeft} more attempts`;
      return { canEnter: true, canAsk: true, error: `That is not the code. It allows ${left}.` };
    }
    case 'unreadable':
      return { canEnter: true, canAsk: true, error: 'Enter the six digits from the mail.' };
    case 'mailed':
    case 'still-works':
      return { canEnter: true, canAsk: true };
    case 'capped':
      return { canEnter: code.until !== undefined, canAsk: false };
    default:
      return { canEnter: false, canAsk: true };
  }
}

function answer({ form, seat, levelName }: CodeView): Markup {
  return markup`<dl class="facts record"><div><dt>Your answer</dt><dd>${choiceLabel[form.choice]}</dd></div><div><dt>You decide as</dt><dd>${words(seat.approverName)}${seat.principalName !== undefined && markup` for ${words(seat.principalName)}`}<small>${words(levelName)}</small></dd></div>${form.comment !== '' && markup`<div class="all"><dt>Your comment</dt><dd>${words(form.comment)}</dd></div>`}</dl>`;
}

/** Asks for the code that was mailed to the approver's registered address. Until it is entered nothing is recorded. */
export function renderCodePage(view: CodeView): string {
  const { request, code, form } = view;
  const offered = offers(code);
  const heading = title(code);
  const { error } = offered;
  return page({
    title: `Not recorded yet: ${heading}`,
    asksForCode: true,
    body: markup`<article><header class="head">${error !== undefined && markup`<div class="problem" role="alert"><h2>Nothing is recorded yet</h2><ul><li><a href="#code">${error}</a></li></ul></div>`}<p class="eyebrow">${words(request.kind)} for ${words(request.accountName)} · asked by ${words(request.requesterName)}</p><h1>${heading}</h1><p class="lead">${told(code, words(view.maskedAddress))}</p><p class="note"><b>Nothing is recorded yet.</b> This level asks for a code besides your link, so that nobody can decide who only has the link.</p>${answer(view)}</header>
<div class="decide">${(offered.canEnter || offered.canAsk) && codeForm({ ...form, ...offered })}<p class="fine"><a href="${safeUrl(form.action)}">Read the request again, or change your answer</a></p></div></article>`,
    footer: markup`Execution <code>${request.executionId}</code>. Whoever runs Countersign will never ask you for this code.`,
  });
}
