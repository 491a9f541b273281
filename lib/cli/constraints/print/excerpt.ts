import type { Span } from '../../../engines/constraints/model.ts';
import { COLUMNS, type Line, type Style } from './lines.ts';

/** A place in a source, and what to write beneath it. */
export interface Spot {
  readonly span: Span;
  readonly label: string;
}

/** The part of a long line that is worth showing, and where the columns of the span are in it. */
function cut(line: string, from: number, to: number, room: number): { text: string; from: number; to: number } {
  if (line.length <= room) return { text: line, from, to: Math.min(to, line.length) };
  const start = Math.min(Math.max(0, from - 16), Math.max(0, line.length - room + 1));
  const head = start > 0 ? '…' : '';
  const body = line.slice(start, start + room - head.length - 1);
  const tail = start + body.length < line.length ? '…' : '';
  const shift = head.length - start;
  return { text: `${head}${body}${tail}`, from: from + shift, to: Math.min(to + shift, head.length + body.length) };
}

function gutter(width: number, number = ''): ['note', string] {
  return ['note', `${number.padStart(width)} | `];
}

/**
 * Lines of a source with carets under a span, as compilers show them:
 *
 *      --> policy.yaml:41:16
 *       |
 *    41 |     condition: request.discount <= percent("15")
 *       |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ ceiling (finance)
 */
export function excerpt(source: string, { span, label }: Spot, style: Style, width: number): Line[] {
  const line = source.split('\n')[span.line - 1];
  const arrow: Line = [['note', `${' '.repeat(width)}--> `], `${span.file}:${span.line}:${span.column}`];
  if (line === undefined) return [arrow];
  const full = line.trimEnd();
  const end = span.endLine > span.line ? full.length : span.endColumn - 1;
  const { text, from, to } = cut(full, span.column - 1, end, COLUMNS - width - 3);
  const carets = '^'.repeat(Math.max(1, to - from));
  const beside = width + 3 + from + carets.length + 1 + label.length <= COLUMNS;
  return [
    arrow,
    [gutter(width)],
    [gutter(width, String(span.line)), text],
    [gutter(width), ' '.repeat(from), [style, carets], ...(beside ? [' ', [style, label] as const] : [])],
    ...(beside
      ? []
      : [
          [
            gutter(width),
            ' '.repeat(Math.max(0, Math.min(from, COLUMNS - width - 3 - label.length))),
            [style, label],
          ] as Line,
        ]),
  ];
}

/** How wide the gutter must be for some spots. */
export function gutterWidth(spots: readonly Spot[]): number {
  return Math.max(2, ...spots.map(({ span }) => String(span.line).length));
}
