/**
 * Characters that a page must not repeat: controls but tab and line feed, line and paragraph separators, noncharacters, and
 * the bidirectional embeddings, overrides and isolates with which a text can show another order than it has
 * (CVE-2021-42574). Right-to-left letters need none of them: every name stands in a `bdi` of its own.
 */
const UNSAFE = /(?![\t\n])\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Noncharacter_Code_Point}/gu;

/** A text as it may be shown: unsafe characters become U+FFFD, so that tampering shows; line ends become `\n`. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(UNSAFE, '\ufffd');
}

/** A text on one line: white space of every kind becomes one space. For subjects, titles and attributes. */
export function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/** A text on one line of at most so many characters, with an ellipsis where it was cut. */
export function shortened(text: string, maxCharacters: number): string {
  const characters = [...oneLine(text)];
  return characters.length <= maxCharacters
    ? characters.join('')
    : `${characters
        .slice(0, maxCharacters - 1)
        .join('')
        .trimEnd()}…`;
}
