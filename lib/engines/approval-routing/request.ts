import { parseWith } from '../../core/zod-problems.ts';
import { byText } from './order.ts';
import { checkConsistency } from './request-consistency.ts';
import { type ApprovalRequest, requestShape } from './request-shape.ts';

export { type ApprovalRequest, kindNames, type LineItem, segments } from './request-shape.ts';

/**
 * A request for approval, as a sales or success person submits it. Amounts are in minor units, ratios in basis points.
 * Beyond the shape, the figures must agree with each other: see `checkConsistency` for the rounding rule.
 */
export const approvalRequest = requestShape.superRefine((request, context) => {
  for (const { path, message } of checkConsistency(request)) context.addIssue({ code: 'custom', path, message });
});

/** JSON Pointer patterns of the arrays whose order carries no meaning: any permutation routes alike. */
export const unorderedArrays: readonly string[] = ['/lineItems', '/quoteEditors', '/nonStandardClauses'];

/**
 * Parses a request.
 * @param base JSON Pointer under which the request stands in the document that was sent.
 * @throws InvalidInput with every problem: first of shape, then of figures that contradict each other.
 */
export function parseRequest(value: unknown, base = ''): ApprovalRequest {
  return parseWith(approvalRequest, value, 'The approval request', base);
}

/** The same request with its sets in one canonical order and without repetitions. */
export function inCanonicalOrder(request: ApprovalRequest): ApprovalRequest {
  return {
    ...request,
    lineItems: request.lineItems.toSorted((a, b) => byText(a.lineId, b.lineId)),
    quoteEditors: [...new Set(request.quoteEditors)].sort(byText),
    nonStandardClauses: [...new Set(request.nonStandardClauses)].sort(byText),
  };
}
