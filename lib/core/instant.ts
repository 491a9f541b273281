/** An instant in ISO 8601, UTC, with milliseconds: `2026-11-20T09:30:00.000Z`. Sorts as text in order of time. */
export type Instant = string & { readonly __instant?: never };

const WRITTEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/**
 * Reads an instant and normalises it to milliseconds.
 * @throws RangeError when the text is not an ISO 8601 instant in UTC.
 */
export function instant(text: string): Instant {
  const ms = WRITTEN.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new RangeError(`Not an ISO 8601 instant in UTC: ${text}`);
  return new Date(ms).toISOString();
}

/** The instant at a number of milliseconds since 1970-01-01T00:00:00Z. */
export function instantAt(epochMilliseconds: number): Instant {
  return new Date(epochMilliseconds).toISOString();
}

/** Milliseconds since 1970-01-01T00:00:00Z. */
export function epochMilliseconds(at: Instant): number {
  return Date.parse(at);
}

/** The instant some seconds later (earlier, when negative). */
export function addSeconds(at: Instant, seconds: number): Instant {
  return instantAt(epochMilliseconds(at) + seconds * 1000);
}

/** Whole seconds from one instant to another, rounded up. */
export function secondsUntil(from: Instant, to: Instant): number {
  return Math.ceil((epochMilliseconds(to) - epochMilliseconds(from)) / 1000);
}

/** The earliest of some instants, or `undefined` of none. */
export function earliest(instants: readonly Instant[]): Instant | undefined {
  return instants.reduce<Instant | undefined>(
    (least, at) => (least === undefined || at < least ? at : least),
    undefined,
  );
}
