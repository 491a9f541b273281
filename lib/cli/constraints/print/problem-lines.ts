import type { Problem } from '../../../core/errors.ts';
import { excerpt } from './excerpt.ts';
import { hanging, type Line, type Style } from './lines.ts';

const PLACED = /^(.*?):(\d+):(\d+): (.*)$/s;

/** The word at a place: what a problem of a source most likely means. */
function lengthAt(line: string | undefined, column: number): number {
  const word = /^(?:"[^"]*"|'[^']*'|[\w.]+|\S)/.exec(line?.slice(column - 1) ?? '');
  return word?.[0].length ?? 1;
}

/** Problems of a source, each with an excerpt of where it stands and what to do. */
export function problemLines(
  problems: readonly Problem[],
  source: string,
  severity: Style & ('error' | 'warning'),
): Line[] {
  const lines = source.split('\n');
  return problems.flatMap(({ pointer, code, message, mend }): Line[] => {
    const [, file, line, column, text] = PLACED.exec(message) ?? [];
    const head = hanging([[severity, `${severity}[${code}]`], ': '], text ?? message);
    const width = Math.max(2, (line ?? '').length);
    const at = Number(column ?? 1);
    const spot = {
      span: {
        file: file ?? '',
        line: Number(line ?? 0),
        column: at,
        endLine: Number(line ?? 0),
        endColumn: at + lengthAt(lines[Number(line ?? 0) - 1], at),
      },
      label: '',
    };
    const where: Line[] =
      file === undefined
        ? [[['note', `${' '.repeat(width)}--> `], pointer === '' ? '(document)' : pointer]]
        : excerpt(source, spot, severity, width);
    return [...head, ...where, ...hanging([['note', `${' '.repeat(width)} = `], ['strong', 'mend'], ': '], mend), []];
  });
}
