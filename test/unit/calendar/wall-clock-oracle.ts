import type { WorkingTime } from '../../../lib/core/calendar/business-time.ts';

/** `HH:MM:SS` reads in text order, as `24:00` does. */
interface WallClock {
  readonly date: string;
  readonly weekday: string;
  readonly time: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(at: number, timeZone: string): WallClock {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'long',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    weekday: String(parts.weekday).toLowerCase(),
    time: `${parts.hour}:${parts.minute}:${parts.second}`,
  };
}

/** Whether a moment is working time, by looking at a clock on the wall: nothing is shared with the code under test. */
export function isWorkingTime(at: number, { calendar, timeZone }: WorkingTime): boolean {
  const { date, weekday, time } = wallClock(at, timeZone);
  const special = calendar.specialDays.find((day) => day.date === date);
  if (special === undefined && calendar.holidays.some((day) => day.date === date)) return false;
  const week: Record<string, readonly string[]> = calendar.week;
  return (special?.hours ?? week[weekday] ?? []).some((span) => {
    const [start = '', end = ''] = span.split('-');
    return start <= time && time < end;
  });
}

/** The slow answer: step by step until so many minutes of working time have passed. Exact when the step divides everything. */
export function addByStepping(from: number, minutes: number, working: WorkingTime, step: number): number {
  let at = from;
  for (let remaining = minutes * 60_000; remaining > 0; at += step) {
    if (isWorkingTime(at, working)) remaining -= step;
  }
  return at;
}

/** The slow answer: the milliseconds of working time between two moments, step by step. */
export function countByStepping(from: number, to: number, working: WorkingTime, step: number): number {
  let counted = 0;
  for (let at = from; at < to; at += step) if (isWorkingTime(at, working)) counted += step;
  return counted;
}
