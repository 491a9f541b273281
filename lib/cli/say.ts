/** Control characters but tab and line feed: what comes from elsewhere must not steer a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A text without characters that a terminal would obey. */
export function plain(text: string): string {
  return text.replace(CONTROL, '\u{fffd}');
}

/** Prints an answer: lines to the standard output. */
export function say(...lines: readonly string[]): void {
  for (const line of lines) console.log(plain(line));
}

/** Prints a document as one line of JSON, which escapes control characters by itself. */
export function sayJson(document: unknown): void {
  console.log(JSON.stringify(document));
}

/** Says what goes on while one waits: to the standard error, so that the answer stays alone. */
export function note(line: string): void {
  console.error(plain(line));
}
