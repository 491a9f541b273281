import { dateOfDay, weekdayOfDay } from '../../../core/calendar/local-day.ts';
import { readSpan } from '../../../core/calendar/working-hours.ts';
import { dayOfDate, localDay, MINUTES_A_DAY, type Minute, minuteOf, minuteOfLocal, weekOf } from './local-time.ts';
import type { Account, PlanRequest } from './request-shape.ts';

/** A half-day of one rep: what touches are assigned to. Its clock times are the rep's; `start` and `end` are minutes of UTC. */
export interface Bucket {
  /** Place of the rep in the request. */
  readonly rep: number;
  readonly start: Minute;
  readonly end: Minute;
  /** The rep's local date. */
  readonly date: string;
  /** The Monday of its week. */
  readonly week: string;
  /** Local time at which it begins, `09:00`. */
  readonly clock: string;
  readonly afterHours: boolean;
}

/** The half-days of every rep within the horizon, by rep and time. Days off, days that are no workdays and the past have none. */
export function bucketsOf(request: PlanRequest): Bucket[] {
  const first = dayOfDate(request.horizon.start);
  const notBefore = request.horizon.notBefore === undefined ? 0 : minuteOf(request.horizon.notBefore);
  return request.reps.flatMap((rep, index) => {
    const spans = [
      ...rep.calendar.hours.map((text) => ({ text, afterHours: false })),
      ...rep.calendar.afterHours.map((text) => ({ text, afterHours: true })),
    ].map((each) => ({ ...each, ...readSpan(each.text) }));
    spans.sort((a, b) => a.start - b.start);
    const buckets: Bucket[] = [];
    for (let day = first; day < first + request.horizon.days; day += 1) {
      const date = dateOfDay(day);
      if (!rep.calendar.workdays.includes(weekdayOfDay(day)) || rep.calendar.daysOff.includes(date)) continue;
      for (const span of spans) {
        const at = (milliseconds: number): Minute =>
          minuteOfLocal(day * MINUTES_A_DAY + milliseconds / 60_000, rep.timeZone);
        const [start, end] = [at(span.start), at(span.end)];
        if (start < notBefore || start >= end) continue;
        const clock = span.text.slice(0, 5);
        buckets.push({ rep: index, start, end, date, week: weekOf(day), clock, afterHours: span.afterHours });
      }
    }
    return buckets;
  });
}

/** The end of the horizon: the midnight after its last day, in UTC. Deferred touches wait from there on. */
export function horizonEnd(request: PlanRequest): Minute {
  return (dayOfDate(request.horizon.start) + request.horizon.days) * MINUTES_A_DAY;
}

export interface Stretch {
  readonly from: Minute;
  readonly to: Minute;
}

function clockMinutes(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
}

/** The parts of a stretch in which an account may be called: outside of its quiet hours and days, on its own wall clock. */
function reachable(account: Pick<Account, 'timeZone' | 'quietHours' | 'quietDays'>, within: Stretch): Stretch[] {
  const from = clockMinutes(account.quietHours.from);
  const to = clockMinutes(account.quietHours.to);
  const open: (readonly [number, number])[] =
    from === to
      ? [[0, MINUTES_A_DAY]]
      : from > to
        ? [[to, from]]
        : [
            [0, from],
            [to, MINUTES_A_DAY],
          ];
  const stretches: Stretch[] = [];
  const last = localDay(within.to, account.timeZone);
  for (let day = localDay(within.from, account.timeZone); day <= last; day += 1) {
    if (account.quietDays.includes(weekdayOfDay(day))) continue;
    for (const [begin, stop] of open) {
      const start = Math.max(within.from, minuteOfLocal(day * MINUTES_A_DAY + begin, account.timeZone));
      const end = Math.min(within.to, minuteOfLocal(day * MINUTES_A_DAY + stop, account.timeZone));
      const before = stretches.at(-1);
      if (start >= end) continue;
      if (before !== undefined && before.to === start) stretches[stretches.length - 1] = { from: before.from, to: end };
      else stretches.push({ from: start, to: end });
    }
  }
  return stretches;
}

/** Tells when accounts may be called; answers are kept, since few accounts differ in zone and quiet hours. */
export class Reach {
  private readonly known = new Map<string, Map<number, readonly Stretch[]>>();

  within(account: Account, start: Minute, end: Minute): readonly Stretch[] {
    const { timeZone, quietHours, quietDays } = account;
    const profile = `${timeZone} ${quietHours.from} ${quietHours.to} ${quietDays.toSorted().join(' ')}`;
    let answers = this.known.get(profile);
    if (answers === undefined) {
      answers = new Map();
      this.known.set(profile, answers);
    }
    // A bucket lasts a day at most, so both ends fit into one number.
    const key = start * 2_048 + (end - start);
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = reachable(account, { from: start, to: end });
      answers.set(key, answer);
    }
    return answer;
  }
}
