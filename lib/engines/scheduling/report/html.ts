/** Controls but tab and line feed, line separators, and characters that show a text in another order than it has (CVE-2021-42574). */
const UNSAFE = /(?![\t\n])\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Noncharacter_Code_Point}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of a document that is escaped already. */
export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

export type Part = Html | string | number | readonly Part[];

function written(part: Part): string {
  if (part instanceof Html) return part.source;
  if (Array.isArray(part)) return part.map(written).join('');
  return String(part)
    .toWellFormed()
    .replace(UNSAFE, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Writes a piece of a document: every text that is put in is escaped, for elements and for attributes in quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(
    strings.map((text, place) => text + (place < parts.length ? written(parts[place] ?? '') : '')).join(''),
  );
}
