import { type Terms, type TermsLine, UNVERIFIED_LABEL } from '../../core/approval/terms.ts';
import { formatBasisPoints, formatMoney } from '../../core/money.ts';
import type { UnverifiedFact } from './account-facts.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import { allowance, compare } from './comparison.ts';
import { type Facts, type FieldId, fieldOf, formatValue } from './fields.ts';
import { type ApprovalRequest, kindNames, type LineItem } from './request.ts';

/** The figures that every approver sees, in this order. */
const SHOWN: readonly FieldId[] = [
  'amount',
  'lines.concession',
  'discount',
  'lines.maxDiscount',
  'margin',
  'termMonths',
  'paymentDays',
  'clauses',
  'account.segment',
  'account.region',
  'account.annualRecurringRevenue',
  'account.churnRisk',
];
const MOST_LINE_ITEMS = 20;
const MOST_DOUBTS = 10;

const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** One figure: what is asked for and, where it goes beyond the standard terms, what those allow. */
function figureLine(field: FieldId, facts: Facts, policy: ApprovalPolicy): TermsLine {
  const missed = policy.standardTerms.filter(
    (standard) => standard.field === field && !compare(standard, facts, policy.conversions).met,
  );
  return {
    label: fieldOf(field).label,
    value: clip(formatValue(field, facts[field]), 400),
    ...(missed.length === 0 ? {} : { policy: clip(missed.map(allowance).join('; '), 400) }),
    differs: missed.length > 0,
  };
}

function itemLine(line: LineItem): TermsLine {
  const price = `${line.quantity} at ${formatMoney(line.netPrice)} each`;
  const value = `${line.product}: ${price} (list ${formatMoney(line.listPrice)}, ${formatBasisPoints(line.discountBasisPoints)} off)`;
  return { label: `Line ${clip(line.lineId, 60)}`, value: clip(value, 400), differs: false };
}

function itemLines(items: readonly LineItem[]): TermsLine[] {
  const hidden = items.length - MOST_LINE_ITEMS;
  return [
    ...items.slice(0, MOST_LINE_ITEMS).map(itemLine),
    ...(hidden > 0
      ? [{ label: 'More lines', value: `${hidden} more, each within the figures above`, differs: false }]
      : []),
  ];
}

function doubtLines(unverified: readonly UnverifiedFact[]): TermsLine[] {
  return unverified.slice(0, MOST_DOUBTS).map(({ message, known }) => ({
    label: UNVERIFIED_LABEL,
    value: clip(message, 400),
    ...(known === undefined ? {} : { policy: clip(`directory: ${known}`, 400) }),
    differs: true,
  }));
}

/**
 * The terms people decide on, in their own words. They depend on the request, the policy's standard terms and what the
 * directory knows of the account, not on the instant: the same request keeps its digest.
 */
export function termsOf(
  request: ApprovalRequest,
  facts: Facts,
  unverified: readonly UnverifiedFact[],
  policy: ApprovalPolicy,
  requesterName: string,
): Terms {
  const kind = kindNames[request.kind];
  return {
    schema: 'countersign/terms/1',
    kind,
    accountName: request.account.name,
    requesterName,
    summary: clip(`${kind} for ${request.account.name}, asked for by ${requesterName}.`, 300),
    lines: [
      ...SHOWN.filter((field) => request.lineItems.length > 0 || !field.startsWith('lines.')).map((field) =>
        figureLine(field, facts, policy),
      ),
      ...doubtLines(unverified),
      ...itemLines(request.lineItems),
    ],
    justification: request.justification,
  };
}
