import { answerFieldName, answerFields } from '../../../pages/parts/answer-form.ts';
import type { HandoffChoice, HandoffField, HandoffWait } from '../../skill/handoff-protocol.ts';
import { choiceOf, type FilledIn, fieldsOf } from '../answer.ts';

/** What is wrong with a post, and what was filled in: for the form that is shown again. */
export interface Refill {
  readonly problem: string;
  readonly fieldErrors: Readonly<Record<string, string>>;
  readonly values: { readonly choice?: string; readonly fields: Readonly<Record<string, string>> };
}

/** A posted answer, or what is wrong with it. */
export type PostedAnswer = { readonly filled: FilledIn } | { readonly refill: Refill };

/** What the form itself rules out, whoever reads it; everything else is the protocol's to judge. */
function problemOf(field: HandoffField, value: string): string | undefined {
  if (value.length > field.maximum)
    return `Shorten "${field.label}" to ${field.maximum.toLocaleString('en')} characters at most.`;
  if (field.kind === 'choice' && value !== '' && !(field.options ?? []).some((option) => option.value === value))
    return `Choose one of the values of "${field.label}".`;
  return undefined;
}

function enteredIn(posted: URLSearchParams, choice: HandoffChoice, field: HandoffField): string {
  const value = posted.get(answerFieldName(choice.choice, field.name)) ?? '';
  if (field.kind === 'check') return value === 'yes' ? 'yes' : '';
  return value.replace(/\r\n?/g, '\n').trim();
}

/** Reads an answer from a form. Nothing is assumed: the choice must be one of those offered; fields of other choices are ignored. */
export function readAnswer(posted: URLSearchParams, wait: HandoffWait): PostedAnswer {
  const choice = choiceOf(wait, posted.get(answerFields.choice) ?? '');
  if (choice === undefined) {
    const problem = 'Choose one of the answers.';
    return { refill: { problem, fieldErrors: { [answerFields.choice]: problem }, values: { fields: {} } } };
  }
  const fields = fieldsOf(wait, choice);
  const values = Object.fromEntries(fields.map((field) => [field.name, enteredIn(posted, choice, field)]));
  const fieldErrors = Object.fromEntries(
    fields.flatMap((field) => {
      const problem = problemOf(field, values[field.name] ?? '');
      return problem === undefined ? [] : [[field.name, problem] as const];
    }),
  );
  if (Object.keys(fieldErrors).length === 0) return { filled: { choice: choice.choice, values } };
  const problem = 'Something in the answer does not fit.';
  return { refill: { problem, fieldErrors, values: { choice: choice.choice, fields: values } } };
}
