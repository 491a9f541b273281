import * as z from 'zod';
import type { Digest } from '../../core/digest.ts';
import { MOST_PODS_A_ROUND } from '../skill/pods.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/) as unknown as z.ZodType<Digest>;

/**
 * What travels between the states of an execution: references and the verdict that a Choice reads, never the payload
 * itself (Step Functions carries 256 KiB at most, and its history shows what it carries).
 */
export const flowState = z.strictObject({
  executionId: z.string(),
  skill: z.string(),
  /** Set by Execute (`solve-pods`), by Verify (`publish`, `approve`, `escalate`, `block`), then by the approval desk. */
  verdict: z
    .enum([
      'continue',
      'solve-pods',
      'publish',
      'approve',
      'escalate',
      'block',
      'next-stage',
      'reopen',
      'approved',
      'rejected',
      'changes-requested',
      'withdrawn',
      'expired',
      'closed-by-oversight',
      'await-handoff',
      'handed-over',
      'handoff-ended',
    ])
    .default('continue'),
  /** Artifacts: the works that SolvePods has solved next, and what became of each, in the same order; gone once there is a result. */
  pods: z.array(digest).max(MOST_PODS_A_ROUND).optional(),
  solvedPods: z.array(digest).max(MOST_PODS_A_ROUND).optional(),
  /** The stage that RequestApproval opens next; its timeout is read by `TimeoutSecondsPath`. */
  next: z
    .strictObject({ stage: z.int().min(1), round: z.int().min(1), timeoutSeconds: z.int().min(1).max(99_999_999) })
    .optional(),
  /** The wait of the handoff that AwaitHandoff opens next; only executions that hand work over have one. */
  wait: z.strictObject({ number: z.int().min(1), timeoutSeconds: z.int().min(1).max(99_999_999) }).optional(),
  /** What a Catch put there: the error's name and cause. */
  timeout: z.looseObject({ Error: z.string().optional(), Cause: z.string().optional() }).optional(),
  fault: z.looseObject({ Error: z.string().optional(), Cause: z.string().optional() }).optional(),
});
export type FlowState = z.infer<typeof flowState>;

/** What a waiting task's function receives: the token that ends the wait, and the flow. */
export const waitingTask = z.strictObject({ taskToken: z.string().min(1), flow: flowState });
export type WaitingTask = z.infer<typeof waitingTask>;

/** What the function that solves one pod of an execution receives. */
export const podTask = z.strictObject({
  executionId: z.string(),
  skill: z.string(),
  /** The pod's place in its round, from 0. */
  index: z.int().min(0),
  /** Artifact: the work. */
  pod: digest,
});
export type PodTask = z.infer<typeof podTask>;
