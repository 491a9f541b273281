import { InvalidInput, type Problem } from '../../core/errors.ts';
import { importAccountsCsv, importRepsCsv, importTouchesCsv } from '../../engines/scheduling/plan/import-csv.ts';
import { parsePlanRequest, type WrittenPlanRequest } from '../../engines/scheduling/plan/request.ts';
import { readText } from '../constraints/source-file.ts';

/** Options of `countersign schedule import`: three files, and what no table says. */
export interface ImportOptions {
  readonly touches: string;
  readonly reps: string;
  readonly accounts: string;
  readonly start: string;
  readonly days: string;
  readonly scenarios: string;
  readonly seed: string;
}

/** Reads a table, its problems named by its file. */
function table<T>(
  file: string,
  read: (text: string) => T[],
): { readonly rows: T[]; readonly problems: readonly Problem[] } {
  try {
    return { rows: read(readText(file)), problems: [] };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { rows: [], problems: error.problems.map((each) => ({ ...each, pointer: `${file}#${each.pointer}` })) };
  }
}

/**
 * `countersign schedule import`: makes a plan request out of CSV tables, checks it, and prints it as JSON.
 * @throws InvalidInput with every problem of all three tables, by file and line.
 */
export function importTables(options: ImportOptions): void {
  const touches = table(options.touches, importTouchesCsv);
  const reps = table(options.reps, importRepsCsv);
  const accounts = table(options.accounts, importAccountsCsv);
  const problems = [touches, reps, accounts].flatMap((each) => each.problems);
  if (problems.length > 0) throw new InvalidInput(`The tables have ${problems.length} problem(s).`, problems);
  const request: WrittenPlanRequest = {
    format: 'countersign/plan-request/1',
    currency: accounts.rows[0]?.annualRecurringRevenue.currency ?? 'EUR',
    horizon: { start: options.start, days: Number(options.days) },
    touches: touches.rows,
    reps: reps.rows,
    accounts: accounts.rows,
    scenarios: { seed: Number(options.seed), count: Number(options.scenarios) },
  };
  console.log(JSON.stringify(parsePlanRequest(request), null, 2));
}
