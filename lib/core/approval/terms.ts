import * as z from 'zod';

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
