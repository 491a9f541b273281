import { formatBasisPoints, formatMoney, type Money } from '../../core/money.ts';
import { type ApprovalRequest, kindNames, segments } from './request.ts';

/** What a field holds: a word, a set of words, basis points, a whole number, or an amount. */
export type FieldType = 'text' | 'texts' | 'ratio' | 'count' | 'money';
export type FieldValue = string | readonly string[] | number | Money;

export interface FieldDefinition {
  readonly label: string;
  readonly type: FieldType;
  /** JSON Pointer into the request; an aggregate over lines points to the lines as a whole. */
  readonly pointer: string;
  readonly read: (request: ApprovalRequest) => FieldValue;
  /** Every value a text can take, where that is known. */
  readonly words?: readonly string[];
  /** Bounds of a number (minor units for money). */
  readonly least?: number;
  readonly most?: number;
  readonly unit?: string;
}

const ratioBounds = { least: 0, most: 10_000 };
const moneyBounds = { least: 0, most: Number.MAX_SAFE_INTEGER };

/** What the lines' list prices come to above their net prices. */
function concession(request: ApprovalRequest): Money {
  const minorUnits = request.lineItems.reduce(
    (sum, line) => sum + line.quantity * (line.listPrice.minorUnits - line.netPrice.minorUnits),
    0,
  );
  return { currency: request.amount.currency, minorUnits };
}

/** The fields that a policy may name: those of the request and aggregates over its lines. */
export const fields = {
  kind: { label: 'Kind', type: 'text', pointer: '/kind', read: (r) => r.kind, words: Object.keys(kindNames) },
  currency: { label: 'Currency', type: 'text', pointer: '/amount/currency', read: (r) => r.amount.currency },
  amount: { label: 'Amount', type: 'money', pointer: '/amount', read: (r) => r.amount, ...moneyBounds },
  discount: {
    label: 'Discount',
    type: 'ratio',
    pointer: '/discountBasisPoints',
    read: (r) => r.discountBasisPoints,
    ...ratioBounds,
  },
  margin: {
    label: 'Margin',
    type: 'ratio',
    pointer: '/marginBasisPoints',
    read: (r) => r.marginBasisPoints,
    least: -100_000,
    most: 10_000,
  },
  termMonths: {
    label: 'Contract term',
    type: 'count',
    pointer: '/termMonths',
    read: (r) => r.termMonths,
    least: 0,
    most: 240,
    unit: 'months',
  },
  paymentDays: {
    label: 'Payment term',
    type: 'count',
    pointer: '/paymentDays',
    read: (r) => r.paymentDays,
    least: 0,
    most: 365,
    unit: 'days',
  },
  'account.id': { label: 'Account id', type: 'text', pointer: '/account/id', read: (r) => r.account.id },
  'account.segment': {
    label: 'Segment',
    type: 'text',
    pointer: '/account/segment',
    read: (r) => r.account.segment,
    words: segments,
  },
  'account.region': { label: 'Region', type: 'text', pointer: '/account/region', read: (r) => r.account.region },
  'account.annualRecurringRevenue': {
    label: 'Annual recurring revenue',
    type: 'money',
    pointer: '/account/annualRecurringRevenue',
    read: (r) => r.account.annualRecurringRevenue,
    ...moneyBounds,
  },
  'account.churnRisk': {
    label: 'Churn risk',
    type: 'ratio',
    pointer: '/account/churnRiskBasisPoints',
    read: (r) => r.account.churnRiskBasisPoints,
    ...ratioBounds,
  },
  'lines.count': {
    label: 'Number of lines',
    type: 'count',
    pointer: '/lineItems',
    read: (r) => r.lineItems.length,
    least: 0,
    most: 200,
  },
  'lines.maxDiscount': {
    label: 'Deepest line discount',
    type: 'ratio',
    pointer: '/lineItems',
    read: (r) => r.lineItems.reduce((most, line) => Math.max(most, line.discountBasisPoints), 0),
    ...ratioBounds,
  },
  'lines.concession': {
    label: 'Total concession',
    type: 'money',
    pointer: '/lineItems',
    read: concession,
    ...moneyBounds,
  },
  'lines.products': {
    label: 'Products',
    type: 'texts',
    pointer: '/lineItems',
    read: (r) => r.lineItems.map((line) => line.product),
  },
  clauses: {
    label: 'Non-standard clauses',
    type: 'texts',
    pointer: '/nonStandardClauses',
    read: (r) => r.nonStandardClauses ?? [],
  },
  'clauses.count': {
    label: 'Number of non-standard clauses',
    type: 'count',
    pointer: '/nonStandardClauses',
    read: (r) => new Set(r.nonStandardClauses).size,
    least: 0,
    most: 50,
  },
} as const satisfies Record<string, FieldDefinition>;

export type FieldId = keyof typeof fields;
export const fieldIds = Object.keys(fields) as [FieldId, ...FieldId[]];

/** The definition of a field, in the general form. */
export function fieldOf(id: FieldId): FieldDefinition {
  return fields[id];
}

/** The values of all fields for one request. */
export type Facts = Readonly<Record<FieldId, FieldValue>>;

/** Reads every field of a request. */
export function readFacts(request: ApprovalRequest): Facts {
  return Object.fromEntries(fieldIds.map((id) => [id, fieldOf(id).read(request)])) as Record<FieldId, FieldValue>;
}

export function isMoney(value: FieldValue): value is Money {
  return typeof value === 'object' && !Array.isArray(value);
}

/** Writes a field's value for people. */
export function formatValue(id: FieldId, value: FieldValue): string {
  const field = fieldOf(id);
  if (typeof value === 'number')
    return field.type === 'ratio'
      ? formatBasisPoints(value)
      : `${value}${field.unit === undefined ? '' : ` ${value === 1 ? field.unit.replace(/s$/, '') : field.unit}`}`;
  if (isMoney(value)) return formatMoney(value);
  if (typeof value !== 'string') return value.length === 0 ? 'none' : value.join(', ');
  return id === 'kind' && value in kindNames ? kindNames[value as keyof typeof kindNames] : value;
}
