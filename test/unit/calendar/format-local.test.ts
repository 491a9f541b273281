import { expect, test } from 'vitest';
import { formatLocal } from '../../../lib/core/calendar/business-time.ts';
import { localDate } from '../../../lib/core/calendar/local-day.ts';
import { zoneAbbreviation } from '../../../lib/core/calendar/zone-abbreviations.ts';
import { timeZoneName } from '../../../lib/core/calendar/zone-offsets.ts';

test.each([
  ['2026-11-20T16:30:00.000Z', 'Europe/Berlin', 'Fri 20 Nov 2026, 17:30 CET'],
  ['2026-07-01T16:30:00.000Z', 'Europe/Berlin', 'Wed 1 Jul 2026, 18:30 CEST'],
  ['2026-10-25T00:30:00.000Z', 'Europe/Berlin', 'Sun 25 Oct 2026, 02:30 CEST'],
  ['2026-10-25T01:30:00.000Z', 'Europe/Berlin', 'Sun 25 Oct 2026, 02:30 CET'],
  ['2026-12-31T23:30:59.999Z', 'Europe/London', 'Thu 31 Dec 2026, 23:30 GMT'],
  ['2026-12-31T23:30:59.999Z', 'Asia/Kolkata', 'Fri 1 Jan 2027, 05:00 IST'],
  ['2026-01-01T04:59:00.000Z', 'America/New_York', 'Wed 31 Dec 2025, 23:59 EST'],
  ['2026-07-01T00:00:00.000Z', 'Australia/Lord_Howe', 'Wed 1 Jul 2026, 10:30 UTC+10:30'],
  ['2026-07-01T00:00:00.000Z', 'America/St_Johns', 'Tue 30 Jun 2026, 21:30 UTC-02:30'],
  ['2026-07-01T00:00:00.000Z', 'Europe/Dublin', 'Wed 1 Jul 2026, 01:00 UTC+01:00'],
  ['2026-07-01T00:00:00.000Z', 'UTC', 'Wed 1 Jul 2026, 00:00 UTC'],
])('%s in %s is %s', (at, timeZone, text) => {
  expect(formatLocal(at, timeZone)).toBe(text);
});

test('an abbreviation stands for one offset, whatever the zone', () => {
  const meanings = new Map<string, Set<number>>();
  for (const zone of [...Intl.supportedValuesOf('timeZone'), 'UTC', 'Asia/Kolkata']) {
    for (let offset = -720; offset <= 840; offset += 15) {
      const name = zoneAbbreviation(zone, offset);
      meanings.set(name, (meanings.get(name) ?? new Set()).add(offset));
    }
  }
  expect([...meanings].filter(([, offsets]) => offsets.size > 1)).toEqual([]);
  expect(meanings.get('CEST')).toEqual(new Set([120]));
});

test('the local date is the one on the wall', () => {
  expect(localDate('2026-11-20T23:30:00.000Z', 'Europe/Berlin')).toBe('2026-11-21');
  expect(localDate('2026-11-20T23:30:00.000Z', 'America/New_York')).toBe('2026-11-20');
});

test('names of time zones are those of the IANA database, in its spelling', () => {
  expect(timeZoneName('Europe/Berlin')).toBe('Europe/Berlin');
  expect(timeZoneName('europe/berlin')).toBe('Europe/Berlin');
  expect(timeZoneName('Asia/Kolkata')).toBe('Asia/Kolkata');
  expect(timeZoneName('Europe/Atlantis')).toBeUndefined();
  expect(timeZoneName('+01:00')).toBeUndefined();
});
