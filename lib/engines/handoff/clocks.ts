import { type Interval, type WorkingTime, workingIntervals } from '../../core/calendar/working-intervals.ts';
import { canonicalJson } from '../../core/digest.ts';
import type { Problem } from '../../core/errors.ts';
import { epochMilliseconds, type Instant, instant, instantAt } from '../../core/instant.ts';
import { pointer } from '../../core/json.ts';
import type { CustomerPromise, PauseSpan } from './packet.ts';
import { type Duration, minutesOf } from './words.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** Nobody is closed for longer than this. */
const SEARCH_DAYS = 400;
/** Further ahead than this no due time means anything. */
const FURTHEST_DAYS = 36_525;
/** Stretches of search without any time that counts; a pause may take two, being at most a million minutes long. */
const MOST_IDLE = 5;

/** What a clock is made of: a length of time, when it began and ended, and when it stood still. */
export interface Clock {
  readonly duration: Duration;
  readonly startedAt: Instant;
  readonly stoppedAt?: Instant | undefined;
  readonly pauses: readonly PauseSpan[];
}

export interface ClockReading {
  readonly state: 'running' | 'paused' | 'stopped';
  /** Milliseconds that count so far. */
  readonly elapsedMilliseconds: number;
  /** Milliseconds that are left; negative when it is late. */
  readonly remainingMilliseconds: number;
  /**
   * The earliest instant at which the time is used up: exact while the clock runs or has stopped; while it is paused, the instant
   * that it will be if the pause lasts as long as it may. `undefined` while a pause without a maximum is open.
   */
  readonly due: Instant | undefined;
  /** Stopped after it was due, or still going then. A clock that stops at its due instant is in time. */
  readonly late: boolean;
}

/** Pauses as stretches of time, in order and joined; an open one without a maximum has no end. */
function stretches(pauses: readonly PauseSpan[]): Interval[] {
  const all = pauses.map(({ from, until, maximumClockMinutes }): Interval => {
    const start = epochMilliseconds(from);
    const limit = maximumClockMinutes === undefined ? Number.POSITIVE_INFINITY : start + maximumClockMinutes * MINUTE;
    return { start, end: Math.min(until === undefined ? Number.POSITIVE_INFINITY : epochMilliseconds(until), limit) };
  });
  const joined: Interval[] = [];
  for (const { start, end } of all.filter((each) => each.start < each.end).toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last !== undefined && start <= last.end)
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    else joined.push({ start, end });
  }
  return joined;
}

/** The time that counts from `from` to `until`: outside of pauses and, for business minutes, within working time. */
function* counted(clock: Clock, working: WorkingTime, from: number, until: number): Generator<Interval> {
  const business = 'businessMinutes' in clock.duration;
  let at = from;
  for (const pause of [...stretches(clock.pauses), { start: until, end: until }]) {
    const stop = Math.min(pause.start, until);
    if (at < stop) {
      if (business) yield* workingIntervals(at, stop, working);
      else yield { start: at, end: stop };
    }
    at = Math.max(at, pause.end);
    if (at >= until) return;
  }
}

function dueOf(clock: Clock, working: WorkingTime): Instant | undefined {
  const begin = epochMilliseconds(clock.startedAt);
  let remaining = minutesOf(clock.duration) * MINUTE;
  if (remaining === 0) return instantAt(begin);
  const forever = stretches(clock.pauses).some(({ end }) => end === Number.POSITIVE_INFINITY);
  let idle = 0;
  for (let at = begin; at < begin + FURTHEST_DAYS * DAY && idle < MOST_IDLE; at += SEARCH_DAYS * DAY) {
    idle += 1;
    for (const { start, end } of counted(clock, working, at, at + SEARCH_DAYS * DAY)) {
      if (remaining <= end - start) return instantAt(start + remaining);
      remaining -= end - start;
      idle = 0;
    }
  }
  if (forever) return undefined;
  throw new RangeError(
    `The calendar "${working.calendar.id}" has too little working time for ${minutesOf(clock.duration)} minutes.`,
  );
}

/**
 * Reads a clock at an instant. Time counts as `docs/decisions/0008` says (daylight saving, holidays, half days, shifts), less the pauses;
 * a pause that has lasted as long as it may has ended by itself.
 * @throws RangeError when the calendar never has enough working time; InvalidInput (`unknown-time-zone`).
 */
export function readClock(clock: Clock, working: WorkingTime, at: Instant): ClockReading {
  const now = epochMilliseconds(instant(at));
  const stopped = clock.stoppedAt !== undefined && epochMilliseconds(clock.stoppedAt) <= now;
  const until = stopped ? epochMilliseconds(clock.stoppedAt ?? at) : now;
  let elapsed = 0;
  for (const { start, end } of counted(clock, working, epochMilliseconds(clock.startedAt), until))
    elapsed += end - start;
  const due = dueOf(clock, working);
  const paused = stretches(clock.pauses).some(({ start, end }) => start <= now && now < end);
  return {
    state: stopped ? 'stopped' : paused ? 'paused' : 'running',
    elapsedMilliseconds: elapsed,
    remainingMilliseconds: minutesOf(clock.duration) * MINUTE - elapsed,
    due,
    late: due !== undefined && epochMilliseconds(due) < until,
  };
}

/** Whether a clock that has not stopped has used up its time: the instant at which a timer may act on it. */
export function isDue(clock: Clock, working: WorkingTime, at: Instant): boolean {
  const { state, due } = readClock(clock, working, at);
  return state !== 'stopped' && due !== undefined && epochMilliseconds(due) <= epochMilliseconds(at);
}

/** Reads a customer promise. Nothing that happens between parties changes it; only pauses that wait for the customer do. */
export function readPromise(promise: CustomerPromise, at: Instant): ClockReading {
  const { within, startedAt, pauses, working } = promise;
  return readClock({ duration: within, startedAt, pauses }, working, at);
}

/** A packet later in a thread must carry the promise as it was: the same start, length and calendar, and every earlier pause. */
export function promiseChanges(
  before: CustomerPromise | undefined,
  after: CustomerPromise | undefined,
  at: string,
): Problem[] {
  if (before === undefined) return [];
  const changed = (place: string): Problem => ({
    pointer: place,
    code: 'promise-changed',
    message: 'The promise to the customer is not the one that the parent carries.',
    mend: 'Carry it unchanged; what happens between parties does not start it anew.',
  });
  if (after === undefined) return [changed(at)];
  const parts = (['startedAt', 'within', 'working'] as const).flatMap((part) =>
    canonicalJson(before[part]) === canonicalJson(after[part]) ? [] : [changed(`${at}/${part}`)],
  );
  const pauses = before.pauses.flatMap((pause, index) => {
    const now = after.pauses[index];
    // A pause that was open may have ended since.
    const same =
      now !== undefined &&
      canonicalJson({ ...now, until: pause.until ?? now.until }) === canonicalJson(now) &&
      now.code === pause.code &&
      now.from === pause.from &&
      now.maximumClockMinutes === pause.maximumClockMinutes;
    return same ? [] : [changed(pointer(at, 'pauses', index))];
  });
  return [...parts, ...pauses];
}
