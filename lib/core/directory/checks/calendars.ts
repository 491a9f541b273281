import { readSpan } from '../../calendar/working-hours.ts';
import type { Problem } from '../../errors.ts';
import { pointer } from '../../json.ts';
import type { Calendar, Directory } from '../schema.ts';
import { duplicateIdProblems, duplicateProblems } from './duplicates.ts';

/** Spans of one day that end before they begin, or run into each other. */
function spanProblems(spans: readonly string[], at: string, day: string): Problem[] {
  const read = spans.map((text, index) => ({ text, at: pointer(at, index), ...readSpan(text) }));
  const empty = read.filter(({ start, end }) => end <= start);
  const inOrder = read.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
  const overlapping = inOrder.flatMap((span, index) => {
    const before = inOrder[index - 1];
    return before !== undefined && span.start < before.end ? [{ ...span, before: before.text }] : [];
  });
  return [
    ...empty.map((span) => ({
      pointer: span.at,
      code: 'empty-span',
      message: `${day}: the span ${span.text} does not end after it begins.`,
      mend: 'Write the beginning first; for hours past midnight end the day at 24:00 and go on at 00:00 the next day.',
    })),
    ...overlapping.map((span) => ({
      pointer: span.at,
      code: 'overlapping-spans',
      message: `${day}: the spans ${span.before} and ${span.text} overlap.`,
      mend: 'Join the two spans, or move one.',
    })),
  ];
}

function dateProblems(calendar: Calendar, base: string, owner: string): Problem[] {
  const dates = (list: 'holidays' | 'specialDays') =>
    calendar[list].map(({ date, name }, index) => ({
      key: date,
      pointer: pointer(base, list, index, 'date'),
      owner: `${owner} "${name}"`,
    }));
  return duplicateProblems([...dates('holidays'), ...dates('specialDays')], 'duplicate-date', 'date');
}

function problemsOfCalendar(calendar: Calendar, index: number): Problem[] {
  const base = pointer('', 'calendars', index);
  const owner = `Calendar "${calendar.id}"`;
  const week = Object.entries(calendar.week);
  const closed: Problem = {
    pointer: pointer(base, 'week'),
    code: 'calendar-without-working-time',
    message: `${owner} has no working time on any weekday.`,
    mend: 'Give at least one weekday working hours.',
  };
  return [
    ...(week.every(([, spans]) => spans.length === 0) ? [closed] : []),
    ...week.flatMap(([day, spans]) => spanProblems(spans, pointer(base, 'week', day), `${owner}, ${day}`)),
    ...calendar.specialDays.flatMap(({ date, hours }, day) =>
      spanProblems(hours, pointer(base, 'specialDays', day, 'hours'), `${owner}, ${date}`),
    ),
    ...dateProblems(calendar, base, owner),
  ];
}

/**
 * Calendars: ids that occur twice, no working time in the week, spans that are empty or overlap, dates that are listed twice
 * or both as a holiday and as a special day.
 */
export function calendarProblems(directory: Directory): Problem[] {
  return [
    ...duplicateIdProblems('calendars', 'Calendar', directory.calendars),
    ...directory.calendars.flatMap(problemsOfCalendar),
  ];
}
