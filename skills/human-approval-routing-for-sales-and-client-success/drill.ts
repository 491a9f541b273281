import * as z from 'zod';
import { loadDirectory } from '../../lib/core/directory/load.ts';
import type { ApprovalRequest } from '../../lib/engines/approval-routing/request.ts';
import type { DrillRequest, SkillDrill } from '../../lib/platform/promotion/skill-drill.ts';
import { skill } from './skill.ts';

const directory = loadDirectory(skill.referenceDirectory());

/** As much of a policy as the drill changes. */
const policyParts = z.looseObject({
  levels: z.array(z.looseObject({ id: z.string() })),
  rules: z.array(z.looseObject({ id: z.string() })),
});

/** Everybody who may have a view on a large credit, asked together and reminded every working hour. */
const everybody = (reminders: readonly number[]) => ({
  id: 'credit-council',
  name: 'Credit council',
  order: 30,
  approvers: ['deal-desk', 'pricing-committee', 'legal-counsel', 'security-officer', 'onboarding-lead'].map((role) => ({
    role,
  })),
  quorum: { atLeast: 3 },
  serviceLevelBusinessHours: 16,
  remindAfterBusinessHours: reminders,
});

/** The baseline with the council in the rule for large credits; no example of the skill is a large credit. */
function withCouncil(baseline: unknown, version: string, reminders: readonly number[]): unknown {
  const policy = policyParts.parse(baseline);
  const effect = Object.fromEntries([['then', { require: ['finance-control', 'credit-council'] }]]);
  return {
    ...policy,
    version,
    levels: [...policy.levels, everybody(reminders)],
    rules: policy.rules.map((rule) => (rule.id === 'credit-large' ? { ...rule, ...effect } : rule)),
  };
}

/** What about a thousand euros are in the currencies that the policy can compare, in minor units. */
const THOUSAND: Readonly<Record<string, number>> = { EUR: 100_000, USD: 110_000, INR: 9_200_000 };

/** A credit for an account, asked for by the person who owns its record, with the facts that the directory holds. */
function credit(accountId: string, thousands: number): DrillRequest {
  const account = directory.account(accountId);
  if (account === undefined) throw new RangeError(`The directory has no account ${accountId}.`);
  const { id, name, segment, region, recordOwner, annualRecurringRevenue, churnRisk } = account;
  const { currency } = annualRecurringRevenue;
  const amount = { currency, minorUnits: thousands * (THOUSAND[currency] ?? 0) };
  const input: ApprovalRequest = {
    kind: 'credit-or-refund',
    account: { id, name, segment, region, annualRecurringRevenue, churnRiskBasisPoints: churnRisk },
    recordOwner,
    amount,
    discountBasisPoints: 0,
    marginBasisPoints: 3_000,
    termMonths: 12,
    paymentDays: 30,
    lineItems: [
      {
        lineId: 'L1',
        product: 'Credit for an outage',
        quantity: 1,
        listPrice: amount,
        netPrice: amount,
        discountBasisPoints: 0,
      },
    ],
    justification: 'Three days without service in the last quarter.',
  };
  const acceptanceCriteria = [
    { id: 'decided', statement: 'Somebody who may decide does.', measure: 'outcome on record' },
  ];
  return { requester: recordOwner, request: { input, acceptanceCriteria, consumer: 'operator' } };
}

/** Large credits are to be seen by everybody: a wish that sounds harmless, and takes more mails than the skill may send. */
export const drill: SkillDrill = {
  accounts: directory.snapshot.accounts
    .filter(({ annualRecurringRevenue }) => annualRecurringRevenue.currency in THOUSAND)
    .map(({ id }) => id),
  candidates: (baseline) => [
    {
      configuration: withCouncil(baseline, '1.1.0', [1, 2, 3, 4, 5, 6, 7, 8]),
      story:
        'Large credits go to everybody with a view on them, with a reminder every hour: more mails than the skill may send.',
    },
    {
      configuration: withCouncil(baseline, '1.1.1', [2, 4, 6, 8, 10, 12]),
      story: 'A hurried mend halves the reminders, and it is still more mails than the skill may send.',
    },
  ],
  failing: (accountId) => credit(accountId, 12),
  approvable: (accountId) => credit(accountId, 2),
};
