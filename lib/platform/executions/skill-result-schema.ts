import * as z from 'zod';
import { approvalPlan } from '../../core/approval/plan.ts';
import { terms } from '../../core/approval/terms.ts';
import type { Json } from '../../core/json.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { SkillResult } from '../skill/skill-result.ts';

const reason = z.strictObject({ code: z.string().min(1), message: z.string(), pointer: z.string() });
const json = z.json() as z.ZodType<Json>;

const skillResult = z
  .strictObject({
    verdict: z.enum(['publish', 'approve', 'block']),
    reasons: z.array(reason),
    artifact: json,
    terms,
    plan: approvalPlan.optional(),
    risk: z.strictObject({
      score: z.int(),
      factors: z.array(z.strictObject({ code: z.string(), points: z.int(), pointer: z.string(), message: z.string() })),
    }),
    confidenceBasisPoints: z.int().min(0).max(10_000),
    trace: z.array(z.strictObject({ id: z.string(), met: z.boolean(), because: z.string(), detail: json })),
    workUnits: z.int().min(0),
    nextHop: z.string(),
  })
  .refine(({ verdict, plan }) => verdict !== 'approve' || plan !== undefined, {
    path: ['plan'],
    error: 'The verdict "approve" needs an approval plan',
  });

/**
 * Checks what a skill returned, or what was stored of it.
 * @throws InvalidInput with every problem.
 */
export function parseSkillResult(value: unknown): SkillResult {
  return parseWith(skillResult, value, 'The skill’s result') as SkillResult;
}
