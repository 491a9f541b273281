/** Head of the sources of these tests. */
export const HEAD = `schema: countersign/constraints/1
name: discounts
version: 1.0.0
skill: human-approval-routing-for-sales-and-client-success
`;

/** Fields of each kind. */
export const FIELDS = `fields:
  discount: { type: ratio, minimum: 0 %, maximum: 60 % }
  margin: { type: ratio, minimum: -20 %, maximum: 90 %, optional: true }
  amount: { type: money, minimum: 0 EUR, maximum: "5,000,000 EUR" }
  refund: { type: money, minimum: 0 EUR, maximum: 50000 EUR, optional: true }
  kind: { type: enum, values: [discount, renewal, refund, terms] }
  segment: { type: enum, values: [smb, mid, enterprise], optional: true }
  account.churnRisk: { type: decimal, scale: 2, minimum: 0, maximum: 1 }
  account.strategic: { type: boolean }
  termMonths: { type: integer, unit: months, minimum: 1, maximum: 84 }
  paymentDays: { type: integer, minimum: 0, maximum: 120 }
  start: { type: date, minimum: 2026-01-01, maximum: 2030-12-31 }
  end: { type: date, minimum: 2026-01-01, maximum: 2035-12-31, optional: true }
  response: { type: duration, minimum: 0h, maximum: P30D }
  clauses: { type: set, values: [liability, residency, exit, audit], maximumSize: 3 }
  regions: { type: set, values: [eu, us], optional: true }
`;

/** A source with one forbidding rule of this condition. */
export function forbidding(condition: string): string {
  return `${HEAD}${FIELDS}rules:
  - id: the-rule
    owner: sales-operations
    modality: forbid
    when: ${JSON.stringify(condition)}
`;
}
