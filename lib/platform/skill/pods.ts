import type { Json } from '../../core/json.ts';

/** What `execute` returns while it waits for pods: the pieces of work that are missing. Plain data; a work is known by its digest. */
export interface PodsWanted {
  readonly wants: readonly Json[];
}

/** How a skill's work is split into pods that are solved side by side, each by a function of its own. */
export interface PodSolving {
  /** Solved side by side at most, so that one execution cannot take all functions of an account. */
  readonly atOnce: number;
  /** Times that `execute` may want pods. */
  readonly mostRounds: number;
  /** Solves one piece of work: the same work gives the same bytes. It may throw a typed error, which fails a gate. */
  readonly solve: (work: Json) => Json | Promise<Json>;
  /** JSON Pointer patterns (`*` for any index) of arrays in a work whose order carries no meaning. */
  readonly unorderedArrays: readonly string[];
}

/** Pods that one round may want: what travels between the states of an execution stays far below what a state may carry. */
export const MOST_PODS_A_ROUND = 200;

/** Seconds that solving one pod twice may take: its function runs in an EXPRESS execution, which ends after five minutes. */
export const MOST_POD_SECONDS = 240;

/**
 * Checks what a skill declares about pods.
 * @throws RangeError naming the skill and what is wrong.
 */
export function checkPodSolving(skill: string, { atOnce, mostRounds }: PodSolving): void {
  for (const [name, value] of Object.entries({ atOnce, mostRounds }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`"${name}" in the pods of skill ${skill} must be a whole number above zero.`);
}
