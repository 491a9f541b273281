import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { delegatesOf, resolveDelegate } from '../../../lib/core/directory/delegation.ts';
import { isEmployed } from '../../../lib/core/directory/employment.ts';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { buildLoadedDirectory } from '../../../lib/core/directory/loaded.ts';
import { directory as directorySchema } from '../../../lib/core/directory/schema.ts';
import { instantAt } from '../../../lib/core/instant.ts';
import { changed, company, lent, loadingProblems, personOf } from './company.ts';

const directory = loadDirectory(company());
const BEFORE = '2026-11-20T07:59:59.999Z';
const ONE_LINK = '2026-11-21T12:00:00.000Z';
const TWO_LINKS = '2026-11-24T12:00:00.000Z';

describe('following a chain of delegations', () => {
  test('ends with the principal while nothing is lent', () => {
    expect(resolveDelegate(directory, 'leo', BEFORE)).toEqual({ approver: 'leo', delegations: [] });
    expect(resolveDelegate(directory, 'ben', TWO_LINKS)).toEqual({ approver: 'ben', delegations: [] });
  });

  test('goes as far as the links hold at that instant', () => {
    expect(resolveDelegate(directory, 'leo', ONE_LINK)).toEqual({ approver: 'mia', delegations: ['d-leo'] });
    expect(resolveDelegate(directory, 'leo', TWO_LINKS)).toEqual({ approver: 'eva', delegations: ['d-leo', 'd-mia'] });
    expect(resolveDelegate(directory, 'mia', TWO_LINKS)).toEqual({ approver: 'eva', delegations: ['d-mia'] });
  });

  test('the start is in, the end is out', () => {
    expect(resolveDelegate(directory, 'leo', '2026-11-20T08:00:00.000Z')).toMatchObject({ approver: 'mia' });
    expect(resolveDelegate(directory, 'leo', '2026-11-27T16:59:59.999Z')).toMatchObject({ approver: 'mia' });
    expect(resolveDelegate(directory, 'leo', '2026-11-27T17:00:00.000Z')).toMatchObject({ approver: 'leo' });
  });

  test('names who is unknown', () => {
    expect(resolveDelegate(directory, 'ann', BEFORE)).toEqual({ problem: 'unknown-person', personId: 'ann' });
  });

  test('breaks at a leaver, be it principal or delegate', () => {
    const after = '2026-12-01T12:00:00.000Z';
    expect(resolveDelegate(directory, 'tom', after)).toEqual({ problem: 'left-company', personId: 'tom' });
    const left = loadDirectory(changed((d) => Object.assign(personOf(d, 'mia'), { employedUntil: '2026-11-22' })));
    expect(resolveDelegate(left, 'leo', ONE_LINK)).toEqual({ approver: 'mia', delegations: ['d-leo'] });
    expect(resolveDelegate(left, 'leo', TWO_LINKS)).toEqual({ problem: 'left-company', personId: 'mia' });
  });

  test('a loop that no load would let in is a problem, not a hang', () => {
    const looped = changed((d) =>
      d.delegations.push(lent('d-eva', 'eva', 'leo', '2026-11-23T08:00:00Z', '2026-11-25T17:00:00Z')),
    );
    expect(loadingProblems(looped).map(({ code }) => code)).toContain('delegation-loop');
    const unchecked = buildLoadedDirectory(directorySchema.parse(looped));
    expect(resolveDelegate(unchecked, 'leo', TWO_LINKS)).toEqual({ problem: 'loop', personId: 'leo' });
    expect(delegatesOf(unchecked, 'leo', TWO_LINKS)).toEqual(['mia', 'eva']);
  });
});

describe('everybody below a person', () => {
  test('is the chain without the person, at that instant', () => {
    expect(delegatesOf(directory, 'leo', BEFORE)).toEqual([]);
    expect(delegatesOf(directory, 'leo', ONE_LINK)).toEqual(['mia']);
    expect(delegatesOf(directory, 'leo', TWO_LINKS)).toEqual(['mia', 'eva']);
    expect(delegatesOf(directory, 'ann', TWO_LINKS)).toEqual([]);
  });
});

test('the last day of employment ends at midnight where the person is', () => {
  const tom = directory.requirePerson('tom');
  expect(isEmployed(tom, '2026-11-30T22:59:59.999Z')).toBe(true);
  expect(isEmployed(tom, '2026-11-30T23:00:00.000Z')).toBe(false);
  expect(isEmployed({ ...tom, timeZone: 'America/New_York' }, '2026-12-01T04:59:59.999Z')).toBe(true);
  expect(isEmployed({ ...tom, timeZone: 'America/New_York' }, '2026-12-01T05:00:00.000Z')).toBe(false);
});

test('whatever loads: no chain loops, none ends with a manager of its principal, each is within a seat’s bound', () => {
  const HOUR = 3_600_000;
  const base = Date.parse('2027-01-04T08:00:00Z');
  const ids = ['mia', 'leo', 'ben', 'eva', 'tom'];
  const delegations = fc.array(
    fc.record({
      from: fc.constantFrom(...ids),
      to: fc.constantFrom(...ids, 'zoe'),
      start: fc.integer({ min: 0, max: 8 }),
      length: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 5 },
  );
  let loaded = 0;
  fc.assert(
    fc.property(delegations, (drawn) => {
      const value = changed((draft) => {
        Reflect.deleteProperty(personOf(draft, 'tom'), 'employedUntil');
        draft.delegations = drawn.map(({ from, to, start, length }, index) =>
          lent(`d${index}`, from, to, instantAt(base + start * HOUR), instantAt(base + (start + length) * HOUR)),
        );
      });
      if (loadingProblems(value).length > 0) return;
      loaded += 1;
      const checked = loadDirectory(value);
      for (let hour = 0; hour <= 12; hour += 1) {
        for (const id of ids) {
          const result = resolveDelegate(checked, id, instantAt(base + hour * HOUR));
          if (!('approver' in result)) return expect.fail(`${id}: ${result.problem}`);
          const managers = checked.managersOf(checked.requirePerson(id)).map((manager) => manager.id);
          expect(managers).not.toContain(result.approver);
          expect(result.delegations.length).toBeLessThanOrEqual(10);
        }
      }
    }),
    { numRuns: 300, seed: 7 },
  );
  expect(loaded).toBeGreaterThan(20);
});
