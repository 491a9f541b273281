import { type Answer, gapBasisPoints, NOTHING_SPENT, standingOf } from '../answer.ts';
import { lowerBound } from './bound.ts';
import type { TardinessSchedule } from './check.ts';
import { MOST_EXACT, solveExactly } from './exact.ts';
import { costOf, type Instance, instanceOf, type Sequences } from './instance.ts';
import type { WeightedTardinessProblem } from './problem.ts';
import { search } from './search.ts';

export interface TardinessOptions {
  /** How many moves local search may look at; a whole number from 0. It ends with the job at which they run out. */
  readonly moves: number;
  /** A whole number of 32 bits; another one leads local search elsewhere. */
  readonly seed: number;
}

/** Machines are alike: they are told in the order of their first jobs, idle ones last. */
function scheduleOf({ ids }: Instance, sequences: Sequences): TardinessSchedule {
  const first = (sequence: readonly number[]): number => sequence[0] ?? Number.MAX_SAFE_INTEGER;
  const sorted = sequences.toSorted((a, b) => first(a) - first(b));
  return { machines: sorted.map((sequence) => sequence.map((job) => ids[job] as string)) };
}

/**
 * Solves total weighted tardiness on identical parallel machines: small problems exactly, others by local search with a bound that is proved
 * by prices (Lagrangian relaxation). The same problem, in whatever order its jobs are written, with the same options gives the same answer.
 * More moves never give a worse one.
 * @param problem as parsed by `parseWeightedTardiness`.
 */
export function solveWeightedTardiness(
  problem: WeightedTardinessProblem,
  { moves, seed }: TardinessOptions,
): Answer<TardinessSchedule> {
  const instance = instanceOf(problem);
  if (instance.jobs <= MOST_EXACT) {
    const { sequences, states } = solveExactly(instance);
    const objective = costOf(instance, sequences) + instance.fixed;
    return {
      standing: 'optimal',
      objective,
      bound: objective,
      gapBasisPoints: 0,
      solution: scheduleOf(instance, sequences),
      spent: { ...NOTHING_SPENT, nodes: states },
    };
  }
  const found = search(instance, moves, seed);
  const { value, subproblems } = lowerBound(instance, found.sequences);
  const [objective, bound] = [found.cost + instance.fixed, value + instance.fixed];
  return {
    standing: standingOf(objective, bound),
    objective,
    bound,
    gapBasisPoints: gapBasisPoints(objective, bound),
    solution: scheduleOf(instance, found.sequences),
    spent: { ...NOTHING_SPENT, moves: found.moves, nodes: subproblems },
  };
}
