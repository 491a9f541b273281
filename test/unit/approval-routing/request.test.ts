import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { inCanonicalOrder, parseRequest } from '../../../lib/engines/approval-routing/request.ts';
import { smallRequest } from './support.ts';

/** The pointers and messages of what is wrong with a request. */
function wrongWith(value: unknown, base = ''): [pointer: string, message: string][] {
  try {
    parseRequest(value, base);
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ pointer, message }) => [pointer, message]);
    throw error;
  }
  return [];
}

const line = (over: object = {}) => ({ ...smallRequest().lineItems[0], ...over });
const eur = (minorUnits: number) => ({ currency: 'EUR', minorUnits });

describe('a request', () => {
  it('passes when its figures agree', () => {
    expect(wrongWith(smallRequest({ discount: 1_250 }))).toEqual([]);
  });

  it('may be off by what rounding explains, and not by more', () => {
    // 3.33 less 10 % is 2.997: 3.00 and 2.99 are both fair.
    const thirds = (net: number) =>
      smallRequest({
        discountBasisPoints: 1_000,
        amount: eur(net),
        lineItems: [
          line({ quantity: 1, listPrice: eur(333), netPrice: eur(net), discountBasisPoints: 1_000 }),
        ] as never,
      });
    expect(wrongWith(thirds(300))).toEqual([]);
    expect(wrongWith(thirds(299))).toEqual([]);
    expect(wrongWith(thirds(298)).map(([pointer]) => pointer)).toEqual([
      '/lineItems/0/discountBasisPoints',
      '/discountBasisPoints',
    ]);
    // One basis point of the list price is more than a cent where prices are high.
    const dear = (net: number) =>
      smallRequest({
        discountBasisPoints: 1_000,
        amount: eur(net),
        lineItems: [
          line({ quantity: 1, listPrice: eur(10_000_000), netPrice: eur(net), discountBasisPoints: 1_000 }),
        ] as never,
      });
    expect(wrongWith(dear(9_001_000))).toEqual([]);
    expect(wrongWith(dear(9_001_001))).not.toEqual([]);
  });

  it.each([
    [
      'currencies that differ',
      { amount: { currency: 'USD', minorUnits: 100_000 } },
      '/account/annualRecurringRevenue/currency',
    ],
    ['an amount that the lines do not come to', { amount: eur(100_002) }, '/amount/minorUnits'],
    ['a discount that the lines do not show', { discountBasisPoints: 500 }, '/discountBasisPoints'],
    ['a line id that stands twice', { lineItems: [line(), line()], amount: eur(200_000) }, '/lineItems/1/lineId'],
    [
      'a net price above list',
      { lineItems: [line({ netPrice: eur(10_001) })], amount: eur(100_010) },
      '/lineItems/0/netPrice',
    ],
    ['a sale without lines', { lineItems: [] }, '/lineItems'],
    ['a credit above what was paid', { kind: 'credit-or-refund', amount: eur(100_001) }, '/amount/minorUnits'],
    ['an unknown field', { policy: {} }, '/policy'],
    ['a fraction', { termMonths: 1.5 }, '/termMonths'],
    ['a negative amount', { amount: eur(-1) }, '/amount/minorUnits'],
    ['an unknown kind', { kind: 'gift' }, '/kind'],
  ])('is refused with %s, by pointer', (_, over, pointer) => {
    expect(wrongWith(smallRequest(over as object)).map(([at]) => at)).toContain(pointer);
  });

  it('lists every problem, under the pointer of the document it came in', () => {
    const problems = wrongWith({ ...smallRequest(), termMonths: -1, justification: '', extra: 1 }, '/input');
    expect(problems.map(([pointer]) => pointer).sort()).toEqual([
      '/input/extra',
      '/input/justification',
      '/input/termMonths',
    ]);
  });

  it('allows a part of the lines to be credited, and kinds that need no lines', () => {
    expect(wrongWith(smallRequest({ kind: 'credit-or-refund', amount: eur(1) }))).toEqual([]);
    expect(wrongWith(smallRequest({ kind: 'onboarding-exception', lineItems: [], discountBasisPoints: 0 }))).toEqual(
      [],
    );
  });

  it('bounds totals so that nothing is computed beyond safe whole numbers', () => {
    const huge = line({
      quantity: 1_000_000,
      listPrice: eur(1_000_000_000_000),
      netPrice: eur(0),
      discountBasisPoints: 10_000,
    });
    expect(
      wrongWith(smallRequest({ lineItems: [huge] as never, amount: eur(0), discountBasisPoints: 10_000 })),
    ).toEqual([['/lineItems', expect.stringContaining('more than the contract can carry')]]);
  });

  it('has one canonical order of its sets', () => {
    const request = parseRequest(smallRequest({ quoteEditors: ['b', 'a', 'b'], nonStandardClauses: ['z', 'y'] }));
    expect(inCanonicalOrder(request)).toMatchObject({ quoteEditors: ['a', 'b'], nonStandardClauses: ['y', 'z'] });
  });
});
