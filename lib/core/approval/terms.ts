import * as z from 'zod';

/**
 * The label of a line that says which fact nobody could verify. Such a line differs from what is known, not from what policy
 * allows.
 */
export const UNVERIFIED_LABEL = 'Not verified';

/** One line of the terms: what an approver reads, and how it stands against policy. */
export const termsLine = z.strictObject({
  label: z.string().min(1).max(80),
  /** Written out for people: amounts with currency, ratios in per cent. */
  value: z.string().max(400),
  /** What the policy allows without asking, when this line goes beyond it. */
  policy: z.string().max(400).optional(),
  differs: z.boolean(),
});
export type TermsLine = z.infer<typeof termsLine>;

/**
 * The terms that people decide on. Their digest is bound to every link and every decision: when the terms change, earlier
 * decisions no longer count.
 */
export const terms = z.strictObject({
  schema: z.literal('countersign/terms/1'),
  /** What kind of request this is, in people's words: `Discount`. */
  kind: z.string().min(1).max(80),
  accountName: z.string().min(1).max(200),
  requesterName: z.string().min(1).max(200),
  /** One sentence without amounts: it may stand in a mail's preview. */
  summary: z.string().min(1).max(300),
  lines: z.array(termsLine).min(1).max(60),
  justification: z.string().max(4_000).optional(),
});
export type Terms = z.infer<typeof terms>;

/** How a line stands: within policy, beyond it, or on a fact that nobody could verify. */
export function standingOf({ label, differs }: Pick<TermsLine, 'label' | 'differs'>): 'within' | 'beyond' | 'doubt' {
  if (!differs) return 'within';
  return label === UNVERIFIED_LABEL ? 'doubt' : 'beyond';
}
