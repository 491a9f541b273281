import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { solveWeightedTardiness } from '../../../lib/engines/scheduling/weighted-tardiness/solve.ts';
import { nameOf, RECIPES, tardinessInstance } from './tardiness-instances.ts';

/**
 * Writes tardiness-references.json: the best value of runs that look at more moves than the benchmark, from other seeds. A value that is
 * there already and lower stays, whatever setting of the search it came from. It takes some ten minutes of one core:
 * node test/bench/scheduling/tardiness-references.ts
 */
const made = { seeds: [101, 102], movesUpTo50Jobs: 300_000_000, moves: 800_000_000 };
const file = new URL('tardiness-references.json', import.meta.url);
const earlier: Readonly<Record<string, number>> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).values : {};
const values: Record<string, number> = {};
for (const recipe of RECIPES) {
  const problem = tardinessInstance(recipe);
  const moves = recipe.jobs <= 50 ? made.movesUpTo50Jobs : made.moves;
  const objectives = made.seeds.map((seed) => solveWeightedTardiness(problem, { moves, seed }).objective ?? Infinity);
  values[nameOf(recipe)] = Math.min(earlier[nameOf(recipe)] ?? Infinity, ...objectives);
  console.log(nameOf(recipe), ...objectives);
}
const comment = 'Written by tardiness-references.ts: the least value that any run found.';
writeFileSync(file, `${JSON.stringify({ comment, made, values }, null, 2)}\n`);
