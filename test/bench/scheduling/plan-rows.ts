import type { LinearSolver } from '../../../lib/core/linear-problem.ts';
import { checkCertificate } from '../../../lib/engines/scheduling/plan/check.ts';
import { compile } from '../../../lib/engines/scheduling/plan/compile.ts';
import { makePlan } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import type { PlanResult } from '../../../lib/engines/scheduling/plan/plan.ts';
import { planInPods } from '../../../lib/engines/scheduling/plan/pods/plan-in-pods.ts';
import { type PodAnswer, type PodWork, solvePodWork } from '../../../lib/engines/scheduling/plan/pods/pod-work.ts';
import {
  type PlanRequest,
  parsePlanRequest,
  type WrittenPlanRequest,
} from '../../../lib/engines/scheduling/plan/request.ts';
import { WrongResult } from '../support/benchmark.ts';
import { rounded } from '../support/statistics.ts';

interface Measured {
  readonly name: string;
  /** Of processor time, in this process. */
  readonly seconds: number;
  readonly gapBasisPoints: number;
  /** (plain rule - plan) / plain rule, of the objective, in percent. */
  readonly savesPercent: number;
  /** The same of the expected loss alone. */
  readonly savesExpectedLossPercent: number;
  readonly deferred: number;
  readonly plainDeferred: number;
}

export interface PlanRow extends Measured {
  readonly columns: number;
}

/** A plan that was made in pods, and what its pieces took, each of which may run on a machine of its own. */
export interface PodsRow extends Measured {
  readonly touches: number;
  readonly pods: number;
  readonly secondsOfLargestPod: number;
  /** Prices of all limits and local search over the whole. */
  readonly secondsOfImproving: number;
  /** What the caller does itself: it splits, and writes the plan. */
  readonly secondsOfJoining: number;
  readonly secondsOfChecking: number;
  readonly megabytesOfLargestWork: number;
}

export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : rounded((100 * part) / whole);
}

/** What something took of processor time, in seconds. */
function timed<T>(work: () => T): { readonly result: T; readonly seconds: number } {
  const before = process.cpuUsage().user;
  const result = work();
  return { result, seconds: (process.cpuUsage().user - before) / 1_000_000 };
}

/** The figures of a plan, once it is checked. @throws WrongResult */
function checked(name: string, request: PlanRequest, result: PlanResult): Omit<Measured, 'name' | 'seconds'> {
  if (result.standing === 'refused') throw new WrongResult(`${name}: refused.`);
  const { plan, certificate } = result;
  const problems = checkCertificate(request, plan, certificate);
  if (problems.length > 0 || certificate === undefined) throw new WrongResult(`${name}: ${problems[0]?.message}`);
  const plain = plan.baseline.totals;
  return {
    gapBasisPoints: certificate.gapBasisPoints,
    savesPercent: percent(plan.baseline.saves, plain.objective),
    savesExpectedLossPercent: percent(plan.baseline.savesExpectedLoss, plain.expectedLoss),
    deferred: plan.totals.deferred,
    plainDeferred: plain.deferred,
  };
}

/** Plans a request at once, and checks the plan. @throws WrongResult */
export function measureWhole(name: string, written: WrittenPlanRequest, solver: LinearSolver): PlanRow {
  const request = parsePlanRequest(written);
  const { result, seconds } = timed(() => makePlan(request, solver));
  const columns = compile(request).columnTouch.length;
  return { name, columns, seconds: rounded(seconds), ...checked(name, request, result) };
}

/** Plans a request in pods, one piece of work after the other, and checks the plan. @throws WrongResult */
export function measureInPods(
  name: string,
  written: WrittenPlanRequest,
  touchesPerPod: number,
  solver: LinearSolver,
): PodsRow {
  const request = parsePlanRequest(written);
  const answers = new Map<string, PodAnswer>();
  const keyOf = (work: PodWork): string => (work.kind === 'plan' ? work.pod : work.kind);
  let [pods, total, largestPod, improving, joining, largestWork] = [0, 0, 0, 0, 0, 0];
  for (;;) {
    const step = timed(() => planInPods(request, touchesPerPod, (work) => answers.get(keyOf(work))));
    joining += step.seconds;
    total += step.seconds;
    if (!('wants' in step.result)) {
      const { result: figures, seconds } = timed(() => checked(name, request, step.result as PlanResult));
      return {
        name,
        touches: request.touches.length,
        pods,
        seconds: rounded(total),
        secondsOfLargestPod: rounded(largestPod),
        secondsOfImproving: rounded(improving),
        secondsOfJoining: rounded(joining),
        secondsOfChecking: rounded(seconds),
        megabytesOfLargestWork: rounded(largestWork / 1_000_000),
        ...figures,
      };
    }
    for (const work of step.result.wants) {
      const { result, seconds } = timed(() => solvePodWork(work, solver));
      answers.set(keyOf(work), result);
      total += seconds;
      largestWork = Math.max(largestWork, JSON.stringify(work).length);
      if (work.kind === 'improve') improving = seconds;
      else [pods, largestPod] = [pods + 1, Math.max(largestPod, seconds)];
    }
  }
}
