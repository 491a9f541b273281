import { oneLine } from './clean-text.ts';
import { type Content, type Markup, markup } from './markup.ts';
import { rawStyle } from './style-element.ts';
import { operatorStylesheet, stylesheet } from './stylesheet.ts';

/**
 * The mark: an open ring, the first signature, and a stroke that signs across it and leaves through the opening, the second.
 */
export const mark: Markup = markup`<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false"><path d="M24.6 8.1A11.5 11.5 0 1 0 27.5 16"/><path d="M9.5 15.5l5.2 5.6L28.5 4.5"/></svg>`;

export interface PageFrame {
  readonly title: string;
  /** What stands on the right of the wordmark. */
  readonly context?: string;
  readonly body: Content;
  readonly footer?: Content;
  /** Operators' pages are wide and bring their own additions to the stylesheet. */
  readonly operator?: boolean;
}

/** A complete HTML document in Countersign's frame. */
export function page(frame: PageFrame): string {
  const document = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<title>${oneLine(frame.title)} · Countersign</title>
${rawStyle(stylesheet)}${frame.operator && rawStyle(operatorStylesheet)}
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
