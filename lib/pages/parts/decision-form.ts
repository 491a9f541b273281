import { type Markup, markup, safeUrl } from '../markup.ts';
import { type Choice, choiceLabel } from '../vocabulary.ts';

/** The most characters that a comment may have; the text field enforces it, and so must whoever receives it. */
export const commentMaxCharacters = 2_000;

/** The names of the fields that the decision form posts. */
export const decisionFields = { nonce: 'nonce', choice: 'choice', comment: 'comment' } as const;

export interface DecisionFormView {
  /** Where the form is posted: the link's own path. */
  readonly action: string;
  /** Bound by the server to the link's cookie. */
  readonly nonce: string;
  /** What the server found wrong with the last post. */
  readonly fieldErrors?: { readonly choice?: string; readonly comment?: string };
  /** What the last post said; used only together with `fieldErrors`, so a fresh form never comes with a choice. */
  readonly values?: { readonly choice?: Choice; readonly comment?: string };
}

export interface OfferedChoice {
  readonly choice: Choice;
  /** What this choice leads to, in one sentence. */
  readonly effect: string;
}

function radio(offered: OfferedChoice, chosen: Choice | undefined): Markup {
  const id = offered.choice;
  return markup`<div class="option"><input type="radio" id="${id}" name="${decisionFields.choice}" value="${offered.choice}" required aria-describedby="${id}-effect"${chosen === offered.choice && markup` checked`}><label for="${id}">${choiceLabel[offered.choice]}</label><small id="${id}-effect">${offered.effect}</small></div>`;
}

/** What the last post lacked, with links to the fields; for the top of the page. Nothing when it lacked nothing. */
export function errorSummary(form: DecisionFormView, choices: readonly OfferedChoice[]): Markup | false {
  const { choice, comment } = form.fieldErrors ?? {};
  return (
    (choice !== undefined || comment !== undefined) &&
    markup`<div class="problem" role="alert"><h2>Nothing is recorded yet</h2><ul>${choice !== undefined && markup`<li><a href="#${choices[0]?.choice}">${choice}</a></li>`}${comment !== undefined && markup`<li><a href="#comment">${comment}</a></li>`}</ul></div>`
  );
}

/**
 * The form that records a decision. It needs no script; nothing is chosen beforehand, so a scanner that posts it as found
 * decides nothing; `autocomplete` is off so that no browser restores a choice on its own.
 */
export function decisionForm(
  form: DecisionFormView,
  choices: readonly OfferedChoice[],
  text: { readonly legend: string; readonly commentHint: string; readonly submit: string },
): Markup {
  const { choice: choiceError, comment: commentError } = form.fieldErrors ?? {};
  const failed = choiceError !== undefined || commentError !== undefined;
  const values = failed ? form.values : undefined;
  return markup`<form method="post" action="${safeUrl(form.action)}" autocomplete="off" id="decide">
<input type="hidden" name="${decisionFields.nonce}" value="${form.nonce}">
<fieldset${choiceError !== undefined && markup` class="invalid" aria-describedby="choice-error"`}><legend>${text.legend}</legend>
${choiceError !== undefined && markup`<p class="error" id="choice-error">✕ ${choiceError}</p>`}
${choices.map((offered) => radio(offered, values?.choice))}
</fieldset>
<div class="field${commentError !== undefined && ' invalid'}"><label for="comment">Comment</label><small id="comment-hint">${text.commentHint}</small>
${commentError !== undefined && markup`<p class="error" id="comment-error">✕ ${commentError}</p>`}
<textarea id="comment" name="${decisionFields.comment}" rows="4" maxlength="${commentMaxCharacters}" aria-describedby="comment-hint${commentError !== undefined && ' comment-error'}"${commentError !== undefined && markup` aria-invalid="true"`}>
${values?.comment}</textarea></div>
<button type="submit">${text.submit}</button>
</form>`;
}
