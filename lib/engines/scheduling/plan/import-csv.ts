import type * as z from 'zod';
import { type CsvColumns, type CsvRow, readCsvTable, rowProblem } from '../../../core/directory/csv-table.ts';
import { readBasisPoints, readMoney } from '../../../core/directory/written-values.ts';
import { InvalidInput, type Problem } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { pointer } from '../../../core/json.ts';
import { problemsOfZodError } from '../../../core/zod-problems.ts';
import { type Account, account, type Rep, rep, type Touch, touch } from './request-shape.ts';

/** A cell as a value, or why it is none. */
type Cell = { readonly value: Json } | { readonly wrong: string; readonly mend: string };
type ReadCell = (text: string) => Cell;

const asText: ReadCell = (text) => ({ value: text });

const asNumber: ReadCell = (text) =>
  /^\d{1,12}$/.test(text)
    ? { value: Number(text) }
    : { wrong: `"${text}" is not a whole number.`, mend: 'Write digits only.' };

const asList: ReadCell = (text) => ({
  value: text
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
});

const asMoney: ReadCell = (text) => {
  const amount = readMoney(text);
  return amount === undefined
    ? {
        wrong: `"${text}" is not an amount.`,
        mend: 'Write it like 50000.00 EUR: no separators, the digits of the currency.',
      }
    : { value: { ...amount } };
};

const asPercentage: ReadCell = (text) => {
  const ratio = readBasisPoints(text);
  return ratio === undefined
    ? { wrong: `"${text}" is not a percentage.`, mend: 'Write it like 12.5 %.' }
    : { value: ratio };
};

/** `0: 3 %; 7: 12.5 %`: the probability of loss by days of delay. */
const asHazard: ReadCell = (text) => {
  const points: Json[] = [];
  for (const item of text.split(';').map((each) => each.trim())) {
    const [, days, ratio = ''] = /^(\d{1,3}): ?(.+)$/.exec(item) ?? [];
    const basisPoints = readBasisPoints(ratio);
    if (days === undefined || basisPoints === undefined)
      return { wrong: `"${item}" is not a point of a hazard.`, mend: 'Write it like 0: 3 %; 7: 12.5 %.' };
    points.push({ days: Number(days), basisPoints });
  }
  return { value: points };
};

/** `18:00-08:00`. */
const asQuietHours: ReadCell = (text) => {
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? [];
  return from === undefined || to === undefined
    ? { wrong: `"${text}" is not a span of quiet hours.`, mend: 'Write it like 18:00-08:00.' }
    : { value: { from, to } };
};

/** `2 in 7`: at most two contacts in seven days. */
const asContactCaps: ReadCell = (text) => {
  const [, count, days] = /^(\d{1,2}) in (\d{1,2})$/.exec(text) ?? [];
  return count === undefined || days === undefined
    ? { wrong: `"${text}" is not a contact cap.`, mend: 'Write it like 2 in 7, for two contacts in seven days.' }
    : { value: { count: Number(count), days: Number(days) } };
};

/** A column: where its value goes in the object (a path of fields), and how it is read. */
interface Column {
  readonly path: readonly string[];
  readonly read: ReadCell;
  readonly required?: true;
}

type Table = Readonly<Record<string, Column>>;

const TOUCHES: Table = {
  id: { path: ['id'], read: asText, required: true },
  account: { path: ['account'], read: asText, required: true },
  kind: { path: ['kind'], read: asText, required: true },
  p50: { path: ['minutes', 'p50'], read: asNumber, required: true },
  p80: { path: ['minutes', 'p80'], read: asNumber, required: true },
  p95: { path: ['minutes', 'p95'], read: asNumber, required: true },
  from: { path: ['window', 'from'], read: asText, required: true },
  to: { path: ['window', 'to'], read: asText, required: true },
  skill: { path: ['skill'], read: asText, required: true },
  after: { path: ['after'], read: asText },
  channel: { path: ['channel'], read: asText },
  stake: { path: ['stakeBasisPoints'], read: asPercentage },
  pinnedRep: { path: ['pin', 'rep'], read: asText },
  pinnedStart: { path: ['pin', 'start'], read: asText },
};

const REPS: Table = {
  id: { path: ['id'], read: asText, required: true },
  skills: { path: ['skills'], read: asList, required: true },
  timeZone: { path: ['timeZone'], read: asText, required: true },
  weeklyMinutes: { path: ['weeklyMinutes'], read: asNumber, required: true },
  loadMinutes: { path: ['loadMinutes'], read: asNumber },
  workdays: { path: ['calendar', 'workdays'], read: asList },
  hours: { path: ['calendar', 'hours'], read: asList },
  afterHours: { path: ['calendar', 'afterHours'], read: asList },
  daysOff: { path: ['calendar', 'daysOff'], read: asList },
  rescueCallsPerDay: { path: ['limits', 'rescueCallsPerDay'], read: asNumber },
  afterHoursPerWeek: { path: ['limits', 'afterHoursPerWeek'], read: asNumber },
  consecutive: { path: ['limits', 'consecutive'], read: asNumber },
};

const ACCOUNTS: Table = {
  id: { path: ['id'], read: asText, required: true },
  annualRecurringRevenue: { path: ['annualRecurringRevenue'], read: asMoney, required: true },
  segment: { path: ['segment'], read: asText, required: true },
  timeZone: { path: ['timeZone'], read: asText, required: true },
  hazard: { path: ['hazard'], read: asHazard },
  quietHours: { path: ['quietHours'], read: asQuietHours },
  quietDays: { path: ['quietDays'], read: asList },
  contactCaps: { path: ['contactCaps'], read: asContactCaps },
  preferredRep: { path: ['preferredRep'], read: asText },
};

type Fields = { [key: string]: Json | Fields };

function put(fields: Fields, [first = '', ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) {
    fields[first] = value;
    return;
  }
  const within = (fields[first] ?? {}) as Fields;
  fields[first] = within;
  put(within, rest, value);
}

function readRow<T>(
  table: Table,
  schema: z.ZodType<T>,
  { line, cells }: CsvRow,
  row: number,
): { thing?: T; problems: Problem[] } {
  const problems: Problem[] = [];
  const fields: Fields = {};
  for (const [name, text] of cells) {
    const column = table[name];
    if (column === undefined) continue;
    const cell = column.read(text);
    if ('wrong' in cell) problems.push(rowProblem(row, line, name, 'invalid-cell', cell.wrong, cell.mend));
    else put(fields, column.path, cell.value);
  }
  const result = schema.safeParse(fields);
  if (result.success) return { thing: result.data, problems };
  // A cell that could not be read is missing to the schema; saying so again helps nobody.
  if (problems.length > 0) return { problems };
  const ofSchema = problemsOfZodError(result.error, pointer('', row));
  return { problems: ofSchema.map((problem) => ({ ...problem, message: `Line ${line}: ${problem.message}` })) };
}

function importTable<T>(table: Table, schema: z.ZodType<T>, text: string): T[] {
  const names = Object.keys(table);
  const columns: CsvColumns = {
    required: names.filter((name) => table[name]?.required === true),
    optional: names.filter((name) => table[name]?.required !== true),
  };
  const rows = readCsvTable(text, columns).map((row, index) => readRow(table, schema, row, index));
  const problems = rows.flatMap((row) => row.problems);
  if (problems.length > 0) throw new InvalidInput(`The CSV table has ${problems.length} problem(s).`, problems);
  return rows.flatMap(({ thing }) => thing ?? []);
}

/**
 * Reads touches from CSV. Columns, in any order: `id`, `account`, `kind`, `p50`, `p80`, `p95` (minutes), `from`, `to` (instants of UTC),
 * `skill`; and if wanted `after`, `channel` (`call`), `stake` (`40 %`; the default of its kind), `pinnedRep`, `pinnedStart`.
 * @throws InvalidInput with every problem, by line number; pointers are into the list of rows.
 */
export function importTouchesCsv(text: string): Touch[] {
  return importTable(TOUCHES, touch, text);
}

/**
 * Reads reps from CSV. Columns, in any order: `id`, `skills`, `timeZone`, `weeklyMinutes`; and if wanted `loadMinutes` (0), `workdays`,
 * `hours` (`09:00-12:30; 13:30-17:30`), `afterHours`, `daysOff`, `rescueCallsPerDay` (2), `afterHoursPerWeek` (0), `consecutive` (6).
 * Lists are separated by semicolons.
 * @throws InvalidInput with every problem, by line number.
 */
export function importRepsCsv(text: string): Rep[] {
  return importTable(REPS, rep, text);
}

/**
 * Reads accounts from CSV. Columns, in any order: `id`, `annualRecurringRevenue` (`120000.00 EUR`), `segment`, `timeZone`; and if wanted
 * `hazard` (`0: 3 %; 7: 12.5 %`; without it the curves of `default-hazards.ts` hold, by kind of touch and segment), `quietHours`
 * (`18:00-08:00`), `quietDays`, `contactCaps` (`2 in 7`), `preferredRep`.
 * @throws InvalidInput with every problem, by line number.
 */
export function importAccountsCsv(text: string): Account[] {
  return importTable(ACCOUNTS, account, text);
}
