import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { importAccountsCsv, importPeopleCsv, loadDirectoryYaml } from '../../../lib/core/directory/read-files.ts';
import { readBasisPoints, readMoney } from '../../../lib/core/directory/written-values.ts';
import { formatMoney } from '../../../lib/core/money.ts';
import { parseYaml } from '../../../lib/core/yaml.ts';
import { company, problemsOf } from './company.ts';

describe('YAML', () => {
  test('reads what was written', () => {
    expect(parseYaml(stringify(company()), 'directory.yaml')).toEqual(company());
    expect(loadDirectoryYaml(stringify(company()), 'directory.yaml').digest).toBe(loadDirectory(company()).digest);
  });

  test('dates, times and country codes stay text', () => {
    expect(parseYaml('day: 2026-12-24\ntime: 09:00-12:30\nregion: NO\n', 'd.yaml')).toEqual({
      day: '2026-12-24',
      time: '09:00-12:30',
      region: 'NO',
    });
  });

  test.each([
    ['a list that does not end', 'people: [ann\nroles: []\n', 'd.yaml:2:1'],
    ['a key twice', 'version: "1"\nroles: []\nversion: "2"\n', 'd.yaml:3:1'],
    ['a tab for an indent', 'people:\n\t- id: ann\n', 'd.yaml:2:1'],
    ['a nested mapping on one line', 'version: a: b\n', 'd.yaml:1:10'],
    ['an alias without an anchor', 'version: "1"\nroles: *none\n', 'd.yaml:2:8'],
    ['an unknown tag', 'version: !!js/function x\n', 'd.yaml:1:10'],
    ['two documents', 'version: "1"\n---\nversion: "2"\n', 'd.yaml:2:1'],
  ])('%s is an error with its line', (_what, text, place) => {
    const [problem] = problemsOf(() => parseYaml(text, 'd.yaml'));
    expect(problem).toMatchObject({ code: 'invalid-yaml' });
    expect(problem?.message.startsWith(`${place}: `)).toBe(true);
  });

  test('every syntax error is named, not only the first', () => {
    const problems = problemsOf(() => parseYaml('a: 1\na: 2\nb: 1\nb: 2\n', 'd.yaml'));
    expect(problems.map(({ message }) => message.slice(0, 10))).toEqual(['d.yaml:2:1', 'd.yaml:4:1']);
  });

  test('aliases that multiply are refused', () => {
    const layers = Array.from(
      { length: 12 },
      (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]`,
    );
    expect(problemsOf(() => parseYaml(`l0: &l0 [x]\n${layers.join('\n')}\n`, 'd.yaml'))).toMatchObject([
      { code: 'invalid-yaml' },
    ]);
  });

  test('what loading finds is told with its line', () => {
    const text = stringify(company())
      .replace('calendar: in', 'calendar: fr')
      .replace('name: Eva', 'name: Eva\n    nickname: E');
    const problems = problemsOf(() => loadDirectoryYaml(text, 'd.yaml'));
    const lineOf = (words: string): number => text.slice(0, text.indexOf(words)).split('\n').length;
    expect(problems.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['unknown-field', '/people/4/nickname'],
      ['unknown-calendar', '/people/3/calendar'],
    ]);
    expect(problems[0]?.message).toContain(`d.yaml:${lineOf('nickname')}:`);
    expect(problems[1]?.message).toContain(`d.yaml:${lineOf('calendar: fr')}:`);
    expect(problems[1]?.message).toContain('Person "ben"');
  });
});

const PEOPLE = `id,name,email,timeZone,calendar,manager,roles,limits,employedUntil
ann,Ann Lee,ann@example.com,Europe/Berlin,de,,sales;finance,50000.00 EUR; 60000 USD,
bob,"Bob ""B"" Ray",bob@example.com,Asia/Tokyo,jp,ann,sales,5000 JPY,2026-12-31
`;

describe('people from CSV', () => {
  test('become people, with exact limits', () => {
    expect(importPeopleCsv(PEOPLE)).toEqual([
      {
        id: 'ann',
        name: 'Ann Lee',
        email: 'ann@example.com',
        principals: [],
        roles: ['sales', 'finance'],
        limits: [
          { currency: 'EUR', minorUnits: 5_000_000 },
          { currency: 'USD', minorUnits: 6_000_000 },
        ],
        timeZone: 'Europe/Berlin',
        calendar: 'de',
      },
      {
        id: 'bob',
        name: 'Bob "B" Ray',
        email: 'bob@example.com',
        principals: [],
        manager: 'ann',
        roles: ['sales'],
        limits: [{ currency: 'JPY', minorUnits: 5_000 }],
        timeZone: 'Asia/Tokyo',
        calendar: 'jp',
        employedUntil: '2026-12-31',
      },
    ]);
  });

  test('whatever the line ends, the byte order mark, empty lines', () => {
    expect(importPeopleCsv(`\ufeff${PEOPLE.replaceAll('\n', '\r\n\r\n')}`)).toEqual(importPeopleCsv(PEOPLE));
  });

  test('every faulty cell is named by its line', () => {
    const spoiled = PEOPLE.replace('50000.00 EUR; 60000 USD', '"50,000.00 EUR"')
      .replace('bob@example.com', 'bob')
      .replace('2026-12-31', '31.12.2026');
    const problems = problemsOf(() => importPeopleCsv(spoiled));
    expect(problems.map(({ pointer, message }) => [pointer, message.slice(0, 7)])).toEqual([
      ['/0/limits', 'Line 2:'],
      ['/1/email', 'Line 3:'],
      ['/1/employedUntil', 'Line 3:'],
    ]);
    expect(problems[0]?.message).toContain('"50,000.00 EUR" is not an amount');
  });

  test('a line is where its row begins, also after quoted line breaks', () => {
    const text =
      'id,name,email,timeZone,calendar\nann,"Ann\nLee",ann@example.com,Europe/Berlin,de\n\nbob,"B\n\nR",bob,Asia/Tokyo,jp\n';
    expect(problemsOf(() => importPeopleCsv(text)).map(({ message }) => message.slice(0, 7))).toEqual(['Line 5:']);
  });

  test.each([
    ['an unknown column', PEOPLE.replace('manager', 'boss'), 'unknown-column', 'Line 1: the column "boss" is unknown'],
    ['a missing column', PEOPLE.replace('email', 'roles'), 'missing-column', 'the column "email" is missing'],
    ['a column twice', PEOPLE.replace('employedUntil', 'roles'), 'duplicate-column', 'the column "roles" stands twice'],
    [
      'a cell too many',
      `${PEOPLE}cat,Cat,cat@example.com,UTC,de,,,,,x\n`,
      'wrong-cell-count',
      'Line 4: there are 10 cells where the header has 9',
    ],
    ['a cell too few', `${PEOPLE}cat,Cat\n`, 'wrong-cell-count', 'Line 4: there are 2 cells'],
    ['a quote that does not end', `${PEOPLE}"cat,Cat\n`, 'invalid-csv', 'Line 4'],
    ['an empty cell that is needed', PEOPLE.replace('Ann Lee', ''), 'missing-field', 'Line 2:'],
    ['nothing at all', '', 'missing-column', 'Line 1: the column "id" is missing'],
  ])('%s', (_what, text, code, words) => {
    const problem = problemsOf(() => importPeopleCsv(text)).find((one) => one.code === code);
    expect(problem?.message).toContain(words);
  });
});

describe('accounts from CSV', () => {
  const TEXT = `id,name,segment,region,recordOwner,annualRecurringRevenue,churnRisk
acme,"Acme, Inc.",enterprise,EMEA,ann,120000.05 EUR,12.5 %
`;

  test('become accounts, with exact amounts and ratios', () => {
    expect(importAccountsCsv(TEXT)).toEqual([
      {
        id: 'acme',
        name: 'Acme, Inc.',
        segment: 'enterprise',
        region: 'EMEA',
        recordOwner: 'ann',
        annualRecurringRevenue: { currency: 'EUR', minorUnits: 12_000_005 },
        churnRisk: 1_250,
      },
    ]);
  });

  test('faults are told together', () => {
    const spoiled = TEXT.replace('enterprise', 'big').replace('120000.05', '120000.055').replace('12.5 %', '0.125');
    expect(
      problemsOf(() => importAccountsCsv(spoiled))
        .map(({ pointer }) => pointer)
        .toSorted(),
    ).toEqual(['/0/annualRecurringRevenue', '/0/churnRisk', '/0/segment']);
  });
});

describe('written values', () => {
  test('an amount is read to the last minor unit', () => {
    expect(readMoney('0.29 EUR')).toEqual({ currency: 'EUR', minorUnits: 29 });
    expect(readMoney('1.15 EUR')).toEqual({ currency: 'EUR', minorUnits: 115 });
    expect(readMoney('90071992547409.91 EUR')).toEqual({ currency: 'EUR', minorUnits: Number.MAX_SAFE_INTEGER });
    expect(readMoney('1.234 KWD')).toEqual({ currency: 'KWD', minorUnits: 1_234 });
    expect(readMoney('5.5 EUR')).toEqual({ currency: 'EUR', minorUnits: 550 });
  });

  test.each([
    '90071992547409.92 EUR',
    '1.234 EUR',
    '1.0 JPY',
    '1,000 EUR',
    '1.000,00 EUR',
    'EUR 1',
    '1 eur',
    '-1 EUR',
    '1. EUR',
    '.5 EUR',
    '1e3 EUR',
    '',
    ' 1 EUR',
  ])('"%s" is no amount', (text) => {
    expect(readMoney(text)).toBeUndefined();
  });

  test('whatever is written for people reads back, without its separators', () => {
    fc.assert(
      fc.property(fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'INR'), fc.maxSafeNat(), (currency, minorUnits) => {
        expect(readMoney(formatMoney({ currency, minorUnits }).replaceAll(',', ''))).toEqual({ currency, minorUnits });
      }),
    );
  });

  test('a percentage is read to the basis point', () => {
    expect(['12.5 %', '12.50%', '0 %', '100 %', '0.29 %'].map(readBasisPoints)).toEqual([1_250, 1_250, 0, 10_000, 29]);
    expect(['12.5', '0.125', '1.234 %', '-1 %', '%'].map(readBasisPoints)).toEqual(Array(5).fill(undefined));
  });
});
