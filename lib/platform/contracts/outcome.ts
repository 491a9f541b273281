import * as z from 'zod';

/** How an execution ends. All but `rolled-back` are business results and end in Succeed; a fault ends in Fail. */
export const outcome = z.enum([
  'published',
  'rejected',
  'changes-requested',
  'withdrawn',
  'expired',
  'blocked',
  'needs-scoping',
  'rolled-back',
]);
export type Outcome = z.infer<typeof outcome>;

/** The gates every execution passes, and what happens when one fails. */
export const gateName = z.enum(['schema-contract-check', 'determinism-check', 'policy-approval-check']);
export type GateName = z.infer<typeof gateName>;

export const gateResult = z.strictObject({
  gate: gateName,
  result: z.enum(['pass', 'fail', 'not-reached']),
  /** What the failure does: block the execution, escalate it to oversight, or block its publication. */
  onFail: z.enum(['block', 'escalate', 'block-publish']),
  reasons: z.array(z.strictObject({ code: z.string(), message: z.string(), pointer: z.string() })),
});
export type GateResult = z.infer<typeof gateResult>;

export const posture = z.enum(['normal', 'elevated', 'critical']);
export type Posture = z.infer<typeof posture>;
