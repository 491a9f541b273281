import { page } from './layout.ts';
import { markup, safeUrl } from './markup.ts';
import { commentMaxCharacters } from './parts/decision-form.ts';

/** Why a post was refused before anything of it was looked at. */
export type RequestProblem =
  | 'missing-choice'
  | 'stale-nonce'
  | 'missing-cookie'
  | 'cross-site'
  | 'too-large'
  | 'unreadable'
  | 'too-many'
  | 'busy';

export interface RequestProblemView {
  readonly problem: RequestProblem;
  /** Where the form can be opened again, when that helps. */
  readonly retry?: string;
}

const sentences: Readonly<Record<RequestProblem, { readonly title: string; readonly text: string }>> = {
  'missing-choice': {
    title: 'No choice was made',
    text: 'The form came without a choice. Open it again, choose one of the answers, and record your decision.',
  },
  'stale-nonce': {
    title: 'The form was too old',
    text: 'The page had been open for a long time, or was opened again in another window. Open it again and decide there.',
  },
  'missing-cookie': {
    title: 'Your browser sent no cookie',
    text: 'One cookie ties the form to this browser and is gone when you are done. Allow cookies for this site, then open the page again.',
  },
  'cross-site': {
    title: 'The form came from somewhere else',
    text: 'A decision must be sent from the page that this site shows. Open the link from your mail in the browser itself and decide there.',
  },
  'too-large': {
    title: 'The comment is too long',
    text: `Shorten the comment to ${commentMaxCharacters} characters at most, and send the form again.`,
  },
  unreadable: {
    title: 'The form could not be read',
    text: 'Something on the way changed it. Open the page again and decide there.',
  },
  'too-many': {
    title: 'Too many attempts',
    text: 'This link was used very often in a short time. Wait a few minutes, then open it again.',
  },
  busy: {
    title: 'Too many at the same moment',
    text: 'Several people or programs used this request at once, and yours may not have come through. Open the page again: it tells what is recorded, and takes your decision if none is.',
  },
};

/** The answer to a refused post: nothing is recorded, and what to do next. */
export function renderRequestProblem(view: RequestProblemView): string {
  const { title, text } = sentences[view.problem];
  return page({
    title,
    body: markup`<article><header class="head"><p class="eyebrow">${view.problem === 'busy' ? 'Please check' : 'Nothing was recorded'}</p><h1>${title}</h1><p class="lead">${text}</p></header>${view.retry !== undefined && markup`<p><a class="button" href="${safeUrl(view.retry)}">Open the page again</a></p>`}</article>`,
  });
}
