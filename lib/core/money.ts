import * as z from 'zod';

/** A whole number that JSON carries exactly. */
export const wholeNumber = z.int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);

/** An ISO 4217 currency code: three capital letters. */
export const currency = z.string().regex(/^[A-Z]{3}$/, 'An ISO 4217 code of three capital letters');

/** An amount in the currency's minor unit: `{ currency: 'EUR', minorUnits: 1250 }` is 12.50 EUR. */
export const money = z.strictObject({ currency, minorUnits: wholeNumber });
export type Money = z.infer<typeof money>;

/** A ratio in basis points: 10,000 is the whole, 1,250 is 12.5 %. */
export const basisPoints = z.int().min(0).max(10_000);

const digitsByCurrency = new Map<string, number>();

/** Digits behind the point of a currency's minor unit (ISO 4217; two where the standard is silent here). */
function minorDigits(code: string): number {
  const known = digitsByCurrency.get(code);
  if (known !== undefined) return known;
  // Building a formatter takes longer than routing a request.
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  digitsByCurrency.set(code, digits);
  return digits;
}

/**
 * Writes an amount for people: grouped thousands, the currency's own digits, its code behind.
 * @example formatMoney({ currency: 'EUR', minorUnits: 1250000 }) // '12,500.00 EUR'
 */
export function formatMoney(amount: Money): string {
  const digits = minorDigits(amount.currency);
  const sign = amount.minorUnits < 0 ? '-' : '';
  const figures = String(Math.abs(amount.minorUnits)).padStart(digits + 1, '0');
  const whole = figures.slice(0, figures.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = digits === 0 ? '' : `.${figures.slice(-digits)}`;
  return `${sign}${whole}${fraction} ${amount.currency}`;
}

/** Writes basis points as a percentage without rounding: 1250 is `12.5 %`. */
export function formatBasisPoints(bp: number): string {
  const sign = bp < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(bp) / 100);
  const fraction = String(Math.abs(bp) % 100)
    .padStart(2, '0')
    .replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`} %`;
}
