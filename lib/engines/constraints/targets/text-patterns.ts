/** Regular expressions (ECMA-262, as JSON Schema uses them) for ranges of dates and decimals in their written form. */

/** The digits that may stand at one place, both included. */
type Digits = readonly [low: number, high: number];

const ANY: Digits = [0, 9];

/** The digit texts of one length from `low` to `high`, as alternatives of what may stand at each place. */
function placesBetween(low: string, high: string): Digits[][] {
  if (low === '') return [[]];
  const [first, last] = [Number(low[0]), Number(high[0])];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  const behind = (digit: number, rest: Digits[][]) => rest.map((places): Digits[] => [[digit, digit], ...places]);
  if (first === last) return behind(first, placesBetween(lowRest, highRest));
  const free = Array.from({ length: lowRest.length }, () => ANY);
  const fromLow = /^0*$/.test(lowRest);
  const toHigh = /^9*$/.test(highRest);
  const [start, end] = [fromLow ? first : first + 1, toHigh ? last : last - 1];
  return [
    ...(fromLow ? [] : behind(first, placesBetween(lowRest, '9'.repeat(lowRest.length)))),
    ...(start <= end ? [[[start, end] as const, ...free]] : []),
    ...(toHigh ? [] : behind(last, placesBetween('0'.repeat(highRest.length), highRest))),
  ];
}

function digitText([low, high]: Digits): string {
  return low === high ? String(low) : `[${low}-${high}]`;
}

function alternatives(texts: readonly string[]): string {
  return `^(?:${texts.join('|')})$`;
}

/** Texts of the form YYYY-MM-DD from one to another; both are included. They need not be dates of the calendar. */
export function datePattern(low: string, high: string): string {
  const texts = placesBetween(low.replaceAll('-', ''), high.replaceAll('-', '')).map((places) => {
    const digits = places.map(digitText);
    return [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map((part) => part.join('')).join('-');
  });
  return alternatives(texts);
}

const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';

/** The dates of the Gregorian calendar from year 0000 to 9999 (ISO 8601). */
export const CALENDAR_DATE = `^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|${LEAP_YEAR}-02-29)$`;

/** What may stand behind the point: some digits without a zero at the end, or (where they are all zeros) nothing at all. */
function fractionText(places: readonly Digits[]): string {
  // From behind: what follows a place when something must follow, and whether nothing may.
  let text: string | undefined;
  let mayEnd = true;
  for (const [low, high] of places.toReversed()) {
    const more = text === undefined ? [] : [`${digitText([low, high])}${text}`];
    const last: string[] = mayEnd && high > 0 ? [digitText([Math.max(1, low), high])] : [];
    const texts = [...more, ...last];
    text = texts.length === 0 ? undefined : texts.length === 1 ? texts[0] : `(?:${texts.join('|')})`;
    mayEnd &&= low === 0;
  }
  if (text === undefined) return '';
  return mayEnd ? `(?:\\.${text})?` : `\\.${text}`;
}

/** Magnitudes from `low` to `high` in units of the last of `scale` digits behind the point, as written without superfluous zeros. */
function magnitudeTexts(low: number, high: number, scale: number): string[] {
  const texts: string[] = [];
  const last = String(high).padStart(scale + 1, '0').length;
  for (let length = scale + 1; length <= last; length += 1) {
    // Each length has whole parts of one number of digits, so that none begins with a superfluous zero.
    const first = length === scale + 1 ? 0 : 10 ** (length - 1);
    const [from, to] = [Math.max(low, first), Math.min(high, 10 ** length - 1)];
    if (from > to) continue;
    const [a, b] = [from, to].map((value) => String(value).padStart(length, '0')) as [string, string];
    for (const places of placesBetween(a, b)) {
      const whole = places
        .slice(0, length - scale)
        .map(digitText)
        .join('');
      texts.push(whole + fractionText(places.slice(length - scale)));
    }
  }
  return texts;
}

/**
 * Decimals from `low` to `high` (integers of `scale` digits behind the point) as `writeDecimal` writes them; both are included.
 */
export function decimalPattern(low: number, high: number, scale: number): string {
  const negative = low < 0 ? magnitudeTexts(Math.max(1, -high), -low, scale).map((text) => `-${text}`) : [];
  const rest = high >= 0 ? magnitudeTexts(Math.max(0, low), high, scale) : [];
  return alternatives([...negative, ...rest]);
}
