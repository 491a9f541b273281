import * as z from 'zod';
import { DAY, dateOfDay, dayOf, MINUTE, weekdayOfDay } from '../../core/calendar/local-day.ts';
import type { Calendar } from '../../core/directory/schema.ts';
import { id } from './words.ts';

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');

/** A shift by local time. One that ends at or before the time at which it starts runs over midnight; 00:00-00:00 is a whole day. */
export const shiftHours = z.strictObject({ from: time, to: time });

/** When a team works, in shifts: a shift belongs to the day on which it starts, whatever day it ends on. */
export const shiftPlan = z.strictObject({
  id,
  name: z.string().min(1).max(120),
  shifts: z
    .array(shiftHours.extend({ days: z.array(z.enum(WEEKDAYS)).min(1) }))
    .min(1)
    .max(12),
  /** No shift starts on these days; the night shift of the day before still ends on them. */
  holidays: z.array(z.strictObject({ date: z.iso.date(), name: z.string() })).default([]),
  /** Days on which other shifts start than on their weekday, such as half days. They come before holidays. */
  specialDays: z
    .array(z.strictObject({ date: z.iso.date(), name: z.string(), shifts: z.array(shiftHours).max(6) }))
    .default([]),
});
export type ShiftPlan = z.infer<typeof shiftPlan>;
type ShiftHours = z.infer<typeof shiftHours>;

interface Span {
  readonly start: number;
  readonly end: number;
}

const minutesOfDay = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

function writtenTime(minutes: number): string {
  return `${String(Math.trunc(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** The part of a shift on the day it starts, and the part on the day after. */
function halves({ from, to }: ShiftHours): { readonly own: Span; readonly next: Span } {
  const [start, end] = [minutesOfDay(from), minutesOfDay(to)];
  const over = end <= start;
  return { own: { start, end: over ? DAY / MINUTE : end }, next: { start: 0, end: over ? end : 0 } };
}

/** Spans in order, joined where they touch or overlap: two teams that overlap for a handover do not work twice. */
function joined(spans: readonly Span[]): string[] {
  const out: Span[] = [];
  for (const span of spans.filter(({ start, end }) => start < end).toSorted((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last !== undefined && span.start <= last.end) {
      out[out.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else out.push(span);
  }
  return out.map(({ start, end }) => `${writtenTime(start)}-${writtenTime(end)}`);
}

/**
 * The calendar of a plan of shifts. Calendars know spans within one local day, so a shift over midnight is cut there; its
 * second half goes with the day on which it started: the night shift of Christmas Eve ends in the morning of Christmas Day, and no
 * shift that would have started on Christmas Day reaches into the day after.
 */
export function calendarOfShifts(plan: ShiftPlan): Calendar {
  const ofWeekday = (day: number): ShiftHours[] => plan.shifts.filter(({ days }) => days.includes(weekdayOfDay(day)));
  const startingOn = (day: number): readonly ShiftHours[] => {
    const date = dateOfDay(day);
    const special = plan.specialDays.find((candidate) => candidate.date === date);
    if (special !== undefined) return special.shifts;
    return plan.holidays.some((holiday) => holiday.date === date) ? [] : ofWeekday(day);
  };
  const hoursOf = (own: readonly ShiftHours[], before: readonly ShiftHours[]): string[] =>
    joined([...own.map((shift) => halves(shift).own), ...before.map((shift) => halves(shift).next)]);
  // Any seven days in a row show the week; day 4 of the epoch was a Monday.
  const week = Object.fromEntries(
    WEEKDAYS.map((weekday, index) => [weekday, hoursOf(ofWeekday(index + 4), ofWeekday(index + 3))]),
  ) as Calendar['week'];
  const named = new Map(
    [...plan.holidays, ...plan.specialDays].map(({ date, name }) => [dayOf(`${date}T00:00:00.000Z`), name]),
  );
  const touched = [...new Set([...named.keys()].flatMap((day) => [day, day + 1]))].sort((a, b) => a - b);
  return {
    id: plan.id,
    name: plan.name,
    week,
    holidays: [],
    specialDays: touched.map((day) => ({
      date: dateOfDay(day),
      name: named.get(day) ?? `After ${named.get(day - 1)}`,
      hours: hoursOf(startingOn(day), startingOn(day - 1)),
    })),
  };
}
