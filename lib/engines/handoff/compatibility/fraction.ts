/** An exact rational number: numerator over a positive denominator, reduced. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The fraction n/d, reduced; d must not be zero. */
export function fraction(n: bigint, d = 1n): Fraction {
  const sign = d < 0n ? -1n : 1n;
  const divisor = gcd(n, d);
  return divisor === 0n ? { n: 0n, d: 1n } : { n: (sign * n) / divisor, d: (sign * d) / divisor };
}

/** The decimal that JavaScript prints for a finite number, exactly. */
export function fractionOf(value: number): Fraction {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', decimals = ''] = mantissa.split('.');
  const digits = BigInt(whole + decimals);
  const shift = Number(exponent) - decimals.length;
  return shift >= 0 ? fraction(digits * 10n ** BigInt(shift)) : fraction(digits, 10n ** BigInt(-shift));
}

/** Less than zero, zero or more than zero, as a is below, at or above b. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function addFractions(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function timesFraction(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.n, a.d * b.d);
}

/** The greatest whole number that is not above a/b; b must be positive. */
export function floorQuotient(a: Fraction, b: Fraction): bigint {
  const [n, d] = [a.n * b.d, a.d * b.n];
  const quotient = n / d;
  return n % d !== 0n && n < 0n ? quotient - 1n : quotient;
}

/** Whether a is a whole multiple of b; b must be positive. */
export function isMultiple(a: Fraction, b: Fraction): boolean {
  return (a.n * b.d) % (a.d * b.n) === 0n;
}

/** The least common multiple of two positive fractions. */
export function leastCommonMultiple(a: Fraction, b: Fraction): Fraction {
  return fraction((a.n / gcd(a.n, b.n)) * b.n, gcd(a.d, b.d));
}

/** Whether the denominator is a power of two: a validator that divides doubles then decides multiples as exactly as we do. */
export function isDyadic({ d }: Fraction): boolean {
  return (d & (d - 1n)) === 0n;
}

function decimalText({ n, d }: Fraction): string | undefined {
  let [scale, power] = [0, 1n];
  while (power % d !== 0n) {
    if (++scale > 400) return undefined;
    power *= 10n;
  }
  return `${n * (power / d)}e-${scale}`;
}

/** The double whose decimal is exactly this fraction; undefined where there is none. */
export function numberOf(value: Fraction): number | undefined {
  const text = decimalText(value);
  if (text === undefined) return undefined;
  const number = Number(text);
  return Number.isFinite(number) && compareFractions(fractionOf(number), value) === 0 ? number : undefined;
}
