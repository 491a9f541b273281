import { formatMoney, type Money } from '../../core/money.ts';

/**
 * Reads a ratio as people write it, exactly: `12.5 %` is 1,250 basis points. At most two digits behind the point.
 * @returns `undefined` when the text is not a ratio.
 */
export function parseRatio(text: string): number | undefined {
  const match = /^(-?)(\d{1,4})(?:\.(\d{1,2}))? ?%$/.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  const basisPoints = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
  return sign === '-' && basisPoints !== 0 ? -basisPoints : basisPoints;
}

/** Digits behind the point of a currency's minor unit, as core writes them. */
function minorDigits(currency: string): number {
  return /\.(\d+) /.exec(formatMoney({ currency, minorUnits: 0 }))?.[1]?.length ?? 0;
}

/**
 * Reads an amount as people write it, exactly: `50,000.00 EUR` or `50000 EUR` is 5,000,000 minor units. Commas may only
 * stand between groups of three digits; there are at most as many digits behind the point as the currency has.
 * @returns `undefined` when the text is not an amount.
 */
export function parseMoney(text: string): Money | undefined {
  const match = /^(\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.(\d{1,4}))? ([A-Z]{3})$/.exec(text);
  if (match === null) return undefined;
  const [, grouped = '', fraction = '', currency = ''] = match;
  const digits = minorDigits(currency);
  if (fraction.length > digits) return undefined;
  const minorUnits = Number(grouped.replaceAll(',', '') + fraction.padEnd(digits, '0'));
  return Number.isSafeInteger(minorUnits) ? { currency, minorUnits } : undefined;
}
