import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  addBusinessMinutes,
  businessMinutesBetween,
  type WorkingTime,
} from '../../../lib/core/calendar/business-time.ts';
import { calendar } from '../../../lib/core/directory/schema.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { epochMilliseconds, instantAt } from '../../../lib/core/instant.ts';
import { addByStepping } from './wall-clock-oracle.ts';

interface Vector {
  readonly name: string;
  readonly timeZone: string;
  readonly calendar: string;
  readonly start: string;
  readonly minutes: number;
  readonly expected: string;
}
interface VectorFile {
  readonly calendars: Readonly<Record<string, object>>;
  readonly vectors: readonly Vector[];
}

const file: VectorFile = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8'));

function working(name: string, timeZone: string): WorkingTime {
  return { calendar: calendar.parse({ id: name, name, ...file.calendars[name] }), timeZone };
}

describe('the published vectors', () => {
  test('are many, each under a name of its own, and every calendar is used', () => {
    expect(file.vectors.length).toBeGreaterThanOrEqual(30);
    expect(new Set(file.vectors.map(({ name }) => name)).size).toBe(file.vectors.length);
    expect(new Set(file.vectors.map((vector) => vector.calendar))).toEqual(new Set(Object.keys(file.calendars)));
  });

  test.each(file.vectors)('$name: $minutes minutes', (vector) => {
    const time = working(vector.calendar, vector.timeZone);
    expect(addBusinessMinutes(vector.start, vector.minutes, time)).toBe(vector.expected);
    expect(businessMinutesBetween(vector.start, vector.expected, time)).toBe(vector.minutes);
    expect(businessMinutesBetween(vector.expected, vector.start, time)).toBe(0 - vector.minutes);
  });

  test.each(file.vectors)('$name: a clock read step by step agrees', (vector) => {
    const start = epochMilliseconds(vector.start);
    const step = start % 60_000 === 0 ? 60_000 : 15_000;
    const slow = addByStepping(start, vector.minutes, working(vector.calendar, vector.timeZone), step);
    expect(instantAt(slow)).toBe(vector.expected);
  });
});

describe('bounds', () => {
  const start = '2026-11-20T15:30:00.000Z';

  test('a calendar without working time is an error that names it, not an endless search', () => {
    const closed = { calendar: calendar.parse({ id: 'closed', name: 'Closed', week: {} }), timeZone: 'Europe/Berlin' };
    const attempt = () => addBusinessMinutes(start, 1, closed);
    expect(attempt).toThrow(InvalidInput);
    expect(attempt).toThrow(/"closed" has no working time in the 400 days after 2026-11-20/);
    expect(businessMinutesBetween(start, '2027-11-20T15:30:00.000Z', closed)).toBe(0);
  });

  test('a calendar that closes for good is found when its last hour is used up', () => {
    const last = calendar.parse({
      id: 'last-day',
      name: 'Last day',
      week: {},
      specialDays: [{ date: '2026-11-23', name: 'The last', hours: ['09:00-10:00'] }],
    });
    const time = { calendar: last, timeZone: 'Europe/Berlin' };
    expect(addBusinessMinutes(start, 60, time)).toBe('2026-11-23T09:00:00.000Z');
    expect(() => addBusinessMinutes(start, 61, time)).toThrow(/no working time/);
  });

  test('the largest service level that a plan allows is answered', () => {
    expect(addBusinessMinutes('2026-11-23T08:00:00.000Z', 1_000_000, working('office', 'Europe/Berlin'))).toBe(
      // 2083 days of 480 minutes and 160 minutes: 416 weeks and 3 days after Mon 23 Nov 2026, 11:40 CET.
      '2034-11-16T10:40:00.000Z',
    );
  });

  test('more than a hundred years ahead is an error', () => {
    expect(() => addBusinessMinutes(start, 2_000_000, working('early-sunday', 'UTC'))).toThrow(/a hundred years/);
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('%s minutes are refused', (minutes) => {
    expect(() => addBusinessMinutes(start, minutes, working('office', 'UTC'))).toThrow(RangeError);
  });

  test.each(['Europe/Atlantis', '+01:00', '2026-01-01T00:00+01:00', ''])(
    'the time zone "%s" is refused by name',
    (timeZone) => {
      const attempt = () => addBusinessMinutes(start, 1, working('office', timeZone));
      expect(attempt).toThrow(InvalidInput);
      expect(attempt).toThrow(`The time zone "${timeZone}" is unknown.`);
    },
  );
});

test('what is no instant is refused, not counted as nothing', () => {
  const time = working('office', 'UTC');
  expect(() => addBusinessMinutes('tomorrow', 1, time)).toThrow(RangeError);
  expect(() => businessMinutesBetween('2026-11-20T15:30:00.000Z', '2026-11-20', time)).toThrow(RangeError);
});

test('spans in any order mean the same', () => {
  const time = working('lunch-break', 'Europe/Berlin');
  const turned = {
    ...time,
    calendar: { ...time.calendar, week: { ...time.calendar.week, monday: ['13:30-18:00', '09:00-12:30'] } },
  };
  expect(addBusinessMinutes('2026-11-23T11:00:00.000Z', 60, turned)).toBe('2026-11-23T13:00:00.000Z');
});

test('a special day comes before a holiday, a holiday before the weekday', () => {
  const time = working('german-office', 'Europe/Berlin');
  const { holidays, specialDays } = time.calendar;
  const closed = { ...time, calendar: { ...time.calendar, holidays: [{ date: '2026-11-23', name: 'Closed' }] } };
  const both = {
    ...time,
    calendar: { ...time.calendar, holidays: [...holidays, ...specialDays.map(({ date, name }) => ({ date, name }))] },
  };
  expect(addBusinessMinutes('2026-11-22T12:00:00.000Z', 1, time)).toBe('2026-11-23T08:01:00.000Z');
  expect(addBusinessMinutes('2026-11-22T12:00:00.000Z', 1, closed)).toBe('2026-11-24T08:01:00.000Z');
  expect(addBusinessMinutes('2026-12-23T16:00:00.000Z', 1, both)).toBe('2026-12-24T08:01:00.000Z');
});

test('the time zone and the language of the machine change nothing', () => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { addBusinessMinutes, businessMinutesBetween, formatLocal } from './lib/core/calendar/business-time.ts';
    import { calendar } from './lib/core/directory/schema.ts';
    const file = JSON.parse(readFileSync('test/unit/calendar/vectors.json', 'utf8'));
    for (const { timeZone, calendar: name, start, minutes } of file.vectors) {
      const time = { calendar: calendar.parse({ id: name, name, ...file.calendars[name] }), timeZone };
      const end = addBusinessMinutes(start, minutes, time);
      console.log(end, businessMinutesBetween(start, end, time), formatLocal(end, timeZone));
    }`;
  const root = new URL('../../..', import.meta.url);
  const outputs = [
    { TZ: 'UTC', LANG: 'C' },
    { TZ: 'Pacific/Apia', LANG: 'de_DE.UTF-8' },
    { TZ: 'America/New_York', LANG: 'ar_EG.UTF-8' },
  ].map((environment) => {
    const run = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      cwd: root,
      env: { ...process.env, ...environment, LC_ALL: environment.LANG },
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    return run.stdout;
  });
  expect(outputs[0]?.trim().split('\n')).toHaveLength(file.vectors.length);
  expect(new Set(outputs).size).toBe(1);
});
