import type { Money } from '../../core/money.ts';
import { formatBasisPoints, formatMoney } from '../../core/money.ts';
import type { ApprovalRequest, LineItem } from './request-shape.ts';

/** One contradiction between the figures of a request. */
export interface Contradiction {
  readonly path: (string | number)[];
  readonly message: string;
}

const WHOLE = 10_000n;

/**
 * Whether a discount explains a net price. The rule of rounding: the net price may be off by one minor unit for each of
 * the `pieces` that were rounded, or the discount by one basis point, whichever allows more.
 */
function discountExplains(list: bigint, net: bigint, basisPoints: number, pieces: number): boolean {
  const gap = list * (WHOLE - BigInt(basisPoints)) - net * WHOLE;
  const tolerance = [WHOLE * BigInt(pieces), list].reduce((a, b) => (a > b ? a : b));
  return (gap < 0n ? -gap : gap) <= tolerance;
}

const total = (lines: readonly LineItem[], price: 'listPrice' | 'netPrice'): bigint =>
  lines.reduce((sum, line) => sum + BigInt(line.quantity) * BigInt(line[price].minorUnits), 0n);

function currencyContradictions(request: ApprovalRequest): Contradiction[] {
  const { currency } = request.amount;
  const priced: { path: (string | number)[]; money: Money }[] = [
    { path: ['account', 'annualRecurringRevenue'], money: request.account.annualRecurringRevenue },
    ...request.lineItems.flatMap((line, index) => [
      { path: ['lineItems', index, 'listPrice'], money: line.listPrice },
      { path: ['lineItems', index, 'netPrice'], money: line.netPrice },
    ]),
  ];
  return priced
    .filter(({ money }) => money.currency !== currency)
    .map(({ path, money }) => ({
      path: [...path, 'currency'],
      message: `The amount is in ${currency} and this is in ${money.currency}; write the request in one currency`,
    }));
}

function lineContradictions(lines: readonly LineItem[]): Contradiction[] {
  const seen = new Set<string>();
  return lines.flatMap((line, index) => {
    const at = (field: string, message: string): Contradiction => ({ path: ['lineItems', index, field], message });
    const repeated = seen.has(line.lineId);
    seen.add(line.lineId);
    const [list, net] = [BigInt(line.listPrice.minorUnits), BigInt(line.netPrice.minorUnits)];
    return [
      ...(repeated ? [at('lineId', `The line id "${line.lineId}" stands twice; give each line its own`)] : []),
      ...(net > list ? [at('netPrice', 'The net price is above the list price; a discount cannot be negative')] : []),
      ...(net <= list && !discountExplains(list, net, line.discountBasisPoints, 1)
        ? [at('discountBasisPoints', 'The discount does not lead from the list price to the net price')]
        : []),
    ];
  });
}

/** Kinds that sell something, so the lines must add up to the amount. A credit gives back at most what the lines cost. */
function totalContradictions(request: ApprovalRequest): Contradiction[] {
  const { lineItems: lines, amount, kind } = request;
  const sells = kind === 'discount' || kind === 'non-standard-terms' || kind === 'renewal-concession';
  if (lines.length === 0)
    return sells ? [{ path: ['lineItems'], message: 'A request of this kind needs at least one line' }] : [];
  const [list, net] = [total(lines, 'listPrice'), total(lines, 'netPrice')];
  if (list > BigInt(Number.MAX_SAFE_INTEGER))
    return [{ path: ['lineItems'], message: 'The lines come to more than the contract can carry; split the request' }];
  const written = (minorUnits: bigint) => formatMoney({ currency: amount.currency, minorUnits: Number(minorUnits) });
  const off = net - BigInt(amount.minorUnits);
  if (kind === 'credit-or-refund')
    return off < 0n
      ? [{ path: ['amount', 'minorUnits'], message: `The credit is above what the lines cost: ${written(net)}` }]
      : [];
  return [
    ...((off < 0n ? -off : off) > BigInt(lines.length)
      ? [{ path: ['amount', 'minorUnits'], message: `The lines come to ${written(net)}, the amount says otherwise` }]
      : []),
    ...(net <= list && !discountExplains(list, net, request.discountBasisPoints, lines.length)
      ? [
          {
            path: ['discountBasisPoints'],
            message: `The lines go from ${written(list)} to ${written(net)}; that is not a discount of ${formatBasisPoints(request.discountBasisPoints)}`,
          },
        ]
      : []),
  ];
}

/**
 * Every contradiction between the figures of a request whose shape is sound: one currency throughout, distinct line ids,
 * no net price above its list price, discounts that explain the prices, lines that add up to the amount (within one minor
 * unit a line). For a credit the lines are what was invoiced, and the amount may be any part of it.
 */
export function checkConsistency(request: ApprovalRequest): Contradiction[] {
  const currencies = currencyContradictions(request);
  // Totals over mixed currencies would mean nothing.
  return [
    ...currencies,
    ...lineContradictions(request.lineItems),
    ...(currencies.length === 0 ? totalContradictions(request) : []),
  ];
}
