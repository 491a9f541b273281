import { type Reading, readDate, readDecimal, readDuration, readMoney, readPercent } from '../written-values.ts';
import type { NumberValue, Unit } from './lowered.ts';
import { literal, type Report } from './numbers.ts';

/** Within expressions, dates count seconds. */
const DAY = 86_400;

function made(reading: Reading, unit: Unit, report: Report): NumberValue | undefined {
  if ('fault' in reading) return report('invalid-literal', reading.fault, reading.mend);
  return literal(unit.kind === 'date' ? reading.value * DAY : reading.value, unit);
}

/**
 * The value of `percent("15")`, `money("5 EUR")`, `date("2026-01-31")`, `duration("72h")` or `decimal("1.25")`.
 * @param finestScale digits behind the point of the finest decimal field: what is finer could not be compared with any.
 */
export function literalCall(name: string, text: string, finestScale: number, report: Report): NumberValue | undefined {
  switch (name) {
    case 'percent':
      return made(readPercent(text, false), { kind: 'ratio' }, report);
    case 'date':
      return made(readDate(text), { kind: 'date' }, report);
    case 'duration':
      return made(readDuration(text), { kind: 'duration' }, report);
    case 'decimal': {
      const fraction = /\.(\d*?)0*$/.exec(text.trim())?.[1] ?? '';
      const scale = Math.min(fraction.length, finestScale);
      return made(readDecimal(text, scale), { kind: 'decimal', scale }, report);
    }
    default: {
      const read = readMoney(text);
      if (read !== undefined) return made(read, { kind: 'money', currency: read.currency ?? '' }, report);
      return report('invalid-literal', `"${text}" is not an amount of money.`, 'Write it as 50000 EUR.');
    }
  }
}
