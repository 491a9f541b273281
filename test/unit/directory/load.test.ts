import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { InvalidInput, NotFound } from '../../../lib/core/errors.ts';
import { changed, company, lent, loadingProblems, personOf } from './company.ts';

type Change = Parameters<typeof changed>[0];
/** What is spoiled, the change, and for each expected problem: code, pointer, and words that the message holds. */
type Fault = readonly [
  what: string,
  change: Change,
  ...expected: (readonly [code: string, pointer: string, words: string])[],
];

const FAULTS: readonly Fault[] = [
  [
    'an unknown field of a person',
    (d) => Object.assign(personOf(d, 'ben'), { emial: 'x' }),
    ['unknown-field', '/people/3/emial', 'Person "ben"'],
  ],
  [
    'an unknown field of the directory',
    (d) => Object.assign(d, { poeple: [] }),
    ['unknown-field', '/poeple', '"poeple"'],
  ],
  [
    'an unknown weekday',
    (d) => Object.assign(d.calendars[0]!.week, { mon: [] }),
    ['unknown-field', '/calendars/0/week/mon', 'Calendar "de"'],
  ],
  [
    'a missing field of a delegation',
    (d) => Reflect.deleteProperty(d.delegations[0]!, 'createdBy'),
    ['missing-field', '/delegations/0/createdBy', 'Delegation "d-leo"'],
  ],
  [
    'a span in no form',
    (d) => (d.calendars[0]!.week.monday = ['9-17']),
    ['invalid-format', '/calendars/0/week/monday/0', 'Calendar "de"'],
  ],
  [
    'two people with one id',
    (d) => d.people.push({ ...personOf(d, 'ben'), email: 'other@example.com' }),
    ['duplicate-id', '/people/6/id', 'Person "ben"'],
  ],
  [
    'two roles with one id',
    (d) => d.roles.push({ id: 'sales', name: 'Again' }),
    ['duplicate-id', '/roles/2/id', 'Role "sales"'],
  ],
  [
    'two calendars with one id',
    (d) => d.calendars.push({ ...d.calendars[0]! }),
    ['duplicate-id', '/calendars/2/id', 'Calendar "de"'],
  ],
  [
    'two delegations with one id',
    (d) => d.delegations.push(lent('d-leo', 'ben', 'eva', '2026-11-20T08:00:00Z', '2026-11-21T08:00:00Z')),
    ['duplicate-id', '/delegations/2/id', 'Delegation "d-leo"'],
  ],
  [
    'two accounts with one id',
    (d) => d.accounts.push({ ...d.accounts[0]! }),
    ['duplicate-id', '/accounts/1/id', 'Account "acme"'],
  ],
  [
    'two people with one address, in different case',
    (d) => (personOf(d, 'eva').email = 'Ben@Example.com'),
    [
      'duplicate-email',
      '/people/4/email',
      'Person "eva" (Eva): the address "ben@example.com" is already that of Person "ben"',
    ],
  ],
  [
    'two people with one principal',
    (d) => (personOf(d, 'eva').principals = ['leo-sso']),
    [
      'duplicate-principal',
      '/people/4/principals/0',
      'Person "eva" (Eva): the principal "leo-sso" is already that of Person "leo"',
    ],
  ],
  [
    "a principal that is somebody else's id",
    (d) => (personOf(d, 'eva').principals = ['zoe']),
    ['duplicate-principal', '/people/4/principals/0', '"zoe"'],
  ],
  [
    'a trusted system that arrives as a person',
    (d) => d.trustedSystems.push({ principal: 'leo-sso', name: 'Billing' }),
    ['duplicate-principal', '/trustedSystems/1/principal', 'Trusted system "Billing"'],
  ],
  [
    'one trusted system twice',
    (d) => d.trustedSystems.push({ principal: 'crm', name: 'CRM again' }),
    ['duplicate-principal', '/trustedSystems/1/principal', 'Trusted system "CRM again"'],
  ],
  [
    'an unknown calendar',
    (d) => (personOf(d, 'ben').calendar = 'fr'),
    ['unknown-calendar', '/people/3/calendar', 'Person "ben" (Ben): the directory knows no calendar "fr"'],
  ],
  [
    'an unknown role',
    (d) => personOf(d, 'ben').roles.push('legal'),
    ['unknown-role', '/people/3/roles/1', 'no role "legal"'],
  ],
  [
    'an unknown manager',
    (d) => (personOf(d, 'ben').manager = 'ann'),
    ['unknown-manager', '/people/3/manager', 'no manager "ann"'],
  ],
  [
    'an unknown time zone',
    (d) => (personOf(d, 'ben').timeZone = 'Europe/Atlantis'),
    ['unknown-time-zone', '/people/3/timeZone', 'Person "ben" (Ben): the time zone "Europe/Atlantis"'],
  ],
  [
    'an offset for a time zone',
    (d) => (personOf(d, 'ben').timeZone = '+05:30'),
    ['unknown-time-zone', '/people/3/timeZone', '"+05:30"'],
  ],
  [
    'a time zone in another spelling',
    (d) => (personOf(d, 'ben').timeZone = 'asia/kolkata'),
    ['unknown-time-zone', '/people/3/timeZone', '"asia/kolkata"'],
  ],
  [
    'a management loop',
    (d) => (personOf(d, 'zoe').manager = 'eva'),
    ['management-loop', '/people/0/manager', 'Person "zoe" (Zoe) is their own manager: zoe > eva > mia > zoe.'],
  ],
  [
    'a person who manages themselves',
    (d) => (personOf(d, 'ben').manager = 'ben'),
    ['management-loop', '/people/3/manager', 'ben > ben'],
  ],
  [
    'the same role twice',
    (d) => personOf(d, 'ben').roles.push('sales'),
    ['duplicate-role', '/people/3/roles/1', 'Person "ben"'],
  ],
  [
    'two limits in one currency',
    (d) => personOf(d, 'mia').limits.push({ currency: 'EUR', minorUnits: 1 }),
    ['duplicate-limit', '/people/1/limits/1/currency', 'Person "mia" (Mia): the limit in the currency "EUR"'],
  ],
  [
    'a limit below nothing',
    (d) => (personOf(d, 'mia').limits[0]!.minorUnits = -1),
    ['negative-limit', '/people/1/limits/0/minorUnits', '-0.01 EUR'],
  ],
  [
    'a shared mailbox',
    (d) => (personOf(d, 'ben').email = 'Deals@example.com'),
    ['shared-mailbox', '/people/3/email', 'Person "ben" (Ben): the address Deals@example.com is a shared mailbox'],
  ],
  [
    'a role without members',
    (d) => d.roles.push({ id: 'risk', name: 'Risk' }),
    ['role-without-members', '/roles/2', 'Role "risk" (Risk) has no members'],
  ],
  [
    'a calendar without working time',
    (d) => (d.calendars[1]!.week = {}),
    ['calendar-without-working-time', '/calendars/1/week', 'Calendar "in" has no working time'],
  ],
  [
    'overlapping spans',
    (d) => (d.calendars[0]!.week.friday = ['12:00-17:00', '09:00-12:30']),
    [
      'overlapping-spans',
      '/calendars/0/week/friday/0',
      'Calendar "de", friday: the spans 09:00-12:30 and 12:00-17:00 overlap',
    ],
  ],
  [
    'a span that ends before it begins',
    (d) => (d.calendars[0]!.specialDays[0]!.hours = ['22:00-06:00']),
    ['empty-span', '/calendars/0/specialDays/0/hours/0', 'Calendar "de", 2026-12-24: the span 22:00-06:00'],
  ],
  [
    'a date that is a holiday and a special day',
    (d) => d.calendars[0]!.holidays.push({ date: '2026-12-24', name: 'Christmas Eve' }),
    ['duplicate-date', '/calendars/0/specialDays/0/date', 'Calendar "de"'],
  ],
  [
    'a delegation to an unknown person',
    (d) => (d.delegations[1]!.to = 'ann'),
    ['unknown-person', '/delegations/1/to', 'Delegation "d-mia" (mia to ann): the directory knows no person "ann"'],
  ],
  [
    'a delegation made by an unknown person',
    (d) => (d.delegations[1]!.createdBy = 'ann'),
    ['unknown-person', '/delegations/1/createdBy', '"ann"'],
    ['delegation-not-authorised', '/delegations/1/createdBy', '"ann"'],
  ],
  [
    'a delegation to oneself',
    (d) => (d.delegations[1]!.to = 'mia'),
    ['delegation-to-oneself', '/delegations/1/to', 'Delegation "d-mia" (mia to mia)'],
  ],
  [
    'a delegation to the manager',
    (d) => (d.delegations[1]!.to = 'zoe'),
    // leo lends to mia at the same time, so leo's seat goes up as well.
    [
      'delegation-upward',
      '/delegations/1',
      'the seat of "leo", lent by "d-leo" (leo to mia), up to "zoe", who manages "leo".',
    ],
    ['delegation-upward', '/delegations/1', 'Delegation "d-mia" (mia to zoe) hands the seat of "mia" up to "zoe"'],
  ],
  [
    'a delegation two levels up',
    (d) => d.delegations.push(lent('d-ben', 'ben', 'zoe', '2027-01-04T08:00:00Z', '2027-01-05T08:00:00Z')),
    ['delegation-upward', '/delegations/2', 'Delegation "d-ben" (ben to zoe) hands the seat of "ben" up to "zoe"'],
  ],
  [
    'a retroactive delegation',
    (d) => (d.delegations[1]!.createdAt = '2026-11-23T08:00:01Z'),
    ['delegation-retroactive', '/delegations/1/createdAt', 'Delegation "d-mia" (mia to eva): it was made'],
  ],
  [
    'a delegation made by a colleague',
    (d) => (d.delegations[1]!.createdBy = 'eva'),
    [
      'delegation-not-authorised',
      '/delegations/1/createdBy',
      '"eva" is neither the principal "mia" nor an administrator',
    ],
  ],
  [
    'a delegation that ends when it starts',
    (d) => (d.delegations[1]!.end = d.delegations[1]!.start),
    ['delegation-without-duration', '/delegations/1/end', 'Delegation "d-mia" (mia to eva)'],
  ],
  [
    'two delegations of one person at a time',
    (d) => d.delegations.push(lent('d-mia-2', 'mia', 'ben', '2026-11-25T16:00:00Z', '2026-11-26T08:00:00Z')),
    [
      'delegations-overlap',
      '/delegations/2',
      'Delegation "d-mia-2" (mia to ben) holds at the same time as Delegation "d-mia" (mia to eva)',
    ],
  ],
  [
    'a loop of delegations whose dates meet',
    (d) =>
      d.delegations.push(
        lent('d-ben', 'ben', 'tom', '2027-01-04T08:00:00Z', '2027-01-06T08:00:00Z'),
        lent('d-tom', 'tom', 'eva', '2027-01-05T08:00:00Z', '2027-01-07T08:00:00Z'),
        lent('d-eva', 'eva', 'ben', '2027-01-06T07:59:59Z', '2027-01-08T08:00:00Z'),
      ),
    [
      'delegation-loop',
      '/delegations/2',
      'Delegation "d-ben" (ben to tom) is part of a loop of delegations: "d-ben" (ben to tom), "d-tom" (tom to eva), "d-eva" (eva to ben).',
    ],
  ],
  [
    'an unknown record owner',
    (d) => (d.accounts[0]!.recordOwner = 'ann'),
    ['unknown-record-owner', '/accounts/0/recordOwner', 'Account "acme" (Acme): the directory knows no person "ann"'],
  ],
  [
    'an unknown administrator',
    (d) => d.administrators.push('ann'),
    ['unknown-administrator', '/administrators/1', 'Administrator "ann"'],
  ],
  [
    'an administrator twice',
    (d) => d.administrators.push('zoe'),
    ['duplicate-administrator', '/administrators/1', 'Administrator "zoe"'],
  ],
];

describe('what loading finds', () => {
  test('nothing in a directory without faults', () => {
    expect(loadingProblems(company())).toEqual([]);
  });

  for (const [what, change, ...expected] of FAULTS) {
    test(what, () => {
      const problems = loadingProblems(changed(change));
      const places = problems.map(({ code, pointer }) => [code, pointer]);
      expect(places).toEqual(expected.map(([code, pointer]) => [code, pointer]));
      problems.forEach((problem, index) => {
        expect(problem.message).toContain(expected[index]?.[2]);
        expect(problem.mend).not.toBe('');
      });
    });
  }

  test('all at once, an unknown field among them', () => {
    // Faults that leave each other's pointers alone; those that break the shape of a known field stop the rest.
    const apart = [
      'an unknown field of a person',
      'an unknown role',
      'two limits in one currency',
      'a role without members',
      'an unknown record owner',
      'a retroactive delegation',
      'overlapping spans',
    ];
    const chosen = FAULTS.filter(([what]) => apart.includes(what));
    expect(chosen).toHaveLength(apart.length);
    const spoiled = changed((draft) => {
      for (const [, change] of chosen) change(draft);
    });
    const found = loadingProblems(spoiled).map(({ code, pointer }) => `${code} ${pointer}`);
    expect(found.toSorted()).toEqual(
      chosen.flatMap(([, , ...expected]) => expected.map(([code, pointer]) => `${code} ${pointer}`)).toSorted(),
    );
  });

  test('the error counts them', () => {
    expect(() => loadDirectory(changed((d) => (personOf(d, 'ben').calendar = 'fr')))).toThrow(InvalidInput);
    expect(() => loadDirectory(changed((d) => (personOf(d, 'ben').calendar = 'fr')))).toThrow('1 problem(s)');
  });

  test.each([null, 42, 'directory', [], {}])('a value that is no directory: %j', (value) => {
    expect(loadingProblems(value).length).toBeGreaterThan(0);
  });

  test('delegations whose dates only touch are neither loop nor overlap', () => {
    const touching = changed((d) => {
      d.delegations.push(
        lent('d-ben', 'ben', 'tom', '2027-01-04T08:00:00Z', '2027-01-05T08:00:00Z'),
        lent('d-tom', 'tom', 'ben', '2027-01-05T08:00:00Z', '2027-01-06T08:00:00Z'),
        lent('d-ben-2', 'ben', 'eva', '2027-01-06T08:00:00Z', '2027-01-07T08:00:00Z'),
        lent('d-ben-3', 'ben', 'tom', '2027-01-07T08:00:00Z', '2027-01-08T08:00:00Z'),
      );
    });
    expect(loadingProblems(touching)).toEqual([]);
  });

  test('spans that only touch do not overlap', () => {
    expect(loadingProblems(changed((d) => (d.calendars[0]!.week.friday = ['12:00-17:00', '09:00-12:00'])))).toEqual([]);
  });

  test('a delegation that starts the moment it is made is not retroactive', () => {
    expect(loadingProblems(changed((d) => (d.delegations[1]!.createdAt = d.delegations[1]!.start)))).toEqual([]);
  });

  test('an administrator may make a delegation for somebody else', () => {
    expect(loadingProblems(changed((d) => (d.delegations[1]!.createdBy = 'zoe')))).toEqual([]);
  });

  test('a chain longer than a seat can hold', () => {
    const long = changed((draft) => {
      for (let n = 0; n <= 11; n += 1) {
        draft.people.push({ ...personOf(draft, 'ben'), id: `p${n}`, email: `p${n}@example.com`, principals: [] });
      }
      for (let n = 0; n < 11; n += 1) {
        draft.delegations.push(lent(`c${n}`, `p${n}`, `p${n + 1}`, '2027-01-04T08:00:00Z', '2027-01-05T08:00:00Z'));
      }
    });
    expect(loadingProblems(long).map(({ code, pointer }) => [code, pointer])).toEqual([
      ['delegation-chain-too-long', '/delegations/2'],
    ]);
    expect(loadingProblems({ ...long, delegations: long.delegations.slice(0, -1) })).toEqual([]);
  });
});

describe('a loaded directory', () => {
  const directory = loadDirectory(company());

  test('looks people up', () => {
    expect(directory.person('ben')?.name).toBe('Ben');
    expect(directory.person('ann')).toBeUndefined();
    expect(directory.requirePerson('ben').id).toBe('ben');
    expect(() => directory.requirePerson('ann')).toThrow(NotFound);
    expect(directory.personByPrincipal('leo-sso')?.id).toBe('leo');
    expect(directory.personByPrincipal('leo')?.id).toBe('leo');
    expect(directory.personByPrincipal('toString')).toBeUndefined();
  });

  test('lists a role by id', () => {
    expect(directory.membersOf('sales').map(({ id }) => id)).toEqual(['ben', 'eva', 'mia', 'tom']);
    expect(directory.membersOf('constructor')).toEqual([]);
  });

  test('names managers, nearest first', () => {
    expect(directory.managersOf(directory.requirePerson('ben')).map(({ id }) => id)).toEqual(['mia', 'zoe']);
    expect(directory.managersOf(directory.requirePerson('zoe'))).toEqual([]);
  });

  test('knows working times, accounts, systems and delegations', () => {
    expect(directory.workingTimeOf(directory.requirePerson('ben'))).toMatchObject({
      calendar: { id: 'in' },
      timeZone: 'Asia/Kolkata',
    });
    expect(directory.account('acme')?.recordOwner).toBe('ben');
    expect(directory.trustedSystem('crm')).toEqual({ principal: 'crm', name: 'CRM' });
    expect(directory.trustedSystem('leo')).toBeUndefined();
    expect(directory.delegation('d-leo')?.start).toBe('2026-11-20T08:00:00.000Z');
    expect(directory.delegationsFrom('mia').map(({ id }) => id)).toEqual(['d-mia']);
  });

  test('cannot be changed, so its digest speaks for it', () => {
    expect(() => Object.assign(directory.snapshot.people[0]!, { name: 'Else' })).toThrow(TypeError);
    expect(directory.digest).toBe(digestOf(directory.snapshot));
  });

  test('loads again from its own snapshot, byte for byte', () => {
    expect(loadDirectory(directory.snapshot).digest).toBe(directory.digest);
  });

  test('has one digest whatever the order of lists and keys', () => {
    const shuffle = <T>(list: readonly T[]) =>
      fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length });
    const base = company();
    const orders = fc.record({
      people: shuffle(base.people).map((people) =>
        people.map((person) => ({
          ...Object.fromEntries(Object.entries(person).toReversed()),
          roles: person.roles.toReversed(),
          limits: person.limits.toReversed(),
        })),
      ),
      roles: shuffle(base.roles),
      calendars: shuffle(base.calendars),
      delegations: shuffle(base.delegations),
    });
    fc.assert(
      fc.property(orders, (lists) => {
        expect(
          loadDirectory({ ...lists, ...Object.fromEntries(Object.entries(base).filter(([key]) => !(key in lists))) })
            .digest,
        ).toBe(directory.digest);
      }),
      { numRuns: 25 },
    );
    expect(loadDirectory(changed((d) => (personOf(d, 'ben').name = 'Benno'))).digest).not.toBe(directory.digest);
  });
});

test('the time zone and the language of the machine change no digest and no answer', () => {
  const script = `
    import { loadDirectory } from './lib/core/directory/load.ts';
    import { resolveDelegate } from './lib/core/directory/delegation.ts';
    const directory = loadDirectory(JSON.parse(process.argv[1]));
    const at = ['2026-11-24T12:00:00.000Z', '2026-11-30T22:59:59.000Z', '2026-11-30T23:00:00.000Z'];
    console.log(directory.digest, JSON.stringify(at.flatMap((now) => ['leo', 'tom'].map((id) => resolveDelegate(directory, id, now)))));`;
  const outputs = [
    { TZ: 'UTC', LC_ALL: 'C' },
    { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8' },
  ].map((environment) => {
    const run = spawnSync(
      process.execPath,
      ['--input-type=module-typescript', '-e', script, JSON.stringify(company())],
      {
        cwd: new URL('../../..', import.meta.url),
        env: { ...process.env, ...environment },
        encoding: 'utf8',
      },
    );
    expect(run.stderr).toBe('');
    return run.stdout;
  });
  expect(outputs[0]).toContain('sha256:');
  expect(outputs[0]).toContain('left-company');
  expect(outputs[1]).toBe(outputs[0]);
});
