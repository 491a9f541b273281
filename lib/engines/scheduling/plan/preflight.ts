import type { Problem } from '../../../core/errors.ts';
import { bucketsOf } from './buckets.ts';
import type { Reason } from './candidates.ts';
import { compile } from './compile.ts';
import { minuteOf } from './local-time.ts';
import type { Notice } from './model.ts';
import type { PlanRequest } from './request-shape.ts';

/** Pairs of a touch and a half-day that one plan may weigh; more is refused before memory runs out. */
export const MOST_COLUMNS = 2_000_000;

export interface Preflight {
  /** Touches that no plan can schedule, and why, by id. */
  readonly infeasible: readonly { readonly touch: string; readonly reason: Reason }[];
  readonly notices: readonly Notice[];
  readonly toPlan: number;
  readonly problems: readonly Problem[];
}

/** Whether a request has more places for its touches than one plan may weigh: half-days of skilled reps within the windows. */
export function tooLarge(request: PlanRequest): Problem[] {
  const starts = request.reps.map((): number[] => []);
  for (const { rep, start } of bucketsOf(request)) starts[rep]?.push(start);
  const skilled = new Map<string, number[][]>();
  for (const [place, rep] of request.reps.entries())
    for (const skill of rep.skills) skilled.set(skill, [...(skilled.get(skill) ?? []), starts[place] ?? []]);
  let count = 0;
  for (const { skill, window } of request.touches) {
    const [from, to] = [minuteOf(window.from) - 720, minuteOf(window.to)];
    for (const own of skilled.get(skill) ?? []) for (const start of own) if (start >= from && start < to) count += 1;
    if (count > MOST_COLUMNS) break;
  }
  if (count <= MOST_COLUMNS) return [];
  return [
    {
      pointer: '/touches',
      code: 'too-many-places',
      message: `The touches have more than ${MOST_COLUMNS} possible half-days between them, which is more than one plan weighs.`,
      mend: 'Split the request into pods, narrow the windows, or plan fewer days.',
    },
  ];
}

/** What is known before anything is solved: which touches cannot be scheduled and why, and whether the request is too large. */
export function preflight(request: PlanRequest): Preflight {
  const problems = tooLarge(request);
  if (problems.length > 0) return { infeasible: [], notices: [], toPlan: request.touches.length, problems };
  const { infeasible, notices, touches } = compile(request);
  return {
    infeasible: request.touches.flatMap(({ id }) => {
      const reason = infeasible.get(id);
      return reason === undefined ? [] : [{ touch: id, reason }];
    }),
    notices,
    toPlan: touches.length,
    problems: [],
  };
}
