import { type CalendarOptions, calendars } from './calendar.ts';
import { reportPage } from './page.ts';
import type { Reported, ReportFile } from './report-input.ts';
import { table } from './table.ts';
import { changesTable } from './what-changed.ts';

export type { Reported, ReportFile } from './report-input.ts';

/**
 * Everything that people get of a plan: the page, the table, what changed where there was a plan in force, and a calendar for each
 * rep. The same plan gives the same bytes.
 */
export function reportFiles(reported: Reported, options: CalendarOptions): ReportFile[] {
  return [reportPage(reported), table(reported), ...changesTable(reported), ...calendars(reported, options)];
}
