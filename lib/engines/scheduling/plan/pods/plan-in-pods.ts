import type { Problem } from '../../../../core/errors.ts';
import type { LinearSolver } from '../../../../core/linear-problem.ts';
import type { PlanResult } from '../plan.ts';
import { type Preflight, tooLarge } from '../preflight.ts';
import type { PlanRequest } from '../request-shape.ts';
import { type Pod, splitIntoPods } from '../split.ts';
import { joinPods } from './join.ts';
import { type PodAnswer, type PodPlanned, type PodWork, solvePodWork } from './pod-work.ts';
import { MOST_OFFERS, TooWide, Whole } from './whole.ts';

/** What is missing before a plan can be made. */
export interface Wanted {
  readonly wants: readonly PodWork[];
}

/** A pod may have so many times the touches that it should, or it would keep all others waiting. */
const MOST_TIMES = 4;

/** Touches of one account, and of accounts that are fixed to the same reps, stay together; there may be too many of them. */
function crowded(pods: readonly Pod[], touchesPerPod: number): Problem[] {
  const largest = pods.reduce((most, { request: { touches } }) => Math.max(most, touches.length), 0);
  const most = MOST_TIMES * touchesPerPod;
  if (largest <= most) return [];
  const message = `${largest} touches hang together, by their account or by fixed slots with the same people, and a pod may have ${most}.`;
  const mend = 'Pin or freeze less, spread the touches over more accounts, or plan in larger pods.';
  return [{ pointer: '/touches', code: 'pod-too-large', message, mend }];
}

/** Pods of about so many touches, or smaller ones where they would have more places than one plan may weigh. */
function podsOf(request: PlanRequest, touchesPerPod: number): { pods: Pod[]; problems: readonly Problem[] } {
  for (let size = touchesPerPod; ; size = Math.ceil(size / 2)) {
    const pods = splitIntoPods(request, size);
    const problems = pods.flatMap((pod) => tooLarge(pod.request));
    if (problems.length === 0 || size <= 1) return { pods, problems: [...problems, ...crowded(pods, touchesPerPod)] };
  }
}

function wholeOf(request: PlanRequest): Whole | readonly Problem[] {
  try {
    return new Whole(request);
  } catch (error) {
    if (!(error instanceof TooWide)) throw error;
    const message = `The touches are open in more than ${MOST_OFFERS} shifts between them, which is more than one plan weighs, in pods or not.`;
    const mend = 'Narrow the windows, plan fewer days, or let reps share half-days that begin and end together.';
    return [{ pointer: '/touches', code: 'too-many-places', message, mend }];
  }
}

const isRefused = (whole: Whole | readonly Problem[]): whole is readonly Problem[] => Array.isArray(whole);

/** `preflight` for a request that is planned in pods. */
export function preflightInPods(request: PlanRequest): Preflight {
  const whole = wholeOf(request);
  if (isRefused(whole)) return { infeasible: [], notices: [], toPlan: request.touches.length, problems: whole };
  return {
    infeasible: request.touches.flatMap(({ id }) => {
      const reason = whole.infeasible.get(id);
      return reason === undefined ? [] : [{ touch: id, reason }];
    }),
    notices: whole.notices,
    toPlan: whole.touches.length,
    problems: [],
  };
}

/**
 * Plans a request in pods that may be solved side by side, anywhere. It keeps nothing between calls: it is called again with what was
 * solved until there is a plan. The same request wants the same works, and gives the same plan, in whatever order they are solved.
 * @param request as `parsePlanRequest` gives it.
 * @param touchesPerPod about how many touches a pod has.
 * @param solved gives the answer to a work, where there is one.
 * @returns the works that are missing; or one plan of the whole request, with a bound on all plans of it, and reasons.
 */
export function planInPods(
  request: PlanRequest,
  touchesPerPod: number,
  solved: (work: PodWork) => PodAnswer | undefined,
): Wanted | PlanResult {
  const { pods, problems } = podsOf(request, touchesPerPod);
  if (problems.length > 0) return { standing: 'refused', problems: problems.slice(0, 1) };
  const whole = wholeOf(request);
  if (isRefused(whole)) return { standing: 'refused', problems: whole };
  const works = pods.map(({ id, request: own }): PodWork => ({ kind: 'plan', pod: id, request: own }));
  const answers = works.map((work) => solved(work));
  const wants = works.filter((_, place) => answers[place] === undefined);
  if (wants.length > 0) return { wants };
  const refusals = answers.flatMap((answer) => (answer?.kind === 'refused' ? answer.problems : []));
  if (refusals.length > 0) return { standing: 'refused', problems: refusals };
  const planned = answers.filter((answer): answer is PodPlanned => answer?.kind === 'plan');
  const rest: PodWork = { kind: 'improve', request, pods: planned };
  const improved = solved(rest);
  if (improved === undefined) return { wants: [rest] };
  if (planned.length < works.length || improved.kind !== 'improve')
    throw new RangeError('An answer is of another kind than its work.');
  return joinPods(whole, planned, improved);
}

/**
 * Plans a request in pods, one after the other, in this process.
 * @param onWork is told before each piece of work is done.
 */
export function planPodByPod(
  request: PlanRequest,
  touchesPerPod: number,
  solver: LinearSolver | undefined,
  onWork: (work: PodWork) => void = () => {},
): PlanResult {
  const answers = new Map<string, PodAnswer>();
  const nameOf = (work: PodWork): string => (work.kind === 'plan' ? work.pod : work.kind);
  for (;;) {
    const step = planInPods(request, touchesPerPod, (work) => answers.get(nameOf(work)));
    if (!('wants' in step)) return step;
    for (const work of step.wants) {
      onWork(work);
      answers.set(nameOf(work), solvePodWork(work, solver));
    }
  }
}
