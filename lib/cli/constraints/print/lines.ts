import { styleText } from 'node:util';
import { plain } from '../../say.ts';

export type Style = 'error' | 'warning' | 'note' | 'good' | 'faint' | 'strong';

/** A part of a line: bare text, or text with a style. */
export type Piece = string | readonly [Style, string];
export type Line = readonly Piece[];

/** Columns that a report stays within. */
export const COLUMNS = 100;

const FORMATS = {
  error: ['red', 'bold'],
  warning: ['yellow', 'bold'],
  note: ['cyan'],
  good: ['green'],
  faint: ['dim'],
  strong: ['bold'],
} as const;

/** Prints lines to the standard output; styles show on a terminal only (and not where NO_COLOR is set). */
export function sayLines(lines: readonly Line[]): void {
  for (const line of lines)
    console.log(
      line
        .map((piece) =>
          typeof piece === 'string'
            ? plain(piece)
            : styleText([...FORMATS[piece[0]]], plain(piece[1]), { stream: process.stdout }),
        )
        .join('')
        .trimEnd(),
    );
}

/** Breaks a text into lines of at most so many columns, at spaces; a longer word stays whole. */
export function wrap(text: string, columns: number, first = columns): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    if (line !== '' && line.length + 1 + word.length > (lines.length === 0 ? first : columns)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

/** Further lines stand no further in than this: below a long head there would be no room. */
const DEEPEST = 20;

/** A text behind a head, with further lines indented as far as the head is wide, or a little where that is far. */
export function hanging(head: Line, text: string): Line[] {
  const width = head.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece : piece[1]).length, 0);
  const indent = width > DEEPEST ? 6 : width;
  const [first = '', ...rest] = wrap(text, COLUMNS - indent, COLUMNS - width);
  return [[...head, first], ...rest.map((line): Line => [' '.repeat(indent), line])];
}

/** `1 rule`, `2 rules`. */
export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
