import type { BenchmarkReport } from './benchmark.ts';

const write = (value: number | undefined): string =>
  value === undefined ? '' : value.toLocaleString('en', { maximumSignificantDigits: value < 1_000 ? 3 : 15 });

/** Rows of cells in columns: the first to the left, the others, which hold numbers, to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      widths
        .map((width, column) => (column === 0 ? row[column]?.padEnd(width) : (row[column] ?? '').padStart(width)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A report for people: ratios first, then the figures, a column for each name that occurs. */
export function readable({ figures, ratios, environment, agreed }: BenchmarkReport): string {
  const columns = [...new Set(Object.values(figures).flatMap((row) => Object.keys(row)))];
  const ratioRows = Object.entries(ratios).map(([name, ratio]) => [name, write(ratio)]);
  const figureRows = Object.entries(figures).map(([name, row]) => [
    name,
    ...columns.map((column) => write(row[column])),
  ]);
  return [
    ...(ratioRows.length === 0 ? [] : [aligned([['Ratios', ''], ...ratioRows])]),
    aligned([['Figures', ...columns], ...figureRows]),
    `${agreed} results checked. Node ${environment.node}, ${environment.cpus} CPUs.`,
  ].join('\n\n');
}
