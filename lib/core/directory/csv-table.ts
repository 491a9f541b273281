import { CsvError, parse } from 'csv-parse/sync';
import { InvalidInput, type Problem } from '../errors.ts';
import { pointer } from '../json.ts';

/** One row: its line in the file (1 is the header), and its cells that are not empty, by column. */
export interface CsvRow {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

/** The columns that a table must have, and those that it may have. */
export interface CsvColumns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

/** A problem of a row: the pointer is into the list of rows (the first one below the header is 0), the line stands in the message. */
export function rowProblem(
  row: number,
  line: number,
  column: string,
  code: string,
  message: string,
  mend: string,
): Problem {
  const at = column === '' ? pointer('', row) : pointer('', row, column);
  return { pointer: at, code, message: `Line ${line}: ${message}`, mend };
}

/** The line on which a record begins; the library counts to its end, which quoted line breaks move. */
function firstLine({ raw, info }: CsvRecord): number {
  return info.lines - raw.trim().split(/\r\n|\n|\r/).length + 1;
}

function readRecords(text: string): CsvRecord[] {
  try {
    // The library's types know the shape of `info` and `raw` records only for its callbacks.
    return parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
      raw: true,
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = 'lines' in error ? Number(error.lines) : 0;
    const mend =
      'Put a cell with a comma, a quote or a line break in double quotes, and write a quote inside it twice.';
    const message = `Line ${line}: ${error.message}.`;
    throw new InvalidInput('The text is not a CSV table.', [{ pointer: '', code: 'invalid-csv', message, mend }]);
  }
}

function headerProblems(header: readonly string[], line: number, columns: CsvColumns): Problem[] {
  const known = [...columns.required, ...columns.optional];
  const problem = (code: string, message: string, mend: string): Problem => ({
    pointer: '',
    code,
    message: `Line ${line}: ${message}`,
    mend,
  });
  return [
    ...header
      .filter((name) => !known.includes(name))
      .map((name) =>
        problem('unknown-column', `the column "${name}" is unknown.`, `The columns are: ${known.join(', ')}.`),
      ),
    ...header
      .filter((name, index) => header.indexOf(name) < index)
      .map((name) => problem('duplicate-column', `the column "${name}" stands twice.`, 'Remove one of the two.')),
    ...columns.required
      .filter((name) => !header.includes(name))
      .map((name) => problem('missing-column', `the column "${name}" is missing.`, 'Add the column to the header.')),
  ];
}

/**
 * Reads a CSV table (RFC 4180: comma, double quotes, a header; UTF-8 with or without a byte order mark). White space around
 * cells is dropped, empty lines are skipped.
 * @throws InvalidInput with every column that is unknown, missing or double, and every row with too few or too many cells, by
 *   line number.
 */
export function readCsvTable(text: string, columns: CsvColumns): CsvRow[] {
  const [head, ...records] = readRecords(text);
  const header = head?.record ?? [];
  const ragged = records.flatMap((record, row) => {
    if (record.record.length === header.length) return [];
    const message = `there are ${record.record.length} cells where the header has ${header.length}.`;
    return [rowProblem(row, firstLine(record), '', 'wrong-cell-count', message, 'Give every row a cell per column.')];
  });
  const problems = [...headerProblems(header, head === undefined ? 1 : firstLine(head), columns), ...ragged];
  if (problems.length > 0) throw new InvalidInput(`The CSV table has ${problems.length} problem(s).`, problems);
  return records.map((record) => {
    const cells = header.map((column, index) => [column, record.record[index] ?? ''] as const);
    return { line: firstLine(record), cells: new Map(cells.filter(([, cell]) => cell !== '')) };
  });
}
