import { html } from 'hono/html';
import { cleanText } from './clean-text.ts';

/** HTML that is safe to send: it was written in this code base, or escaped. */
export type Markup = Extract<ReturnType<typeof html>, string>;

/** What may stand in a template: markup as it is, text and numbers escaped, `undefined` and `false` as nothing. */
export type Content = Markup | string | number | undefined | false | readonly Content[];

function prepared(content: Content): unknown {
  if (Array.isArray(content)) return content.map(prepared);
  return typeof content === 'string' ? cleanText(content) : content;
}

/**
 * Tag for HTML templates: cleans and escapes every value that is not markup itself, also inside quoted attributes.
 * @example markup`<p title="${name}">${name}</p>`
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const written = html(strings, ...values.map(prepared));
  if (written instanceof Promise) throw new TypeError('A page is written from values at hand, never from promises.');
  return written;
}

/** Something a person wrote or is called, isolated so that its direction of writing stays its own. */
export function words(text: string): Markup {
  return markup`<bdi>${text}</bdi>`;
}

/**
 * A URL for `href` and `action`: a path of this site, or an absolute http(s) URL.
 * @throws TypeError for every other scheme and for paths that leave the site (`//host`).
 */
export function safeUrl(url: string): string {
  const path = /^\/(?![/\\])/.test(url);
  const absolute = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!path && !absolute) throw new TypeError('A link on a page must be a path of this site or an http(s) URL.');
  return url;
}
