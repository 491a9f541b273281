import { type Random, randomFrom } from '../../../lib/engines/scheduling/random.ts';
import {
  parseWeightedTardiness,
  type WeightedTardinessProblem,
} from '../../../lib/engines/scheduling/weighted-tardiness/problem.ts';

export interface TardinessRecipe {
  readonly jobs: number;
  readonly machines: number;
  /** Range of due dates and tardiness factor, in tenths. */
  readonly range: number;
  readonly tardiness: number;
}

/** Sizes of the literature, with due dates that leave something late: at a tardiness factor of 0.2 nearly everything can be in time. */
export const RECIPES: readonly TardinessRecipe[] = [
  { jobs: 40, machines: 2, range: 2, tardiness: 6 },
  { jobs: 40, machines: 2, range: 8, tardiness: 8 },
  { jobs: 40, machines: 4, range: 4, tardiness: 8 },
  { jobs: 40, machines: 4, range: 10, tardiness: 6 },
  { jobs: 50, machines: 2, range: 6, tardiness: 6 },
  { jobs: 50, machines: 2, range: 2, tardiness: 8 },
  { jobs: 50, machines: 4, range: 4, tardiness: 6 },
  { jobs: 50, machines: 4, range: 6, tardiness: 10 },
  { jobs: 100, machines: 2, range: 6, tardiness: 8 },
  { jobs: 100, machines: 2, range: 10, tardiness: 6 },
  { jobs: 100, machines: 4, range: 2, tardiness: 6 },
  { jobs: 100, machines: 4, range: 6, tardiness: 6 },
];

const SEED = 20_261_121;

export const nameOf = ({ jobs, machines, range, tardiness }: TardinessRecipe): string =>
  `${jobs}-jobs-${machines}-machines-range-${range}-tardiness-${tardiness}`;

const within = (random: Random, least: number, most: number): number => least + random.below(most - least + 1);

/**
 * An instance by the published recipe: durations from 1 to 100, weights from 1 to 10, due dates evenly from P(1 - TF - RDD/2)/m to
 * P(1 - TF + RDD/2)/m, where P is the sum of the durations and TF and RDD are the tardiness factor and the range of due dates. What would
 * be due before the start is due at the start.
 * Sources: C. N. Potts and L. N. Van Wassenhove, "A branch and bound algorithm for the total weighted tardiness problem", Operations
 * Research 33 (1985); divided by the number of machines as in Rodrigues et al. (2008).
 */
export function tardinessInstance(recipe: TardinessRecipe, seed = SEED): WeightedTardinessProblem {
  const { jobs, machines, range, tardiness } = recipe;
  const random = randomFrom(seed + jobs * 10_000 + machines * 1_000 + range * 20 + tardiness);
  const drawn = Array.from({ length: jobs }, (_, index) => ({
    id: `job-${String(index + 1).padStart(3, '0')}`,
    duration: within(random, 1, 100),
    weight: within(random, 1, 10),
  }));
  const total = drawn.reduce((sum, { duration }) => sum + duration, 0);
  const least = Math.floor((total * (20 - 2 * tardiness - range)) / (20 * machines));
  const most = Math.floor((total * (20 - 2 * tardiness + range)) / (20 * machines));
  return parseWeightedTardiness({
    schema: 'countersign/weighted-tardiness/1',
    machines,
    jobs: drawn.map((job) => ({ ...job, due: Math.max(0, within(random, least, most)) })),
  });
}
