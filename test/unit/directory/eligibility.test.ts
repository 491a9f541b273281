import { describe, expect, test } from 'vitest';
import { checkEligibility, type EligibilityQuestion } from '../../../lib/core/directory/eligibility.ts';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { changed, company, lent, personOf } from './company.ts';

const directory = loadDirectory(company());
/** leo lends to mia, mia to eva. */
const TWO_LINKS = '2026-11-24T12:00:00.000Z';

function ask(more: Partial<EligibilityQuestion>, where = directory) {
  const question = {
    principal: 'zoe',
    approver: 'zoe',
    delegations: [],
    requester: 'ben',
    excluded: [],
    at: TWO_LINKS,
  };
  return checkEligibility(where, { ...question, ...more });
}

const leosSeat = { principal: 'leo', approver: 'eva', delegations: ['d-leo', 'd-mia'] };

describe('who may decide', () => {
  test('a principal without any interest', () => {
    expect(ask({})).toEqual({ eligible: true });
  });

  test('a delegate at the end of a chain that holds', () => {
    expect(ask(leosSeat)).toEqual({ eligible: true });
  });

  test('a principal in person although the seat could be lent today', () => {
    expect(ask({ principal: 'leo', approver: 'leo' })).toEqual({ eligible: true });
  });
});

const REFUSED: readonly (readonly [
  what: string,
  question: Partial<EligibilityQuestion>,
  code: string,
  words: string,
])[] = [
  ['the requester', { requester: 'zoe' }, 'own-request', 'Zoe made this request'],
  [
    'a delegate in the seat of the requester',
    { ...leosSeat, requester: 'leo' },
    'own-request',
    'Leo made this request',
  ],
  ['the requester as somebody’s delegate', { ...leosSeat, requester: 'eva' }, 'own-request', 'Eva made this request'],
  ['the record owner', { recordOwner: 'zoe' }, 'record-owner', 'Zoe owns the record'],
  [
    'the record owner as somebody’s delegate',
    { ...leosSeat, recordOwner: 'eva' },
    'record-owner',
    'Eva owns the record',
  ],
  [
    'whoever comes after the requester in a chain',
    { ...leosSeat, requester: 'mia' },
    'own-request',
    'Mia made this request',
  ],
  [
    'whoever comes after an excluded person in a chain',
    { ...leosSeat, excluded: [{ personId: 'mia', reason: 'quote-editor' }] },
    'excluded',
    'Mia is excluded',
  ],
  [
    'a delegate of the requester, in a seat of their own',
    { principal: 'mia', approver: 'mia', requester: 'leo' },
    'delegate-of-requester',
    'Mia acts for Leo, who made this request',
  ],
  [
    'a delegate of a delegate of the requester',
    { principal: 'eva', approver: 'eva', requester: 'leo' },
    'delegate-of-requester',
    'Eva acts for Leo, who made this request',
  ],
  [
    'a delegate of the record owner',
    { principal: 'eva', approver: 'eva', recordOwner: 'mia' },
    'record-owner',
    'Eva acts for Mia, who owns the record',
  ],
  [
    'somebody whom the plan excludes',
    { excluded: [{ personId: 'zoe', reason: 'quote-editor' }] },
    'excluded',
    'Zoe is excluded: quote-editor',
  ],
  [
    'a delegate in an excluded person’s seat',
    { ...leosSeat, excluded: [{ personId: 'leo', reason: 'quote-editor' }] },
    'excluded',
    'Leo',
  ],
  ['a delegate after the last day', { ...leosSeat, at: '2026-11-25T17:00:00.000Z' }, 'delegation-ended', '"d-mia"'],
  ['a delegate before the first day', { ...leosSeat, at: '2026-11-22T12:00:00.000Z' }, 'delegation-ended', '"d-mia"'],
  [
    'a chain with a link missing',
    { ...leosSeat, delegations: ['d-leo'] },
    'delegation-ended',
    'No delegation lets "eva" act for "leo"',
  ],
  ['a chain out of order', { ...leosSeat, delegations: ['d-mia', 'd-leo'] }, 'delegation-ended', '"d-mia"'],
  ['a delegation that is gone', { ...leosSeat, delegations: ['d-leo', 'd-old'] }, 'delegation-ended', '"d-old"'],
  ['a stranger in somebody’s seat', { principal: 'leo', approver: 'tom' }, 'delegation-ended', '"tom"'],
  [
    'a limit that is too low',
    { principal: 'mia', approver: 'mia', minimumLimit: { currency: 'EUR', minorUnits: 5_000_001 } },
    'limit-too-low',
    'Mia has a limit of 50,000.00 EUR; this level needs 50,000.01 EUR.',
  ],
  [
    'a limit in another currency only',
    { principal: 'mia', approver: 'mia', minimumLimit: { currency: 'USD', minorUnits: 1 } },
    'limit-too-low',
    'Mia has no limit in USD; this level needs 0.01 USD.',
  ],
  [
    'the principal’s limit, although the delegate’s own would do',
    { ...leosSeat, minimumLimit: { currency: 'EUR', minorUnits: 5_500_001 } },
    'limit-too-low',
    'Leo has a limit of 55,000.00 EUR',
  ],
  [
    'a leaver',
    { principal: 'tom', approver: 'tom', at: '2026-12-01T12:00:00.000Z' },
    'left-company',
    'Tom has left the company',
  ],
  ['an unknown principal', { principal: 'ann', approver: 'ann' }, 'unknown-person', '"ann"'],
  ['an unknown approver', { approver: 'ann' }, 'unknown-person', '"ann"'],
];

describe('who may not', () => {
  test.each(REFUSED)('%s', (_what, question, code, words) => {
    const answer = ask(question);
    expect(answer).toMatchObject({ eligible: false, code });
    expect('message' in answer && answer.message).toContain(words);
  });

  test('a delegate in between who has left: nobody lends what they no longer hold', () => {
    const left = loadDirectory(changed((d) => Object.assign(personOf(d, 'mia'), { employedUntil: '2026-11-23' })));
    expect(ask(leosSeat, left)).toMatchObject({ code: 'left-company', message: 'Mia has left the company.' });
  });
});

test('a delegate acts with the principal’s limit: exactly so much, in each currency', () => {
  expect(ask({ ...leosSeat, minimumLimit: { currency: 'EUR', minorUnits: 5_500_000 } })).toEqual({ eligible: true });
  expect(ask({ ...leosSeat, minimumLimit: { currency: 'USD', minorUnits: 6_000_000 } })).toEqual({ eligible: true });
});

test('a delegation that the requester makes after the plan bars the delegate as well', () => {
  const later = loadDirectory(
    changed((d) => d.delegations.push(lent('d-ben', 'ben', 'tom', '2026-11-24T08:00:00Z', '2026-11-24T18:00:00Z'))),
  );
  const seat = { principal: 'tom', approver: 'tom' };
  expect(ask({ ...seat, at: '2026-11-24T07:59:59.999Z' }, later)).toEqual({ eligible: true });
  expect(ask(seat, later)).toMatchObject({ code: 'delegate-of-requester' });
});
