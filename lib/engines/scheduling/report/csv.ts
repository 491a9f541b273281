/**
 * A cell as RFC 4180 writes it. What a spreadsheet would take for a formula gets an apostrophe before it, which makes it text: cells
 * come from whoever wrote the request (OWASP, CSV injection).
 */
export function cell(value: string): string {
  const harmless =
    /^[\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A table as RFC 4180 writes it, with its head as the first row. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
