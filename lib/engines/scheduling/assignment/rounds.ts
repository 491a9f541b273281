import type { Random } from '../random.ts';
import { anneal, type Found, type Round } from './anneal.ts';
import type { Instance } from './instance.ts';
import type { Market } from './market.ts';

/** What the rounds found. */
export interface Searched {
  readonly best?: Found;
  /** The best of each round, cheapest first. */
  readonly met: readonly Found[];
  readonly moves: number;
}

type Setting = Pick<Round, 'hot' | 'cold' | 'soft'>;

/** From the cheapest agents on: low temperatures suit agents with many jobs, high ones those with few. */
const FRESH: readonly Setting[] = [
  { hot: 50, cold: 10, soft: 2 },
  { hot: 100, cold: 30, soft: 2 },
  { hot: 50, cold: 5, soft: 2 },
  { hot: 200, cold: 40, soft: 2 },
];

/** From the best that was found, part of which stays as it is. */
const AGAIN: readonly Setting[] = [
  { hot: 50, cold: 20, soft: 30 },
  { hot: 30, cold: 10, soft: 30 },
];

/** A round that is shorter finds little; one that is longer finds less than two. */
const ROUND = { least: 5_000, perJob: 50_000 } as const;

/**
 * Rounds of annealing, first afresh with each of the settings in turn, then every other one from the best on; all afresh while nothing fits.
 * @param known assignments that fit already
 * @param bound ends the search once it is reached
 */
export function searchRounds(
  instance: Instance,
  market: Market,
  known: readonly Found[],
  bound: number,
  moves: number,
  random: Random,
): Searched {
  const met = [...known];
  const start = Int32Array.from(market.candidates, (near) => near[0] as number);
  const size = Math.max(ROUND.least, ROUND.perJob * instance.jobs);
  const rounds = Math.max(1, Math.min(FRESH.length, Math.floor(moves / ROUND.least)), Math.floor(moves / size));
  let best = met.toSorted((a, b) => a.cost - b.cost)[0];
  let spent = 0;
  for (let round = 0; round < rounds && spent < moves; round += 1) {
    if (best !== undefined && best.cost <= bound) break;
    const isFresh = round < FRESH.length || round % 2 === 0 || best === undefined;
    const settings = isFresh ? FRESH : AGAIN;
    const share = Math.floor(((round + 1) * moves) / rounds) - Math.floor((round * moves) / rounds);
    const found = anneal(instance, market, isFresh || best === undefined ? start : best.agentOf, {
      ...(settings[round % settings.length] as Setting),
      moves: share,
      seed: random.below(2 ** 31),
    });
    spent += share;
    if (found === undefined) continue;
    met.push(found);
    if (best === undefined || found.cost <= best.cost) best = found;
  }
  met.sort((a, b) => a.cost - b.cost);
  return { met, moves: spent, ...(best === undefined ? {} : { best }) };
}
