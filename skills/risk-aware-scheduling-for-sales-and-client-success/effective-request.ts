import type { Problem } from '../../lib/core/errors.ts';
import { type PlanRequest, parsePlanRequest } from '../../lib/engines/scheduling/plan/request.ts';
import type { SchedulingPolicy } from './configuration.ts';
import type { SchedulingRequest } from './input.ts';

/**
 * The request as it is planned: the policy's floors where the request names none, and no more work than the policy allows. The plan's
 * digest is about this request, which whoever holds input and configuration can make again.
 * @throws InvalidInput with every problem of the request, under `/input/plan`.
 */
export function effectiveRequest({ plan }: SchedulingRequest, policy: SchedulingPolicy): PlanRequest {
  const named = new Set(plan.floors.map(({ segment }) => segment));
  const { moves, priceRounds, iterations } = policy.budget;
  return parsePlanRequest(
    {
      ...plan,
      floors: [...plan.floors, ...policy.floors.filter(({ segment }) => !named.has(segment))],
      budget: {
        moves: Math.min(plan.budget.moves, moves),
        priceRounds: Math.min(plan.budget.priceRounds, priceRounds),
        iterations: Math.min(plan.budget.iterations, iterations),
      },
    },
    '/input/plan',
  );
}

/** What makes a request larger than one execution plans. */
export function sizeProblems(request: PlanRequest, { sizes }: SchedulingPolicy): Problem[] {
  const beyond = [
    { what: 'touches', at: 'touches', count: request.touches.length, most: sizes.touches },
    { what: 'reps', at: 'reps', count: request.reps.length, most: sizes.reps },
    { what: 'days', at: 'horizon/days', count: request.horizon.days, most: sizes.days },
    { what: 'scenarios', at: 'scenarios/count', count: request.scenarios.count, most: sizes.scenarios },
  ].filter(({ count, most }) => count > most);
  return beyond.map(({ what, at, count, most }) => ({
    pointer: `/input/plan/${at}`,
    code: 'too-large',
    message: `The request has ${count} ${what}; the policy plans ${most} at once.`,
    mend: 'Split the request by team, or plan fewer days.',
  }));
}
