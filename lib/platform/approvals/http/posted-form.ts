import { commentMaxCharacters, type DecisionFormView, decisionFields } from '../../../pages/parts/decision-form.ts';
import type { RequestProblem } from '../../../pages/request-problem-page.ts';
import type { Choice } from '../decide.ts';
import type { Action } from '../stage.ts';
import type { LinkRequest } from './page-response.ts';

/** The longest comment with every character escaped, and room for the other fields. */
const MAX_BODY_BYTES = 24 * 1024;

/** Why a post was refused, with the status that says so. */
export interface Refusal {
  readonly status: number;
  readonly problem: RequestProblem;
}

/** The fields of a post, or why it is not looked at. */
export type PostedForm = { readonly fields: URLSearchParams } | { readonly refusal: Refusal };

/**
 * Reads a posted form. The origin must be this site's own, exactly: a missing or opaque (`null`) one is refused like a
 * foreign one.
 * @param origin scheme, host and port that mails link to.
 * @param maximumBytes what the body may hold, by default what a decision can take.
 */
export function readForm(request: LinkRequest, origin: string, maximumBytes = MAX_BODY_BYTES): PostedForm {
  if (request.headers.origin !== origin) return { refusal: { status: 403, problem: 'cross-site' } };
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return { refusal: { status: 415, problem: 'unreadable' } };
  if (request.body.length > maximumBytes) return { refusal: { status: 413, problem: 'too-large' } };
  const fields = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  // A field that comes twice could be read in two ways.
  const twice = [...fields.keys()].length !== new Set(fields.keys()).size;
  return twice ? { refusal: { status: 400, problem: 'unreadable' } } : { fields };
}

/** A choice, or what is wrong with it and what was filled in. */
export type ReadChoice =
  | { readonly choice: Choice }
  | { readonly form: Required<Pick<DecisionFormView, 'fieldErrors' | 'values'>> };

const commentRequired: Readonly<Partial<Record<Action, string>>> = {
  reject: 'Write in the comment why you reject.',
  'request-changes': 'Write in the comment what has to change.',
  close: 'Write in the comment why you close it.',
};

/** Reads a decision from a form. Nothing is assumed: the choice must be one of those offered, and say what it must say. */
export function readChoice(fields: URLSearchParams, offered: readonly Action[]): ReadChoice {
  const comment = (fields.get(decisionFields.comment) ?? '').replace(/\r\n?/g, '\n').trim();
  const action = offered.find((one) => one === fields.get(decisionFields.choice));
  if (action === undefined)
    return { form: { fieldErrors: { choice: 'Choose one of the answers.' }, values: { comment } } };
  const values = { choice: action, comment };
  const required = commentRequired[action];
  if (required !== undefined && comment === '') return { form: { fieldErrors: { comment: required }, values } };
  if (comment.length > commentMaxCharacters)
    return {
      form: {
        fieldErrors: {
          comment: `Shorten the comment to ${commentMaxCharacters.toLocaleString('en')} characters at most.`,
        },
        values,
      },
    };
  return { choice: { action, comment } };
}
