const WRITTEN = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads a timestamp of the States Language: RFC 3339 with a capital T and, for UTC, a capital Z.
 * @returns nanoseconds since 1970-01-01T00:00:00Z, or `undefined` when the text is not a timestamp.
 */
export function parseTimestamp(text: string): bigint | undefined {
  const match = WRITTEN.exec(text);
  if (match === null) return undefined;
  const [, seconds, fraction = '', zone] = match;
  const milliseconds = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** The millisecond at or right after a number of nanoseconds. */
export function wholeMilliseconds(nanoseconds: bigint): number {
  return Number((nanoseconds + 999_999n) / 1_000_000n);
}
