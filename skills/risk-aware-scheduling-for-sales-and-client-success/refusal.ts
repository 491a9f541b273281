import type { Problem } from '../../lib/core/errors.ts';
import type { Json } from '../../lib/core/json.ts';
import type { Preflight } from '../../lib/engines/scheduling/plan/preflight.ts';
import type { PlanRequest } from '../../lib/engines/scheduling/plan/request-shape.ts';
import type { Reason, SkillResult } from '../../lib/platform/skill/skill-result.ts';
import type { SchedulingContext } from './context.ts';
import { termsOfRefusal } from './terms.ts';

const reasonOf = ({ code, message, mend, pointer }: Problem): Reason => ({
  code,
  message: `${message} ${mend}`,
  pointer,
});

/** The result where no plan is made: it says why, and nothing is published. */
export function blocked(
  context: SchedulingContext,
  request: PlanRequest,
  problems: readonly Problem[],
  body: Json,
): SkillResult {
  const { input, directory, requester } = context;
  const reasons = problems.map(reasonOf);
  const requesterName = directory.requirePerson(requester.personId).name;
  return {
    verdict: 'block',
    reasons,
    artifact: body,
    terms: termsOfRefusal({ input, request, requesterName }, reasons),
    risk: { score: 0, factors: [] },
    confidenceBasisPoints: 10_000,
    trace: reasons.map(({ code, message, pointer }) => ({
      id: `refused:${code}`,
      met: false,
      because: message,
      detail: { pointer },
    })),
    workUnits: request.touches.length + 1,
    nextHop: 'none',
  };
}

/** Pins that cannot be kept: the lead asked for something that does not exist, and has to say what is meant instead. */
export function pinProblems(request: PlanRequest, infeasible: Preflight['infeasible']): Problem[] {
  const reasons = new Map(infeasible.map(({ touch, reason }) => [touch, reason]));
  return request.touches.flatMap(({ id, pin }) => {
    const reason = reasons.get(id);
    if (pin === undefined || reason === undefined) return [];
    const { code, message, mend } = reason;
    return [
      {
        // The order of touches means nothing, so the place of one in it would not be the same for everybody.
        pointer: '/input/plan/touches',
        code,
        message: `The pin of "${id}" cannot be kept: ${message}`,
        mend,
      },
    ];
  });
}
