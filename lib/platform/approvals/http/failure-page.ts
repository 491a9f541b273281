import { page } from '../../../pages/layout.ts';
import { markup } from '../../../pages/markup.ts';
import type { Runtime } from '../../runtime.ts';
import { type PageResponse, respondWithPage } from './page-response.ts';

/** The answer when something failed on our side: neither details nor a promise about what is recorded. */
export function failurePage(runtime: Runtime, requestId: string): PageResponse {
  const body = page({
    title: 'Something failed on our side',
    body: markup`<article><header class="head"><h1>Something failed on our side</h1><p class="lead">Please open the link from your mail again in a few minutes: it tells what is recorded.</p></header></article>`,
    footer: markup`Request <code>${requestId}</code>`,
  });
  return respondWithPage(runtime, 500, body);
}
