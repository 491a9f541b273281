import { type Markup, markup, safeUrl } from '../markup.ts';
import type { Choice } from '../vocabulary.ts';
import { decisionFields } from './decision-form.ts';

/** The names of the fields that the code form posts besides those of the decision. */
export const codeFields = { code: 'code', again: 'again' } as const;

export interface CodeFormView {
  /** Where the form is posted: the link's own path. */
  readonly action: string;
  readonly nonce: string;
  /** The answer as it was chosen on the page before; the form carries it along. */
  readonly choice: Choice;
  readonly comment: string;
  /** Whether a code can be entered: one was mailed and still works. */
  readonly canEnter: boolean;
  /** Whether another can be mailed. */
  readonly canAsk: boolean;
  /** What was wrong with the code that was entered last. */
  readonly error?: string;
}

function codeField(error: string | undefined): Markup {
  return markup`<div class="field${error !== undefined && ' invalid'}"><label for="code">Code</label><small id="code-hint">Six digits. You can paste them.</small>
${error !== undefined && markup`<p class="error" id="code-error">✕ ${error}</p>`}
<input id="code" name="${codeFields.code}" inputmode="numeric" autocomplete="one-time-code" pattern="\\s*([0-9][\\s\\-]*){6}" maxlength="20" required aria-describedby="code-hint${error !== undefined && ' code-error'}"${error !== undefined && markup` aria-invalid="true"`}></div>
<button type="submit">Record my decision</button>`;
}

/**
 * The form that takes a mailed code. It carries the answer along and comes without a code, so whoever posts it as found
 * decides nothing. The button that records stands first: it is the one that the Enter key presses.
 */
export function codeForm(form: CodeFormView): Markup {
  return markup`<form method="post" action="${safeUrl(form.action)}" autocomplete="off">
<input type="hidden" name="${decisionFields.nonce}" value="${form.nonce}"><input type="hidden" name="${decisionFields.choice}" value="${form.choice}"><input type="hidden" name="${decisionFields.comment}" value="${form.comment}">
${form.canEnter && codeField(form.error)}
${form.canAsk && markup`<button type="submit" class="${form.canEnter ? 'second' : 'first'}" name="${codeFields.again}" value="yes" formnovalidate>${form.canEnter ? 'Mail me another code' : 'Mail me a code'}</button>`}
</form>`;
}
