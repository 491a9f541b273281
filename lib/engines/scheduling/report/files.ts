import { type CalendarOptions, calendars } from './calendar.ts';
import { reportPage } from './page.ts';
import type { Reported, ReportFile } from './report-input.ts';
import { table } from './table.ts';

export type { Reported, ReportFile } from './report-input.ts';

/** Everything that people get of a plan: the page, the table, and a calendar for each rep. The same plan gives the same bytes. */
export function reportFiles(reported: Reported, options: CalendarOptions): ReportFile[] {
  return [reportPage(reported), table(reported), ...calendars(reported, options)];
}
