import type { Calendar } from '../directory/schema.ts';
import { dateOfDay, MINUTE, weekdayOfDay } from './local-day.ts';

/** A span of one local day, in milliseconds after its midnight: `start` inclusive, `end` exclusive. */
export interface DaySpan {
  readonly start: number;
  readonly end: number;
}

function timeOfDay(text: string): number {
  const [hours = '', minutes = ''] = text.split(':');
  return (Number(hours) * 60 + Number(minutes)) * MINUTE;
}

/** Reads a span such as `09:00-12:30`; `24:00` is the end of the day. The directory's schema has checked its form. */
export function readSpan(text: string): DaySpan {
  const [start = '', end = ''] = text.split('-');
  return { start: timeOfDay(start), end: timeOfDay(end) };
}

/** Days that were looked up before, by their calendar: schedules and clocks ask for the same few over and over. */
const known = new WeakMap<Calendar, Map<number, readonly DaySpan[]>>();
const MOST_DAYS = 2_000;

/**
 * The working hours of one local day, in order of time. A special day's own hours come before everything, a holiday has
 * none, and any other day has those of its weekday.
 * @param day days since 1970-01-01 on the local calendar.
 */
export function hoursOn(calendar: Calendar, day: number): readonly DaySpan[] {
  const days = known.get(calendar) ?? new Map<number, readonly DaySpan[]>();
  const found = days.get(day);
  if (found !== undefined) return found;
  const spans = readHours(calendar, day);
  if (days.size >= MOST_DAYS) days.clear();
  known.set(calendar, days.set(day, spans));
  return spans;
}

function readHours(calendar: Calendar, day: number): readonly DaySpan[] {
  const date = dateOfDay(day);
  const special = calendar.specialDays.find((candidate) => candidate.date === date);
  if (special === undefined && calendar.holidays.some((holiday) => holiday.date === date)) return [];
  const spans = special?.hours ?? calendar.week[weekdayOfDay(day)];
  return spans.map(readSpan).sort((a, b) => a.start - b.start);
}
