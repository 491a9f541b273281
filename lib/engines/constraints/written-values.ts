import { dateOfDay } from '../../core/calendar/local-day.ts';
import { formatBasisPoints, formatMoney } from '../../core/money.ts';
import type { Field, FieldKind } from './model.ts';

/** A value that was read, or what is wrong with it. */
export type Reading = { readonly value: number } | { readonly fault: string; readonly mend: string };

const DAY_MS = 86_400_000;

function fault(text: string, mend: string): Reading {
  return { fault: text, mend };
}

function safe(value: number, written: string): Reading {
  if (Number.isSafeInteger(value)) return { value };
  return fault(`"${written}" is too large to be exact.`, 'Use a smaller number.');
}

/**
 * Reads a decimal exactly, as an integer of `scale` digits behind the point; thousands may be grouped by commas.
 * @example readDecimal('1,250.5', 2) // { value: 125050 }
 */
export function readDecimal(text: string, scale: number): Reading {
  const match = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) return fault(`"${text}" is not a decimal number.`, 'Write digits, such as 1250 or 12.5.');
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) {
    const mend = scale === 0 ? 'Use a whole number.' : `Use at most ${scale} digit(s) behind the point.`;
    return fault(`"${text}" is finer than can be told apart here.`, mend);
  }
  const digits = Number((match[2] ?? '').replaceAll(',', '') + fraction.padEnd(scale, '0'));
  return safe(match[1] === '-' && digits !== 0 ? -digits : digits, text);
}

/** How many digits a currency's minor unit has. */
function minorDigits(currency: string): number {
  const zero = formatMoney({ currency, minorUnits: 0 }).split(' ')[0] ?? '';
  return zero.includes('.') ? zero.length - zero.indexOf('.') - 1 : 0;
}

/** Reads `50,000 EUR` or `12.50 EUR` in minor units. */
export function readMoney(text: string): (Reading & { readonly currency?: string }) | undefined {
  const match = /^(.*\S)\s*\b([A-Z]{3})$/.exec(text.trim());
  if (match === null) return undefined;
  const currency = match[2] ?? '';
  return { ...readDecimal(match[1] ?? '', minorDigits(currency)), currency };
}

/** Reads `15 %`, `12.5%` or, where a percentage is certain, `15`, in basis points. */
export function readPercent(text: string, signRequired: boolean): Reading {
  const match = /^(.*?)\s*(%?)$/.exec(text.trim());
  if (match === null || (signRequired && match[2] === '')) {
    return fault(`"${text}" is not a percentage.`, 'Write it with its sign, such as 15 % or 12.5 %.');
  }
  return readDecimal(match[1] ?? '', 2);
}

/** Reads a calendar date (ISO 8601, `2026-01-31`) in days since 1970-01-01. */
export function readDate(text: string): Reading {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text.trim()) ? Date.parse(`${text.trim()}T00:00:00Z`) : Number.NaN;
  const day = ms / DAY_MS;
  if (Number.isNaN(ms) || dateOfDay(day) !== text.trim()) {
    return fault(`"${text}" is not a date of the calendar.`, 'Write it as 2026-01-31.');
  }
  return { value: day };
}

const ISO_DURATION = /^(-?)P(?!$)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const SHORT_DURATION = /^(-?)(?=\d)(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Reads a length of time in seconds: ISO 8601 without years and months (`P30D`, `PT72H`), or `72h`, `1h30m`, `2d`. */
export function readDuration(text: string): Reading {
  const match = ISO_DURATION.exec(text.trim()) ?? SHORT_DURATION.exec(text.trim());
  if (match === null) {
    const mend = 'Write it as 72h, 1h30m, 2d, P30D or PT72H; months and years have no fixed length.';
    return fault(`"${text}" is not a length of time.`, mend);
  }
  const [weeks, days, hours, minutes, seconds] = match.slice(2).map((part) => Number(part ?? 0)) as number[];
  const whole = ((weeks ?? 0) * 7 + (days ?? 0)) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  return safe(match[1] === '-' && whole !== 0 ? -whole : whole, text);
}

/** Reads one value of a field's type as people write it in a source; domains are the caller's business. */
export function readWritten(type: FieldKind, written: string | number | boolean): Reading {
  const text = String(written);
  switch (type.kind) {
    case 'integer':
      return readDecimal(text, 0);
    case 'decimal':
      return readDecimal(text, type.scale);
    case 'money': {
      const read = readMoney(text);
      if (read === undefined || read.currency !== type.currency) {
        return fault(`"${text}" is not an amount in ${type.currency}.`, `Write it as 50000 ${type.currency}.`);
      }
      return read;
    }
    case 'ratio':
      return readPercent(text, true);
    case 'date':
      return readDate(text);
    case 'duration':
      return readDuration(text);
    case 'boolean':
      if (text === 'true' || text === 'false') return { value: text === 'true' ? 1 : 0 };
      return fault(`"${text}" is neither true nor false.`, 'Write true or false.');
    case 'enum':
      return readWord(type.values, text);
    case 'set':
      return readWords(type, text === '' ? [] : text.split(',').map((word) => word.trim()));
  }
}

/** Reads one of the declared words as its index. */
export function readWord(values: readonly string[], word: string): Reading {
  const value = values.indexOf(word);
  if (value >= 0) return { value };
  const near = nearest(word, values);
  const mend = near === undefined ? `Use one of: ${values.join(', ')}.` : `Did you mean "${near}"?`;
  return fault(`"${word}" is not among the declared values.`, mend);
}

/** Reads some of a set's declared words as a bit mask. */
export function readWords(type: FieldKind & { readonly kind: 'set' }, words: readonly string[]): Reading {
  let mask = 0;
  for (const word of words) {
    const read = readWord(type.values, word);
    if ('fault' in read) return read;
    mask |= 1 << read.value;
  }
  if (bitCount(mask) < words.length) return fault('A word stands twice.', 'Name each word once.');
  if (words.length <= type.maximumSize) return { value: mask };
  return fault(`There are ${words.length} words.`, `Name at most ${type.maximumSize}.`);
}

/** How many bits of a 32-bit mask are set. */
export function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** The words of a bit mask, in the order of their declaration. */
export function wordsOf(values: readonly string[], mask: number): string[] {
  return values.filter((_, index) => (mask & (1 << index)) !== 0);
}

/** Edit distance (Levenshtein) of two short texts. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The candidate that a mistyped word most likely means, if one is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(word.length / 3));
  let best: { readonly candidate: string; readonly far: number } | undefined;
  for (const candidate of candidates) {
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    if (far <= limit && far < (best?.far ?? Number.POSITIVE_INFINITY)) best = { candidate, far };
  }
  return best?.candidate;
}

/** Writes an integer of `scale` digits behind the point as a decimal without superfluous zeros. */
export function writeDecimal(value: number, scale: number): string {
  const digits = String(Math.abs(value)).padStart(scale + 1, '0');
  const fraction = scale === 0 ? '' : digits.slice(-scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Writes seconds as `2d`, `1h30m` or `0s`. */
export function writeDuration(seconds: number): string {
  const rest = Math.abs(seconds);
  const parts = [
    [Math.trunc(rest / 86_400), 'd'],
    [Math.trunc((rest % 86_400) / 3600), 'h'],
    [Math.trunc((rest % 3600) / 60), 'm'],
    [rest % 60, 's'],
  ] as const;
  const text = parts
    .filter(([count]) => count !== 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
  return text === '' ? '0s' : `${seconds < 0 ? '-' : ''}${text}`;
}

/** Writes a value for people, in the form that a source may use as well: `12,500.00 EUR`, `15 %`, `2026-01-31`, `3d`. */
export function writeValue(type: FieldKind, value: number): string {
  switch (type.kind) {
    case 'integer':
      return type.unit === undefined ? String(value) : `${value} ${type.unit}`;
    case 'decimal': {
      const text = writeDecimal(value, type.scale);
      return type.unit === undefined ? text : `${text} ${type.unit}`;
    }
    case 'money':
      return formatMoney({ currency: type.currency, minorUnits: value });
    case 'ratio':
      return formatBasisPoints(value);
    case 'date':
      return dateOfDay(value);
    case 'duration':
      return writeDuration(value);
    case 'boolean':
      return value === 0 ? 'false' : 'true';
    case 'enum':
      return type.values[value] ?? String(value);
    case 'set':
      return `[${wordsOf(type.values, value).join(', ')}]`;
  }
}

/** Whether a value lies in the field's domain. */
export function inDomain(field: Field, value: number): boolean {
  if (!Number.isSafeInteger(value) || value < field.minimum || value > field.maximum) return false;
  return field.type.kind !== 'set' || bitCount(value) <= field.type.maximumSize;
}
