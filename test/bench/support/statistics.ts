/** The value below which a share of the values lies (nearest rank). @param share between 0 and 1. @throws RangeError */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('There are no values.');
  return value;
}

/** The middle value; of an even number, the lower of the two in the middle. @throws RangeError */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** A number to so many significant digits, so that reports do not pretend to know more. */
export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
