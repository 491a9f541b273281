import { fromEpochMilliseconds, toZonedDateTimeISO } from 'temporal-polyfill/fns/Instant';
import { getTimeZoneTransition, offsetNanoseconds } from 'temporal-polyfill/fns/ZonedDateTime';
import { InvalidInput } from '../errors.ts';

/** A stretch of time in which a zone keeps one offset from UTC: `from` (inclusive) to `until` (exclusive), in epoch milliseconds. */
export interface OffsetPeriod {
  readonly from: number;
  readonly until: number;
  /** Local time minus UTC, in milliseconds. */
  readonly offset: number;
}

// A zone's offsets in a year are a pure function of the zone and the loaded time zone data, so keeping them is safe.
const periodsByZone = new Map<string, Map<number, readonly OffsetPeriod[]>>();

/**
 * The periods of one calendar year (UTC). Years are read one at a time because the library's search for a transition is
 * bounded by the wall clock when it reaches further than three years, and nothing here may depend on the clock.
 */
function readPeriods(timeZone: string, year: number): readonly OffsetPeriod[] {
  const end = Date.UTC(year + 1, 0, 1);
  const periods: OffsetPeriod[] = [];
  let from = Date.UTC(year, 0, 1);
  while (from < end) {
    const local = toZonedDateTimeISO(fromEpochMilliseconds(from), timeZone);
    const next = getTimeZoneTransition(local, 'next')?.epochMilliseconds ?? end;
    const until = Math.min(next, end);
    periods.push({ from, until, offset: offsetNanoseconds(local) / 1_000_000 });
    from = until;
  }
  return periods;
}

function unknownTimeZone(timeZone: string): InvalidInput {
  const message = `The time zone "${timeZone}" is unknown.`;
  const mend = 'Use an IANA name such as Europe/Berlin.';
  return new InvalidInput(message, [{ pointer: '', code: 'unknown-time-zone', message, mend }]);
}

/**
 * The name under which the IANA time zone database knows a zone, in its own spelling; `undefined` when it does not. Plain
 * offsets such as `+01:00` are not names: they know no daylight saving.
 */
export function timeZoneName(text: string): string | undefined {
  try {
    const name = toZonedDateTimeISO(fromEpochMilliseconds(0), text).timeZoneId;
    return /^[+-]/.test(name) ? undefined : name;
  } catch {
    return undefined;
  }
}

/**
 * The period of constant offset around an instant, cut at the turn of the year (UTC).
 * @param timeZone an IANA name.
 * @param at epoch milliseconds.
 * @throws InvalidInput (`unknown-time-zone`) when the name is unknown.
 */
export function offsetPeriodAt(timeZone: string, at: number): OffsetPeriod {
  const year = new Date(at).getUTCFullYear();
  let byYear = periodsByZone.get(timeZone);
  if (byYear === undefined) {
    if (timeZoneName(timeZone) === undefined) throw unknownTimeZone(timeZone);
    byYear = new Map();
    periodsByZone.set(timeZone, byYear);
  }
  let periods = byYear.get(year);
  if (periods === undefined) {
    periods = readPeriods(timeZone, year);
    byYear.set(year, periods);
  }
  const period = periods.find((candidate) => at < candidate.until);
  if (period === undefined) throw new RangeError(`Not an instant that a calendar can hold: ${at}`);
  return period;
}
