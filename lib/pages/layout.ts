import { oneLine } from './clean-text.ts';
import { type Content, type Markup, markup } from './markup.ts';
import { rawStyle } from './style-element.ts';
import { answerStylesheet, codeStylesheet, operatorStylesheet, stylesheet } from './stylesheet.ts';

/** The mark: an open seal, and a signature written across it that leaves through the opening. */
export const mark: Markup = markup`<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><path d="M25 7A12.5 12.5 0 1 0 28.4 17"/><path d="M7.5 20.5c4-1.5 6.5-11 8.6-10.6s-2.6 10 0 10.3 3.6-6 5.4-5.8-.6 4.2 1.5 3.6S27.5 11 30 6.5"/></svg>`;

export interface PageFrame {
  readonly title: string;
  /** What stands on the right of the wordmark. */
  readonly context?: string;
  readonly body: Content;
  readonly footer?: Content;
  /** Operators' pages are wide and bring their own additions to the stylesheet. */
  readonly operator?: boolean;
  /** Whether a code is entered on the page. */
  readonly asksForCode?: boolean;
  /** Whether a handoff is answered on the page. */
  readonly asksForAnswer?: boolean;
}

/** A complete HTML document in Countersign's frame. */
export function page(frame: PageFrame): string {
  const document = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="format-detection" content="telephone=no">
<title>${oneLine(frame.title)} · Countersign</title>
${rawStyle(stylesheet)}${frame.operator && rawStyle(operatorStylesheet)}${frame.asksForCode && rawStyle(codeStylesheet)}${frame.asksForAnswer && rawStyle(answerStylesheet)}
</head>
<body${frame.operator && markup` class="wide"`}>
<header class="top">${mark}<span class="wordmark">Countersign</span>${frame.context && markup`<span class="context">${frame.context}</span>`}</header>
<main>
${frame.body}
</main>
${frame.footer && markup`<footer>${frame.footer}</footer>`}
</body>
</html>
`;
  return document.toString();
}
