import { readFileSync } from 'node:fs';
import { checkWeightedTardiness } from '../../../lib/engines/scheduling/weighted-tardiness/check.ts';
import { solveWeightedTardiness } from '../../../lib/engines/scheduling/weighted-tardiness/solve.ts';
import { WrongResult } from '../support/benchmark.ts';
import { rounded } from '../support/statistics.ts';
import { nameOf, RECIPES, type TardinessRecipe, tardinessInstance } from './tardiness-instances.ts';

/**
 * Moves that take 6 to 9.5 seconds of one core, the bound included: 27 to 43 million a second were measured over all instances on a
 * 2-core virtual machine with Node 24 while others worked on it.
 */
export const MOVES_OF_TEN_SECONDS = 250_000_000;
const QUICK_MOVES = 2_000_000;
const SEED = 1;

interface References {
  readonly values: Readonly<Record<string, number>>;
}

export interface TardinessRow {
  readonly name: string;
  readonly objective: number;
  readonly bestKnown: number;
  /** (objective - best known) / best known, in percent; below zero where the run found something better. */
  readonly gapPercent: number;
  /** (objective - proved bound) / objective, in percent. */
  readonly certifiedGapPercent: number;
  readonly seconds: number;
  readonly movesPerSecond: number;
}

export interface TardinessFigures {
  readonly instances: number;
  /** Share of instances on which the best known value or a better one was found, in percent. */
  readonly reachedPercent: number;
  readonly meanGapPercent: number;
  readonly largestGapPercent: number;
  readonly meanCertifiedGapPercent: number;
  readonly movesPerSecond: number;
  readonly rows: readonly TardinessRow[];
}

function references(): References {
  return JSON.parse(readFileSync(new URL('tardiness-references.json', import.meta.url), 'utf8')) as References;
}

function measureOne(recipe: TardinessRecipe, bestKnown: number, moves: number): TardinessRow {
  const problem = tardinessInstance(recipe);
  const name = nameOf(recipe);
  const before = process.cpuUsage().user;
  const { objective, bound, solution, spent } = solveWeightedTardiness(problem, { moves, seed: SEED });
  const seconds = (process.cpuUsage().user - before) / 1_000_000;
  if (objective === undefined || bound === undefined || solution === undefined) {
    throw new WrongResult(`${name}: there is no answer.`);
  }
  if (checkWeightedTardiness(problem, solution) !== objective)
    throw new WrongResult(`${name}: the objective is wrong.`);
  if (bound > Math.min(objective, bestKnown)) throw new WrongResult(`${name}: the bound is above a schedule's cost.`);
  return {
    name,
    objective,
    bestKnown,
    gapPercent: rounded((100 * (objective - bestKnown)) / bestKnown, 4),
    certifiedGapPercent: rounded((100 * (objective - bound)) / objective, 4),
    seconds: rounded(seconds),
    movesPerSecond: Math.round(spent.moves / seconds),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Quality of `solveWeightedTardiness` against the best known values of tardiness-references.json, with moves of about ten seconds an
 * instance. Seconds are those of the processor, so other work on the machine does not count.
 * @throws WrongResult when an objective is not what the check computes, or a bound is above a known schedule's cost.
 */
export function measureTardiness(options: {
  readonly quick: boolean;
  readonly onProgress: (message: string) => void;
}): TardinessFigures {
  const { values } = references();
  const rows = RECIPES.map((recipe) => {
    const bestKnown = values[nameOf(recipe)];
    if (bestKnown === undefined) throw new WrongResult(`${nameOf(recipe)}: no reference value.`);
    const row = measureOne(recipe, bestKnown, options.quick ? QUICK_MOVES : MOVES_OF_TEN_SECONDS);
    options.onProgress(`${row.name}: ${row.objective}, ${row.gapPercent} % from the best known, ${row.seconds} s`);
    return row;
  });
  return {
    instances: rows.length,
    reachedPercent: rounded((100 * rows.filter(({ gapPercent }) => gapPercent <= 0).length) / rows.length),
    meanGapPercent: rounded(mean(rows.map(({ gapPercent }) => gapPercent)), 4),
    largestGapPercent: Math.max(...rows.map(({ gapPercent }) => gapPercent)),
    meanCertifiedGapPercent: rounded(mean(rows.map(({ certifiedGapPercent }) => certifiedGapPercent)), 4),
    movesPerSecond: Math.round(mean(rows.map(({ movesPerSecond }) => movesPerSecond))),
    rows,
  };
}
