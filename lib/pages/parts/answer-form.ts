import { type Markup, markup, safeUrl, words } from '../markup.ts';

/** The names of the fields that every answer form posts, besides those of its choices. */
export const answerFields = { nonce: 'nonce', choice: 'choice' } as const;

/** How the field of a choice is named in the form: two choices may ask for the same one. */
export function answerFieldName(choice: string, field: string): string {
  return `${choice}.${field}`;
}

/** One field, as the handoff's protocol describes it. */
export interface AnswerField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly kind: 'line' | 'text' | 'number' | 'date' | 'choice' | 'check';
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly maximum: number;
}

/** One of the answers. */
export interface AnswerChoice {
  readonly choice: string;
  readonly label: string;
  readonly says: string;
  readonly fields: readonly string[];
}

export interface AnswerFormView {
  /** Where the form is posted: the link's own path. */
  readonly action: string;
  /** Bound by the server to the link's cookie. */
  readonly nonce: string;
  readonly choices: readonly AnswerChoice[];
  readonly fields: readonly AnswerField[];
  /** What the last post lacked or got wrong, in a sentence; a fresh form has none. */
  readonly problem?: string;
  /** The same by field of the choice that was made; under `choice` where none was. */
  readonly fieldErrors?: Readonly<Record<string, string>>;
  /** What the last post said; used only together with `problem`, so a fresh form never comes with a choice. */
  readonly values?: { readonly choice?: string; readonly fields: Readonly<Record<string, string>> };
}

interface Place {
  readonly id: string;
  readonly value: string;
  readonly error: string | undefined;
}

/** The ids of what describes a control: its hint, its error. */
function describedBy({ hint }: AnswerField, { id, error }: Place): Markup | false {
  const ids = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter((one) => one !== false);
  return ids.length > 0 && markup` aria-describedby="${ids.join(' ')}"`;
}

function control(field: AnswerField, place: Place): Markup {
  const { id, value, error } = place;
  const common = markup`id="${id}" name="${id}"${describedBy(field, place)}${error !== undefined && markup` aria-invalid="true"`}`;
  switch (field.kind) {
    case 'text':
      return markup`<textarea ${common} rows="4" maxlength="${field.maximum}">
${value}</textarea>`;
    case 'choice':
      return markup`<select ${common}><option value="">Please choose</option>${(field.options ?? []).map((option) => markup`<option value="${option.value}"${option.value === value && markup` selected`}>${option.label}</option>`)}</select>`;
    case 'check':
      return markup`<input type="checkbox" ${common} value="yes"${value === 'yes' && markup` checked`}>`;
    case 'date':
      return markup`<input type="date" ${common} value="${value}">`;
    default:
      return markup`<input type="text" ${common}${field.kind === 'number' && markup` inputmode="decimal"`} maxlength="${field.maximum}" value="${value}">`;
  }
}

function fieldOf(field: AnswerField, choice: string, form: AnswerFormView): Markup {
  const mine = form.problem !== undefined && form.values?.choice === choice;
  const place: Place = {
    id: answerFieldName(choice, field.name),
    value: mine ? (form.values?.fields[field.name] ?? '') : '',
    error: mine ? form.fieldErrors?.[field.name] : undefined,
  };
  const label = markup`<label for="${place.id}">${words(field.label)}</label>`;
  const hint = field.hint !== undefined && markup`<small id="${place.id}-hint">${words(field.hint)}</small>`;
  const error =
    place.error !== undefined && markup`<p class="error" id="${place.id}-error">✕ ${words(place.error)}</p>`;
  const written = control(field, place);
  return field.kind === 'check'
    ? markup`<div class="field check${place.error !== undefined && ' invalid'}">${written}${label}${hint}${error}</div>`
    : markup`<div class="field${place.error !== undefined && ' invalid'}">${label}${hint}${error}${written}</div>`;
}

function choiceOf(offered: AnswerChoice, form: AnswerFormView): Markup {
  const id = `choose-${offered.choice}`;
  const chosen = form.problem !== undefined && form.values?.choice === offered.choice;
  const fields = offered.fields.flatMap((name) => form.fields.find((field) => field.name === name) ?? []);
  return markup`<div class="option"><input type="radio" id="${id}" name="${answerFields.choice}" value="${offered.choice}" required aria-describedby="${id}-says"${chosen && markup` checked`}><label for="${id}">${words(offered.label)}</label><small id="${id}-says">${words(offered.says)}</small></div>${fields.length > 0 && markup`<div class="under" role="group" aria-label="${offered.label}">${fields.map((field) => fieldOf(field, offered.choice, form))}</div>`}`;
}

/** What the last post lacked, with links to the fields; for the top of the page. Nothing when it lacked nothing. */
export function answerProblems(form: AnswerFormView): Markup | false {
  const { problem, fieldErrors = {}, values } = form;
  if (problem === undefined) return false;
  const chosen = values?.choice;
  const first = form.choices[0]?.choice ?? '';
  const place = (name: string) =>
    name === answerFields.choice || chosen === undefined ? `choose-${first}` : answerFieldName(chosen, name);
  return markup`<div class="problem" role="alert"><h2>Nothing is recorded yet</h2><p>${words(problem)}</p><ul>${Object.entries(fieldErrors).map(([name, text]) => markup`<li><a href="#${place(name)}">${words(text)}</a></li>`)}</ul></div>`;
}

/**
 * The form that answers a wait. It needs no script; nothing is chosen beforehand, so a scanner that posts it as found answers
 * nothing. The fields of an answer show when it is chosen, in browsers that can tell; in others all of them show, and those of
 * other answers are ignored.
 */
export function answerForm(form: AnswerFormView): Markup {
  const noChoice = form.fieldErrors?.[answerFields.choice];
  return markup`<form method="post" action="${safeUrl(form.action)}" autocomplete="off" id="decide">
<input type="hidden" name="${answerFields.nonce}" value="${form.nonce}">
<fieldset${noChoice !== undefined && markup` class="invalid" aria-describedby="choice-error"`}><legend>Your answer</legend>
${noChoice !== undefined && markup`<p class="error" id="choice-error">✕ ${noChoice}</p>`}
${form.choices.map((offered) => choiceOf(offered, form))}
</fieldset>
<button type="submit">Record my answer</button>
</form>`;
}
