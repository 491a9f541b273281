import { parse } from 'csv-parse/sync';
import { type CsvRow, readCsvTable } from '../../../core/directory/csv-table.ts';
import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import { readYaml } from '../../../core/yaml.ts';
import { parseCell } from './cells.ts';
import type { RowSource, TableSource } from './document.ts';
import { formatSource } from './format.ts';

/** What a CSV table does not say itself. */
export type TableHead = Omit<TableSource, 'inputs' | 'rows'>;

const RESULTS = ['then route', 'then require', 'then forbid', 'then priority', 'then message'];

function headerOf(text: string): string[] {
  try {
    // The library's types do not know that `to: 1` leaves one record.
    const [header] = parse(text, { bom: true, trim: true, to: 1, relax_column_count: true }) as string[][];
    return header ?? [];
  } catch {
    // `readCsvTable` says what is wrong with the text.
    return [];
  }
}

function labelsOf(cell: string): string[] {
  if (cell === 'none') return [];
  return cell
    .split(/[,;]/)
    .map((label) => label.trim())
    .filter((label) => label !== '');
}

class RowReader {
  readonly problems: Problem[] = [];
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  private refuse(at: string, row: CsvRow, code: string, message: string, mend: string): void {
    this.problems.push({ pointer: at, code, message: `${this.file}:${row.line}: ${message}`, mend });
  }

  read(row: CsvRow, index: number, inputs: readonly string[]): RowSource {
    const at = pointer('/rows', index);
    const cells = inputs.map((input, column) => {
      const text = row.cells.get(`if ${input}`) ?? '-';
      const parsed = parseCell(text);
      if ('fault' in parsed) {
        const { code, message, mend } = parsed.fault;
        this.refuse(pointer(at, 'if', column), row, code, `${input}, "${text}": ${message}`, mend);
      }
      return text;
    });
    const cell = (result: string) => row.cells.get(`then ${result}`);
    const [route, require, forbid, message] = [cell('route'), cell('require'), cell('forbid'), cell('message')];
    const priority = Number(cell('priority') ?? 0);
    if (!Number.isSafeInteger(priority)) {
      this.refuse(`${at}/priority`, row, 'invalid-value', 'The priority is not a whole number.', 'Write 10 or -1.');
    }
    const results = [route, require, forbid].filter((result) => result !== undefined);
    if (results.length !== 1) {
      const said = results.length === 0 ? 'no result' : `${results.length} results`;
      const mend = 'Fill in one of then route (none for no approval), then require, then forbid.';
      this.refuse(at, row, 'wrong-result', `The row has ${said}.`, mend);
    }
    return {
      if: cells,
      ...(route === undefined ? {} : { route: labelsOf(route) }),
      ...(require === undefined ? {} : { require }),
      ...(forbid === undefined ? {} : { forbid: forbid === 'true' ? true : forbid }),
      ...(cell('priority') === undefined ? {} : { priority }),
      ...(message === undefined ? {} : { message }),
    };
  }
}

/**
 * Reads a decision table from CSV (RFC 4180). A column `if <field>` holds unary tests of that field, an empty cell is `-`; a row's
 * result stands in one of `then route` (labels, `none` for no approval), `then require`, `then forbid` (CEL, or `true`);
 * `then priority` and `then message` may stand beside it. Fields and values are checked when the source with it is compiled.
 * @param file names the text in problems.
 * @param head what the CSV does not say: id, owner, hit policy and so on.
 * @throws InvalidInput with every problem, by line.
 */
export function importTableCsv(text: string, file: string, head: TableHead): TableSource {
  const header = headerOf(text);
  const inputs = header.filter((name) => name.startsWith('if ')).map((name) => name.slice(3).trim());
  const rows = readCsvTable(text, {
    required: inputs.length === 0 ? ['if <field>'] : inputs.map((input) => `if ${input}`),
    optional: RESULTS,
  });
  const reader = new RowReader(file);
  const read = rows.map((row, index) => reader.read(row, index, inputs));
  if (rows.length === 0) {
    const message = `${file}: The table has no rows.`;
    reader.problems.push({ pointer: '', code: 'empty-table', message, mend: 'Add a row below the header.' });
  }
  if (reader.problems.length === 0) return { ...head, inputs, rows: read };
  throw new InvalidInput(`${file} is not a decision table: ${reader.problems.length} problem(s).`, reader.problems);
}

/**
 * Puts a table into a source, in the place of the one with its id or behind the others, and lays the source out.
 * @throws InvalidInput when the source is not YAML or does not fit its schema.
 */
export function withTable(source: string, file: string, table: TableSource): string {
  const { document } = readYaml(source, file);
  const tables: unknown = document.toJS().tables;
  const known = Array.isArray(tables) ? tables : [];
  const index = known.findIndex((other: { readonly id?: unknown }) => other?.id === table.id);
  document.setIn(['tables', index < 0 ? known.length : index], document.createNode(table));
  return formatSource(document.toString({ lineWidth: 0 }), file);
}
