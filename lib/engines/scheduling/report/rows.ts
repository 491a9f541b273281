import { type Html, html, type Part } from './html.ts';

/** A page that people open stays small; what does not fit is in a table beside it, and the page says so. */
const MOST_ROWS = 150;

/** A table of a page: so many rows, each cell with the name of its column for narrow screens. */
export function rows<T>(
  list: readonly T[],
  head: readonly string[],
  row: (each: T) => readonly Part[],
  file = 'plan.csv',
): Html {
  const body = list
    .slice(0, MOST_ROWS)
    .map(
      (each) =>
        html`<tr>${row(each).map((part, place) => html`<td data-name="${head[place] ?? ''}">${part}</td>`)}</tr>`,
    );
  const more = list.length > MOST_ROWS ? html`<p class="fine">${list.length - MOST_ROWS} more are in ${file}.</p>` : '';
  return html`<table><thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${body}</tbody></table>${more}`;
}
