import type { LinearSolver } from '../../../core/linear-problem.ts';
import { gapBasisPoints } from '../answer.ts';
import type { PlanCertificate } from './certificate.ts';
import { compile } from './compile.ts';
import { keptApart } from './double-bookings.ts';
import { WEIGHT_SCALE } from './dual.ts';
import { explain } from './explain.ts';
import type { Model } from './model.ts';
import type { Plan, PlanResult } from './plan.ts';
import { MOST_COLUMNS, preflight, tooLarge } from './preflight.ts';
import type { PlanRequest } from './request-shape.ts';
import { type Solution, solveModel } from './solve.ts';
import { writePlan } from './write-plan.ts';

export { MOST_COLUMNS, preflight };

function certificateOf(model: Model, plan: Plan, { duals, bound, objective }: Solution): PlanCertificate | undefined {
  if (duals === undefined || bound === undefined) return undefined;
  return {
    format: 'countersign/plan-certificate/1',
    request: plan.request,
    objective,
    bound: Number(bound),
    gapBasisPoints: gapBasisPoints(objective, Number(bound)),
    scenarioWeights: duals.weights,
    multipliers: model.rows.flatMap(({ name }, row) => {
      const value = Math.round((duals.multipliers[row] ?? 0) * WEIGHT_SCALE);
      return value === 0 ? [] : [{ row: name, value }];
    }),
  };
}

/**
 * Plans a request: who does what when, what is deferred, what it costs, how much better any plan could be, and why.
 * @param request as `parsePlanRequest` gives it.
 * @param solver of linear problems; without one, prices come from rounds of improvement alone, and the gap is wider.
 * @returns `refused`, with the reasons, when the request is too large for one plan; it can be split into pods.
 */
export function makePlan(request: PlanRequest, solver: LinearSolver | undefined): PlanResult {
  const problems = tooLarge(request);
  if (problems.length > 0) return { standing: 'refused', problems };
  const model = compile(request);
  const solution = keptApart(model, solveModel(model, solver));
  const plan = writePlan(model, solution);
  const certificate = certificateOf(model, plan, solution);
  return {
    standing: plan.standing,
    plan,
    ...(certificate === undefined ? {} : { certificate }),
    explanation: explain(model, solution.choice, solution.duals?.multipliers),
  };
}
