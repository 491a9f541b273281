import { gapBasisPoints } from '../../answer.ts';
import type { PlanCertificate } from '../certificate.ts';
import { keptApart } from '../double-bookings.ts';
import { explain } from '../explain.ts';
import type { PlanResult } from '../plan.ts';
import { type Duals, WEIGHT_SCALE } from '../price-ascent.ts';
import type { Solution } from '../solve.ts';
import { State } from '../state.ts';
import { writePlan } from '../write-plan.ts';
import { choiceOf, chosenIn, narrowDuals, narrowModel } from './narrow.ts';
import type { PodPlanned, WholeImproved } from './pod-work.ts';
import type { Whole } from './whole.ts';
import { wholeBaseline } from './whole-baseline.ts';
import { rowsByName, wholeBound } from './whole-bound.ts';
import { WholeLimits } from './whole-limits.ts';

/** Prices as a certificate holds them, by the rows of the whole. */
function dualsOf(whole: Whole, { weights, multipliers }: WholeImproved): Duals {
  const places = rowsByName(whole);
  const prices = new Float64Array(whole.rows.rows.length);
  for (const { row, value } of multipliers) {
    const place = places.get(row);
    if (place === undefined) throw new RangeError(`The answers price "${row}", which is no limit of this request.`);
    prices[place] = value / WEIGHT_SCALE;
  }
  return { weights, multipliers: prices };
}

/**
 * Writes what was found for a whole request as one plan: with the plain rule over the whole, reasons at the prices of the whole, and the
 * bound that these prove for every plan of the request, split or not.
 * @throws RangeError when the answers do not make a plan of this request.
 */
export function joinPods(
  whole: Whole,
  pods: readonly PodPlanned[],
  improved: WholeImproved,
): Exclude<PlanResult, { readonly standing: 'refused' }> {
  const { weights, multipliers, slots, spent } = improved;
  const all = dualsOf(whole, improved);
  const isProved = whole.request.budget.priceRounds > 0 || pods.every(({ gapBasisPoints: gap }) => gap !== undefined);
  const plain = wholeBaseline(whole);
  const chosen = chosenIn(whole, slots);
  const model = narrowModel(whole, new WholeLimits(whole), all, [plain, chosen], 0);
  const choice = choiceOf(model, chosen);
  const state = State.of(model, choice);
  if (!state.feasible()) throw new RangeError('The answers do not make a plan of this request.');
  const duals = narrowDuals(whole, model, all);
  const bound = isProved ? wholeBound(whole, { weights, multipliers }) : undefined;
  const found: Solution = {
    choice,
    objective: state.objective(),
    duals: isProved ? duals : undefined,
    bound,
    reduced: undefined,
    baseline: choiceOf(model, plain),
    spent: {
      moves: pods.reduce((sum, pod) => sum + pod.spent.moves, spent.moves),
      iterations: pods.reduce((sum, pod) => sum + pod.spent.iterations, spent.iterations),
      rounds: pods.reduce((sum, pod) => sum + pod.spent.rounds, spent.rounds),
    },
  };
  const solution = keptApart(model, found);
  const plan = writePlan(model, solution);
  const certificate: PlanCertificate | undefined =
    bound === undefined
      ? undefined
      : {
          format: 'countersign/plan-certificate/1',
          request: plan.request,
          objective: plan.objective,
          bound: Number(bound),
          gapBasisPoints: gapBasisPoints(plan.objective, Number(bound)),
          scenarioWeights: weights,
          multipliers,
          pods: pods.map(({ pod, touches: count, gapBasisPoints: gap }) => ({
            pod,
            touches: count,
            ...(gap === undefined ? {} : { gapBasisPoints: gap }),
          })),
        };
  return {
    standing: plan.standing,
    plan,
    ...(certificate === undefined ? {} : { certificate }),
    explanation: explain(model, solution.choice, solution.duals?.multipliers),
  };
}
