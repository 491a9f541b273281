import type * as z from 'zod';
import { InvalidInput, type Problem } from '../errors.ts';
import type { Json } from '../json.ts';
import { pointer } from '../json.ts';
import { problemsOfZodError } from '../zod-problems.ts';
import { type CsvColumns, type CsvRow, readCsvTable, rowProblem } from './csv-table.ts';
import { type Account, account, type Person, person } from './schema.ts';
import { readBasisPoints, readMoney } from './written-values.ts';

/** A cell as a value, or why it is none. */
type Cell = { readonly value: Json } | { readonly wrong: string; readonly mend: string };
type ReadCell = (text: string) => Cell;

const asText: ReadCell = (text) => ({ value: text });

const asList: ReadCell = (text) => ({ value: listed(text) });

const asMoney: ReadCell = (text) => {
  const amount = readMoney(text);
  return amount === undefined
    ? {
        wrong: `"${text}" is not an amount.`,
        mend: 'Write it like 50000.00 EUR: no separators, the digits of the currency.',
      }
    : { value: { ...amount } };
};

const asMoneyList: ReadCell = (text) => {
  const amounts: Json[] = [];
  for (const cell of listed(text).map(asMoney)) {
    if ('wrong' in cell) return cell;
    amounts.push(cell.value);
  }
  return { value: amounts };
};

const asBasisPoints: ReadCell = (text) => {
  const ratio = readBasisPoints(text);
  return ratio === undefined
    ? {
        wrong: `"${text}" is not a percentage.`,
        mend: 'Write it like 12.5 %, with at most two digits behind the point.',
      }
    : { value: ratio };
};

function listed(text: string): string[] {
  return text
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A table of things: its columns, how each one's cells are read, and the schema of a row. */
interface Table<T> {
  readonly columns: CsvColumns;
  readonly readers: Readonly<Record<string, ReadCell>>;
  readonly schema: z.ZodType<T>;
}

const PEOPLE: Table<Person> = {
  columns: {
    required: ['id', 'name', 'email', 'timeZone', 'calendar'],
    optional: ['principals', 'manager', 'roles', 'limits', 'employedUntil'],
  },
  readers: { principals: asList, roles: asList, limits: asMoneyList },
  schema: person,
};

const ACCOUNTS: Table<Account> = {
  columns: {
    required: ['id', 'name', 'segment', 'region', 'recordOwner', 'annualRecurringRevenue', 'churnRisk'],
    optional: [],
  },
  readers: { annualRecurringRevenue: asMoney, churnRisk: asBasisPoints },
  schema: account,
};

/** One row as a thing, or everything that is wrong with it. */
function readRow<T>(table: Table<T>, { line, cells }: CsvRow, row: number): { thing?: T; problems: Problem[] } {
  const problems: Problem[] = [];
  const fields: Record<string, Json> = {};
  for (const [column, text] of cells) {
    const cell = (table.readers[column] ?? asText)(text);
    if ('wrong' in cell) problems.push(rowProblem(row, line, column, 'invalid-cell', cell.wrong, cell.mend));
    else fields[column] = cell.value;
  }
  const result = table.schema.safeParse(fields);
  if (result.success) return { thing: result.data, problems };
  const unreadable = new Set(problems.map((problem) => problem.pointer));
  const ofSchema = problemsOfZodError(result.error, pointer('', row))
    .filter((problem) => !unreadable.has(problem.pointer))
    .map((problem) => ({ ...problem, message: `Line ${line}: ${problem.message}` }));
  return { problems: [...problems, ...ofSchema] };
}

function importTable<T>(table: Table<T>, text: string): T[] {
  const rows = readCsvTable(text, table.columns).map((row, index) => readRow(table, row, index));
  const problems = rows.flatMap((row) => row.problems);
  if (problems.length > 0) throw new InvalidInput(`The CSV table has ${problems.length} problem(s).`, problems);
  return rows.flatMap(({ thing }) => thing ?? []);
}

/**
 * Reads people from CSV, for the `people` of a directory. Columns, in any order:
 *
 * | column          | needed | content                                                                    |
 * |-----------------|--------|----------------------------------------------------------------------------|
 * | `id`            | yes    | lower-case letters, digits, points, hyphens, underscores                   |
 * | `name`          | yes    | as people write it                                                         |
 * | `email`         | yes    | the address that only this person reads                                    |
 * | `timeZone`      | yes    | an IANA name, `Europe/Berlin`                                              |
 * | `calendar`      | yes    | id of a calendar                                                           |
 * | `manager`       |        | id of a person                                                             |
 * | `roles`         |        | ids of roles, separated by semicolons                                      |
 * | `limits`        |        | amounts, separated by semicolons: `50000.00 EUR; 60000.00 USD`             |
 * | `principals`    |        | names under which the person's calls arrive, separated by semicolons       |
 * | `employedUntil` |        | the last day of employment, `2026-12-31`                                   |
 *
 * Whether calendars, roles and managers exist is checked by `loadDirectory`.
 * @throws InvalidInput with every problem, by line number; pointers are into the list of rows.
 */
export function importPeopleCsv(text: string): Person[] {
  return importTable(PEOPLE, text);
}

/**
 * Reads accounts from CSV, for the `accounts` of a directory. Columns, in any order, all needed: `id`, `name`, `segment`
 * (`enterprise`, `mid-market`, `small-business`), `region`, `recordOwner` (id of a person), `annualRecurringRevenue` (an
 * amount: `120000.00 EUR`), `churnRisk` (a percentage: `12.5 %`).
 * @throws InvalidInput with every problem, by line number; pointers are into the list of rows.
 */
export function importAccountsCsv(text: string): Account[] {
  return importTable(ACCOUNTS, text);
}
