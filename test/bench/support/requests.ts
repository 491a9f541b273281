import type { LoadedDirectory } from '../../../lib/core/directory/loaded.ts';
import type { Account } from '../../../lib/core/directory/schema.ts';
import { type ApprovalRequest, kindNames, parseRequest } from '../../../lib/engines/approval-routing/request.ts';
import type { Random } from './random.ts';

const KINDS = Object.keys(kindNames) as (keyof typeof kindNames)[];
const CURRENCIES = ['USD', 'INR', 'JPY'];
const CLAUSES = ['data-residency', 'liability-cap-doubled', 'source-code-escrow', 'unlimited-liability'];

type Line = ApprovalRequest['lineItems'][number];

/** A line whose net price is its discounted list price exactly, so that the figures agree. */
function lineOf(random: Random, currency: string, index: number, deepest: number): Line {
  const hundreds = random.whole(1, 2_000);
  const discountBasisPoints = random.whole(0, deepest);
  return {
    lineId: `L${index + 1}`,
    product: `Product ${random.whole(1, 9)}`,
    quantity: random.whole(1, 40),
    listPrice: { currency, minorUnits: hundreds * 10_000 },
    netPrice: { currency, minorUnits: hundreds * (10_000 - discountBasisPoints) },
    discountBasisPoints,
  };
}

const total = (lines: readonly Line[], price: 'listPrice' | 'netPrice'): number =>
  lines.reduce((sum, line) => sum + line.quantity * line[price].minorUnits, 0);

function requestFor(random: Random, account: Account): ApprovalRequest {
  const currency = random.whole(0, 9) > 0 ? account.annualRecurringRevenue.currency : random.oneOf(CURRENCIES);
  const money = (minorUnits: number) => ({ currency, minorUnits });
  const deepest = random.oneOf([800, 1_500, 2_500, 4_500, 7_000]);
  const lineItems = Array.from({ length: random.whole(1, 5) }, (_, index) => lineOf(random, currency, index, deepest));
  const [list, net] = [total(lineItems, 'listPrice'), total(lineItems, 'netPrice')];
  const clauses = random.whole(0, 2) > 0 ? [] : [random.oneOf(CLAUSES), random.oneOf(CLAUSES)];
  return {
    kind: random.oneOf(KINDS),
    account: {
      id: account.id,
      name: account.name,
      segment: account.segment,
      region: account.region,
      annualRecurringRevenue: money(account.annualRecurringRevenue.minorUnits),
      churnRiskBasisPoints: random.whole(0, 9) > 0 ? account.churnRisk : random.whole(0, 10_000),
    },
    recordOwner: account.recordOwner,
    amount: money(net),
    discountBasisPoints: Math.floor(((list - net) * 10_000) / list),
    marginBasisPoints: random.whole(-500, 7_000),
    termMonths: random.whole(6, 60),
    paymentDays: random.oneOf([14, 30, 45, 60, 90]),
    lineItems,
    nonStandardClauses: [...new Set(clauses)],
    justification: 'The customer signs this week under these terms.',
  };
}

/** One question to the router: a request and who asks. */
export interface Asked {
  readonly request: ApprovalRequest;
  readonly requester: string;
}

/**
 * Distinct, well-formed requests of every kind about the directory's accounts: small and large, plain and odd, in the
 * account's currency or another. Each passes the schema of the skill.
 */
export function requestsFor(random: Random, directory: LoadedDirectory, count: number): Asked[] {
  const { accounts, people } = directory.snapshot;
  return Array.from({ length: count }, () => ({
    request: parseRequest(requestFor(random, random.oneOf(accounts))),
    requester: random.oneOf(people).id,
  }));
}
