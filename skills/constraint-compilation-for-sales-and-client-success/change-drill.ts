import { loadDirectory } from '../../lib/core/directory/load.ts';
import type { ApprovalRequest } from '../../lib/engines/approval-routing/request.ts';
import type { ChangeDrill, DrillRequest } from '../../lib/platform/promotion/skill-drill.ts';
import { skill } from './skill.ts';

const directory = loadDirectory(skill.referenceDirectory());

/** What about a thousand euros are in the currencies that the policy can compare, in minor units. */
const THOUSAND: Readonly<Record<string, number>> = { EUR: 100_000, USD: 110_000, INR: 9_200_000 };

/** A small deal on standard terms for an account, at a discount, asked for by the person who owns its record. */
function deal(accountId: string, discountBasisPoints: number): DrillRequest {
  const account = directory.account(accountId);
  if (account === undefined) throw new RangeError(`The directory has no account ${accountId}.`);
  const { name, segment, region, recordOwner, annualRecurringRevenue, churnRisk } = account;
  const { currency } = annualRecurringRevenue;
  const listPrice = { currency, minorUnits: THOUSAND[currency] ?? 0 };
  const netPrice = { currency, minorUnits: (listPrice.minorUnits * (10_000 - discountBasisPoints)) / 10_000 };
  const input: ApprovalRequest = {
    kind: 'discount',
    account: { id: accountId, name, segment, region, annualRecurringRevenue, churnRiskBasisPoints: churnRisk },
    recordOwner,
    amount: netPrice,
    discountBasisPoints,
    marginBasisPoints: 4_500,
    termMonths: 12,
    paymentDays: 30,
    lineItems: [{ lineId: 'L1', product: 'Fleet sensor', quantity: 1, listPrice, netPrice, discountBasisPoints }],
    justification: 'A first order.',
  };
  const acceptanceCriteria = [
    { id: 'decided', statement: 'It is decided by the rules.', measure: 'outcome on record' },
  ];
  return { requester: recordOwner, request: { input, acceptanceCriteria, consumer: 'operator' } };
}

/** Discounts up to 18 % are to need nobody: sound rules that everybody agreed to, and more than the invariants of routing allow. */
export const changeDrill: ChangeDrill = {
  example: '21-discount-ceilings',
  target: 'human-approval-routing-for-sales-and-client-success',
  accounts: directory.snapshot.accounts
    .filter(({ annualRecurringRevenue }) => annualRecurringRevenue.currency in THOUSAND)
    .map(({ id }) => id),
  differing: (accountId) => deal(accountId, 1_200),
  breaking: (accountId) => deal(accountId, 1_700),
};
