import { describe, expect, it } from 'vitest';
import { readClock } from '../../../lib/engines/handoff/clocks.ts';
import { calendarOfShifts, shiftPlan } from '../../../lib/engines/handoff/shifts.ts';
import { Timeline } from '../../../lib/engines/handoff/timeline.ts';
import vectors from '../../vectors/handoff-clocks.json' with { type: 'json' };

interface Vector {
  readonly id: string;
  readonly why: string;
  readonly calendar: keyof typeof vectors.calendars;
  readonly duration: { businessMinutes: number } | { clockMinutes: number };
  readonly startedAt: string;
  readonly stoppedAt?: string;
  readonly pauses?: { code: string; from: string; until?: string; maximumClockMinutes?: number }[];
  readonly due: string | null;
  readonly readings?: { at: string; state: string; elapsedMinutes: number; late: boolean }[];
}

const list = vectors.vectors as Vector[];

function workingTime(name: Vector['calendar']) {
  const { timeZone, ...plan } = vectors.calendars[name];
  return { calendar: calendarOfShifts(shiftPlan.parse({ id: name, name, ...plan })), timeZone };
}

describe('clocks of handoffs', () => {
  it('have at least thirty vectors, each with its own name and a sentence', () => {
    expect(list.length).toBeGreaterThanOrEqual(30);
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
    expect(list.filter(({ why }) => !/^[A-Z0-9].{20,}\.$/.test(why))).toEqual([]);
  });

  it.each(list)('$id: $why', ({ calendar, duration, startedAt, stoppedAt, pauses = [], due, readings = [] }) => {
    const working = workingTime(calendar);
    const clock = { duration, startedAt, stoppedAt, pauses };
    expect(readClock(clock, working, startedAt).due).toBe(due ?? undefined);
    for (const { at, state, elapsedMinutes, late } of readings) {
      const reading = readClock(clock, working, at);
      expect(reading).toMatchObject({ state, late, elapsedMilliseconds: elapsedMinutes * 60_000 });
    }
    if (due === null) return;
    expect(readClock(clock, working, due).late).toBe(false);
    if (stoppedAt !== undefined) return;
    const after = new Date(Date.parse(due) + 1).toISOString();
    expect(readClock(clock, working, after).late).toBe(true);
    // What counts up to the due instant is the very length of the clock.
    const minutes = 'businessMinutes' in duration ? duration.businessMinutes : duration.clockMinutes;
    expect(readClock(clock, working, due).elapsedMilliseconds).toBe(minutes * 60_000);
  });

  it.each(list.filter(({ pauses }) => pauses === undefined))('$id: a calendar laid out gives the same', (vector) => {
    const from = Date.parse(vector.startedAt);
    const line = new Timeline(workingTime(vector.calendar), from - 86_400_000);
    expect(new Date(line.add(from, vector.duration)).toISOString()).toBe(vector.due);
  });

  it('says that a calendar without working time never ends a clock', () => {
    const closed = {
      calendar: calendarOfShifts(
        shiftPlan.parse({
          id: 'none',
          name: 'None',
          shifts: [{ days: ['monday'], from: '09:00', to: '10:00' }],
          specialDays: [],
        }),
      ),
      timeZone: 'UTC',
    };
    const never = { ...closed, calendar: { ...closed.calendar, week: { ...closed.calendar.week, monday: [] } } };
    const clock = { duration: { businessMinutes: 5 }, startedAt: '2026-11-18T08:00:00.000Z', pauses: [] };
    expect(() => readClock(clock, never, clock.startedAt)).toThrow(RangeError);
    expect(readClock(clock, closed, clock.startedAt).due).toBe('2026-11-23T09:05:00.000Z');
  });
});
