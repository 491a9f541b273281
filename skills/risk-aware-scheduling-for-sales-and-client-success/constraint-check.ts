import * as z from 'zod';
import { parseWith } from '../../lib/core/zod-problems.ts';
import type { PlanCertificate } from '../../lib/engines/scheduling/plan/certificate.ts';
import { checkCertificate } from '../../lib/engines/scheduling/plan/check.ts';
import type { Plan } from '../../lib/engines/scheduling/plan/plan.ts';
import type { Reason, SkillResult } from '../../lib/platform/skill/skill-result.ts';
import type { SchedulingPolicy } from './configuration.ts';
import { effectiveRequest } from './effective-request.ts';
import { ARTIFACT_SCHEMA } from './execute.ts';
import { factsOf, promisesNotKept } from './facts.ts';
import type { SchedulingRequest } from './input.ts';

const artifact = z.looseObject({
  schema: z.literal(ARTIFACT_SCHEMA),
  standing: z.enum(['optimal', 'gap', 'heuristic', 'refused']),
  plan: z
    .looseObject({ format: z.literal('countersign/plan/1'), touches: z.array(z.looseObject({ touch: z.string() })) })
    .optional(),
  replaces: z.looseObject({ executionId: z.string() }).optional(),
  certificate: z.looseObject({ format: z.literal('countersign/plan-certificate/1') }).optional(),
});

const violated = (code: string, message: string, pointer: string): Reason => ({
  code: 'ConstraintViolated',
  message: `${message} (${code})`,
  pointer,
});

/** Touches of the request that the plan does not mention, or mentions twice. */
function unaccounted(plan: Plan, touches: readonly string[]): Reason[] {
  const counts = new Map<string, number>();
  for (const { touch } of plan.touches) counts.set(touch, (counts.get(touch) ?? 0) + 1);
  return touches
    .filter((touch) => counts.get(touch) !== 1)
    .map((touch) =>
      violated(
        'touch-unaccounted',
        `The touch "${touch}" stands in the plan ${counts.get(touch) ?? 0} times.`,
        '/artifact/plan/touches',
      ),
    );
}

/**
 * The independent check, held against every result whatever made it: the plan keeps every rule, is worth what it says, cannot be beaten
 * by more than the certificate says, mentions every touch once, and is not published past what people have to be asked about.
 * No solver takes part in it.
 */
export function constraintCheck(checked: {
  readonly input: SchedulingRequest;
  readonly configuration: SchedulingPolicy;
  readonly result: SkillResult;
}): Reason[] {
  const { input, configuration, result } = checked;
  const read = parseWith(artifact, result.artifact, 'The artifact', '/artifact');
  if (read.standing === 'refused')
    return result.verdict === 'block' ? [] : [violated('no-plan', 'There is no plan to publish.', '/verdict')];
  const plan = read.plan as unknown as Plan | undefined;
  if (plan === undefined) return [violated('no-plan', 'The artifact holds no plan.', '/artifact/plan')];
  const request = effectiveRequest(input, configuration);
  const missing = unaccounted(
    plan,
    request.touches.map(({ id }) => id),
  );
  if (missing.length > 0) return missing;
  const problems = checkCertificate(request, plan, read.certificate as unknown as PlanCertificate | undefined);
  const facts = factsOf(request, configuration, plan);
  const { deferredRevenue: waits, deferredThreshold: threshold } = facts;
  const isUnasked =
    result.verdict === 'publish' &&
    (waits.minorUnits > (threshold?.minorUnits ?? 0) ||
      promisesNotKept(facts) > configuration.brokenPromises ||
      facts.belowFloor.length + facts.loweredFloors.length + facts.looseLimits.length > 0 ||
      // Whether the packet of what it replaces says the same is looked at where there is the packet.
      (request.previous !== undefined && read.replaces === undefined));
  return [
    ...problems.map(({ code, message, pointer }) => violated(code, message, `/artifact${pointer}`)),
    ...(isUnasked
      ? [violated('nobody-asked', 'The plan would be published though somebody has to agree.', '/verdict')]
      : []),
  ];
}
