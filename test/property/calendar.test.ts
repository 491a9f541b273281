import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addBusinessMinutes, businessMinutesBetween, type WorkingTime } from '../../lib/core/calendar/business-time.ts';
import { offsetPeriodAt } from '../../lib/core/calendar/zone-offsets.ts';
import { calendar } from '../../lib/core/directory/schema.ts';
import { epochMilliseconds, instantAt } from '../../lib/core/instant.ts';
import { countByStepping, isWorkingTime } from '../unit/calendar/wall-clock-oracle.ts';

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Sao_Paulo',
  'Pacific/Chatham',
  'Antarctica/Troll',
];
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

const written = (minute: number): string =>
  `${String(Math.trunc(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Up to two spans of a day that neither touch nor overlap, on quarter hours. */
const spans = fc
  .uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: 0, maxLength: 4 })
  .map((quarters) => quarters.toSorted((a, b) => a - b).map((quarter) => quarter * 15))
  .map((edges) =>
    [0, 2].flatMap((at) => {
      const [start, end] = edges.slice(at, at + 2);
      return start === undefined || end === undefined ? [] : [`${written(start)}-${written(end)}`];
    }),
  );

const calendars = fc
  .record({
    week: fc.record({
      // Never wholly closed, so that every search ends.
      monday: spans.map((list) => (list.length === 0 ? ['09:00-17:00'] : list)),
      tuesday: spans,
      wednesday: spans,
      thursday: spans,
      friday: spans,
      saturday: spans,
      sunday: spans,
    }),
    holidays: fc.uniqueArray(fc.integer({ min: 0, max: 364 }), { maxLength: 8 }),
    special: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 364 }), spans), {
      maxLength: 4,
      selector: ([day]) => day,
    }),
  })
  .map(({ week, holidays, special }) => {
    const date = (day: number): string => new Date(Date.UTC(2026, 0, 1) + day * DAY).toISOString().slice(0, 10);
    return calendar.parse({
      id: 'generated',
      name: 'Generated',
      week,
      holidays: holidays.map((day) => ({ date: date(day), name: 'Closed' })),
      specialDays: special.map(([day, hours]) => ({ date: date(day), name: 'Other hours', hours })),
    });
  });

const workingTimes: fc.Arbitrary<WorkingTime> = fc.record({ calendar: calendars, timeZone: fc.constantFrom(...ZONES) });

/** Moments of 2026, half of them within two days of a change of offset in their zone. */
const cases = workingTimes.chain((working) => {
  const year = fc.integer({ min: 0, max: 365 * 1440 }).map((minute) => Date.UTC(2026, 0, 1) + minute * MINUTE);
  const changes: number[] = [];
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at = offsetPeriodAt(working.timeZone, at).until)
    changes.push(at);
  const near = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * 1440, max: 1440 }))
    .map(([change, minutes]) => change + minutes * MINUTE);
  return fc.record({ working: fc.constant(working), from: fc.oneof(year, near).map((at) => instantAt(at)) });
});

describe('business time', () => {
  test('counts what a clock on the wall shows, minute by minute', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 3 * 1440 }), ({ working, from }, length) => {
        const start = epochMilliseconds(from);
        const counted = countByStepping(start, start + length * MINUTE, working, MINUTE);
        expect(businessMinutesBetween(from, instantAt(start + length * MINUTE), working)).toBe(counted / MINUTE);
      }),
      { numRuns: 60 },
    );
  });

  test('addition and counting undo each other, and the answer is the earliest', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 5_000 }), ({ working, from }, minutes) => {
        const end = addBusinessMinutes(from, minutes, working);
        expect(businessMinutesBetween(from, end, working)).toBe(minutes);
        const justBefore = instantAt(epochMilliseconds(end) - 1);
        expect(businessMinutesBetween(from, justBefore, working)).toBe(minutes - 1);
        expect(isWorkingTime(epochMilliseconds(justBefore), working)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('in two steps or in one is the same', () => {
    const minutes = fc.integer({ min: 0, max: 3_000 });
    fc.assert(
      fc.property(cases, minutes, minutes, ({ working, from }, first, second) => {
        const halfway = addBusinessMinutes(from, first, working);
        expect(addBusinessMinutes(halfway, second, working)).toBe(addBusinessMinutes(from, first + second, working));
      }),
      { numRuns: 200 },
    );
  });

  test('later starts never end earlier, and more minutes never end sooner', () => {
    const minutes = fc.integer({ min: 0, max: 3_000 });
    fc.assert(
      fc.property(cases, minutes, minutes, ({ working, from }, count, more) => {
        const end = addBusinessMinutes(from, count, working);
        const later = instantAt(epochMilliseconds(from) + more * MINUTE);
        expect(addBusinessMinutes(later, count, working) >= end).toBe(true);
        expect(addBusinessMinutes(from, count + more, working) >= end).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

test('the offsets of a zone are those of the platform, every six hours of three years', () => {
  for (const timeZone of ZONES) {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    for (let at = Date.UTC(2025, 0, 1); at < Date.UTC(2028, 0, 1); at += 6 * 60 * MINUTE) {
      const { offset } = offsetPeriodAt(timeZone, at);
      const shown = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign = '+', hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(shown) ?? [];
      const size = (Number(hours) * 60 + Number(minutes)) * MINUTE;
      expect(sign === '-' ? 0 - size : size, `${timeZone} at ${instantAt(at)}`).toBe(offset);
    }
  }
});
