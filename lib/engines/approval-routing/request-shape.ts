import * as z from 'zod';

/** The kinds of request, with their names for people. */
export const kindNames = {
  discount: 'Discount',
  'non-standard-terms': 'Non-standard terms',
  'credit-or-refund': 'Credit or refund',
  'renewal-concession': 'Renewal concession',
  'onboarding-exception': 'Onboarding exception',
} as const;
export type RequestKind = keyof typeof kindNames;

export const segments = ['enterprise', 'mid-market', 'small-business'] as const;

const reference = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'Letters, digits, points, hyphens and underscores');
const personId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'A person id of the directory');
const ratio = z.int().min(0).max(10_000);
/** An amount that nobody owes back: zero or more, at most ten thousand million of a two-digit currency. */
const amount = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'An ISO 4217 code of three capital letters'),
  minorUnits: z.int().min(0).max(1_000_000_000_000),
});

export const lineItem = z.strictObject({
  lineId: reference,
  product: z.string().min(1).max(120),
  quantity: z.int().min(1).max(1_000_000),
  /** Price of one unit before any discount. */
  listPrice: amount,
  /** Price of one unit after the discount. */
  netPrice: amount,
  discountBasisPoints: ratio,
});
export type LineItem = z.infer<typeof lineItem>;

/** The fields of a request. Whether its figures agree with each other is another question. */
export const requestShape = z.strictObject({
  kind: z.enum(Object.keys(kindNames) as [RequestKind, ...RequestKind[]]),
  account: z.strictObject({
    id: reference,
    name: z.string().min(1).max(200),
    segment: z.enum(segments),
    region: z.string().min(1).max(60),
    annualRecurringRevenue: amount,
    /** Probability of churn within a year. */
    churnRiskBasisPoints: ratio,
  }),
  /** The person responsible for the account's record. */
  recordOwner: personId,
  /** What the deal comes to, or what is credited. */
  amount,
  discountBasisPoints: ratio,
  /** What is left of the price after costs; negative when the deal loses money. */
  marginBasisPoints: z.int().min(-100_000).max(10_000),
  termMonths: z.int().min(0).max(240),
  paymentDays: z.int().min(0).max(365),
  lineItems: z.array(lineItem).max(200),
  /** People who wrote or changed the quote. */
  quoteEditors: z.array(personId).max(50).optional(),
  /** Ids of the clauses that differ from the standard contract. */
  nonStandardClauses: z.array(reference).max(50).optional(),
  justification: z.string().min(1).max(4_000),
});
export type ApprovalRequest = z.infer<typeof requestShape>;
