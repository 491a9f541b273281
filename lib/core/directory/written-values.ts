import { formatMoney, type Money } from '../money.ts';

/** Digits behind the point of a currency's minor unit, the very ones that amounts are written with. */
function minorDigits(currency: string): number {
  const [, fraction = ''] = formatMoney({ currency, minorUnits: 0 }).split(' ')[0]?.split('.') ?? [];
  return fraction.length;
}

/** A decimal number's text in units of 10^-digits, exactly; `undefined` when it has more digits or is not safe. */
function scaled(whole: string, fraction: string, digits: number): number | undefined {
  if (fraction.length > digits) return undefined;
  const units = Number(BigInt(whole + fraction.padEnd(digits, '0')));
  return Number.isSafeInteger(units) ? units : undefined;
}

/**
 * Reads an amount: digits, a point where the currency has a minor unit, a space, the currency's code. No separators between
 * thousands, for a comma means different things to different people. No arithmetic on fractions takes place.
 * @returns `undefined` when the text is not such an amount, or has more digits than the currency.
 * @example readMoney('50000.00 EUR') // { currency: 'EUR', minorUnits: 5000000 }
 */
export function readMoney(text: string): Money | undefined {
  const [, whole, fraction = '', currency] = /^(\d{1,16})(?:\.(\d+))? ([A-Z]{3})$/.exec(text) ?? [];
  if (whole === undefined || currency === undefined) return undefined;
  const minorUnits = scaled(whole, fraction, minorDigits(currency));
  return minorUnits === undefined ? undefined : { currency, minorUnits };
}

/**
 * Reads a percentage into basis points: `12.5 %` or `12.5%` is 1250.
 * @returns `undefined` when the text is not a percentage, or is finer than a basis point.
 */
export function readBasisPoints(text: string): number | undefined {
  const [, whole, fraction = ''] = /^(\d{1,3})(?:\.(\d+))? ?%$/.exec(text) ?? [];
  return whole === undefined ? undefined : scaled(whole, fraction, 2);
}
