import type { AssignmentProblem } from '../../../lib/engines/scheduling/assignment/problem.ts';
import { randomFrom } from '../../../lib/engines/scheduling/random.ts';

/** An instance by its class and size; the seed follows from them. */
export interface AssignmentSpec {
  readonly kind: 'd' | 'e';
  readonly agents: number;
  readonly jobs: number;
}

export const nameOf = ({ kind, agents, jobs }: AssignmentSpec): string => `${kind}-${agents}x${jobs}`;

const SIZES: readonly (readonly [number, number])[] = [
  [5, 100],
  [10, 100],
  [20, 100],
  [10, 200],
  [20, 200],
  [20, 400],
];

/** The instances that are measured: the two hard classes in the sizes of the literature up to 20 x 400. */
export const ASSIGNMENTS: readonly AssignmentSpec[] = (['d', 'e'] as const).flatMap((kind) =>
  SIZES.map(([agents, jobs]) => ({ kind, agents, jobs })),
);

const ONE = 1_000_000;

/**
 * An instance of class d or e, by the published recipe and with numbers of our own: in both, what costs little loads much, and four fifths of the
 * mean load fit. Class d: loads from 1 to 100, costs 111 - load + (-10 to 10). Class e: loads 1 - 10 ln u, costs 1000 / load - 10 v.
 * Source: P. C. Chu and J. E. Beasley, Computers & Operations Research 24 (1997); M. Laguna et al., European Journal of Operational Research 82
 * (1995) for class e; capacities after M. Yagiura, T. Ibaraki and F. Glover, European Journal of Operational Research 169 (2006).
 */
export function assignmentOf({ kind, agents, jobs }: AssignmentSpec): AssignmentProblem {
  const { below } = randomFrom((kind === 'd' ? 4_000_000 : 5_000_000) + agents * 10_000 + jobs);
  const unit = (): number => (below(ONE) + 1) / ONE;
  const load: number[][] = [];
  const cost: number[][] = [];
  for (let agent = 0; agent < agents; agent += 1) {
    const loads = Array.from({ length: jobs }, () =>
      kind === 'd' ? 1 + below(100) : Math.floor(1 - 10 * Math.log(unit())),
    );
    load.push(loads);
    cost.push(
      loads.map((value) =>
        kind === 'd' ? 111 - value + below(21) - 10 : Math.max(0, Math.floor(1000 / value - 10 * unit())),
      ),
    );
  }
  return {
    schema: 'countersign/assignment/1',
    agents: load.map((loads, agent) => ({
      id: `a${String(agent).padStart(2, '0')}`,
      capacity: Math.floor((0.8 * loads.reduce((sum, value) => sum + value, 0)) / agents),
    })),
    jobs: Array.from({ length: jobs }, (_, job) => ({ id: `j${String(job).padStart(3, '0')}` })),
    cost,
    load,
  };
}
