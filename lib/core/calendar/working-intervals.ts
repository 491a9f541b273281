import type { Calendar } from '../directory/schema.ts';
import { DAY } from './local-day.ts';
import { hoursOn } from './working-hours.ts';
import { offsetPeriodAt } from './zone-offsets.ts';

/** Whose working time is meant: a calendar, read on the wall clock of a time zone. */
export interface WorkingTime {
  readonly calendar: Calendar;
  /** An IANA name. */
  readonly timeZone: string;
}

/** A stretch of elapsed time: `start` inclusive, `end` exclusive, in epoch milliseconds. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * The working time between two instants, in order and without overlap.
 *
 * An instant is working time exactly when the wall clock in the zone then shows a time within a span of the date it shows.
 * So an hour that the clock skips holds no working time, and an hour that it shows twice counts twice: what is counted is
 * time that really passes. The zone is walked by its periods of constant offset, in which local time is UTC plus a number.
 * @param from @param until epoch milliseconds.
 * @throws InvalidInput (`unknown-time-zone`).
 */
export function* workingIntervals(from: number, until: number, working: WorkingTime): Generator<Interval> {
  let at = from;
  while (at < until) {
    const period = offsetPeriodAt(working.timeZone, at);
    const stop = Math.min(period.until, until);
    for (let day = Math.floor((at + period.offset) / DAY); day * DAY - period.offset < stop; day += 1) {
      const midnight = day * DAY - period.offset;
      for (const span of hoursOn(working.calendar, day)) {
        const start = Math.max(at, midnight + span.start);
        const end = Math.min(stop, midnight + span.end);
        if (start < end) yield { start, end };
      }
    }
    at = stop;
  }
}
