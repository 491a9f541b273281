import { type Random, randomFrom } from '../random.ts';
import { HESITATION_PARTS, HESITATIONS, hesitations } from './hesitation.ts';
import type { Instance } from './instance.ts';
import type { Market } from './market.ts';
import { Placement } from './placement.ts';

/** An assignment that fits, agents by job. */
export interface Found {
  readonly cost: number;
  readonly agentOf: Int32Array;
}

/** How one round of annealing goes. */
export interface Round {
  readonly moves: number;
  readonly seed: number;
  /** Temperatures, in hundredths of the market's spread. */
  readonly hot: number;
  readonly cold: number;
  /**
   * What load beside the capacity costs in the beginning, in hundredths of its worth: almost nothing lets jobs find the agents first that are cheap for
   * them; about half keeps most of a start that fits already.
   */
  readonly soft: number;
}

/** A round has so many stages, 2 to the power of `HALVINGS`, each with a temperature and prices for load of its own. */
const STAGES = 512;
const HALVINGS = 9;

/** From this stage on capacities are as dear as they get. */
const STIFF = 400;

/** What load beside the capacity costs in the end, as a share of its worth: room left over is worth what it is worth, an overload must not pay. */
const HARDEST = { under: 1, over: 4 } as const;

/** The number by which to multiply once for each of STAGES steps to come from one to another; roots and products alone. */
function ratio(from: number, to: number): number {
  let root = to / from;
  for (let n = 0; n < HALVINGS; n += 1) root = Math.sqrt(root);
  return root;
}

/** Weights of room left over and of overload, for each agent. */
class Weights {
  readonly under: Float64Array;
  readonly over: Float64Array;
  readonly #stubborn: Float64Array;
  readonly #worth: Float64Array;

  constructor(worth: Float64Array) {
    this.#worth = worth;
    this.under = new Float64Array(worth.length);
    this.over = new Float64Array(worth.length);
    this.#stubborn = new Float64Array(worth.length).fill(1);
  }

  /** Agents that stay overloaded although capacities are stiff pay more from stage to stage. */
  set(under: number, over: number, excess: Float64Array, isStiff: boolean): void {
    for (let agent = 0; agent < excess.length; agent += 1) {
      const before = this.#stubborn[agent] as number;
      if (isStiff) this.#stubborn[agent] = (excess[agent] as number) > 0 ? before * 1.25 : Math.max(1, before * 0.96);
      const worth = this.#worth[agent] as number;
      this.under[agent] = Math.round(worth * under);
      this.over[agent] = Math.max(1, Math.round(worth * over * (this.#stubborn[agent] as number)));
    }
  }
}

/** Moves of one stage: shifts of a job to a candidate, and exchanges with one of the candidate's jobs. Everything is in whole numbers. */
function stage(
  placement: Placement,
  { candidates, dearness }: Market,
  { under, over }: Weights,
  { below }: Random,
  hesitation: Int32Array,
  temperature: number,
  moves: number,
  onFit: () => void,
): void {
  const { agentOf, excess, jobsOf, count, instance } = placement;
  const { jobs, load } = instance;
  const penalty = (agent: number, by: number): number =>
    by > 0 ? (over[agent] as number) * by : -(under[agent] as number) * by;
  for (let move = 0; move < moves; move += 1) {
    const job = below(jobs);
    const near = candidates[job] as Int32Array;
    const to = near[below(near.length)] as number;
    const from = agentOf[job] as number;
    if (to === from) continue;
    const fromExcess = excess[from] as number;
    const toExcess = excess[to] as number;
    const length = count[to] as number;
    // Five of eight are exchanges.
    const other = length > 0 && below(8) < 5 ? ((jobsOf[to] as Int32Array)[below(length)] as number) : -1;
    let worse = (dearness[to * jobs + job] as number) - (dearness[from * jobs + job] as number);
    let fromAfter = fromExcess - (load[from * jobs + job] as number);
    let toAfter = toExcess + (load[to * jobs + job] as number);
    if (other >= 0) {
      worse += (dearness[from * jobs + other] as number) - (dearness[to * jobs + other] as number);
      fromAfter += load[from * jobs + other] as number;
      toAfter -= load[to * jobs + other] as number;
    }
    worse += penalty(from, fromAfter) - penalty(from, fromExcess) + penalty(to, toAfter) - penalty(to, toExcess);
    if (worse > 0 && worse * HESITATION_PARTS > temperature * (hesitation[below(HESITATIONS)] as number)) continue;
    if (other >= 0) placement.swap(job, other);
    else placement.shift(job, to);
    if (placement.overloaded === 0) onFit();
  }
}

/**
 * One round of simulated annealing over assignments that need not fit. Not only the temperature falls: what load beside the capacities costs rises
 * from almost nothing to more than it is worth. Jobs so settle with agents that are cheap at the market's prices first, and loads are brought to
 * the capacities by exchanges of jobs that are nearly as cheap elsewhere, which is where annealing within the capacities hardly moves.
 * Source: S. Kirkpatrick, C. D. Gelatt and M. P. Vecchi, Science 220 (1983); penalties that follow from what is overloaded after M. Yagiura,
 * T. Ibaraki and F. Glover, INFORMS Journal on Computing 16 (2004).
 * @returns the cheapest assignment that fits of all that were met; `undefined` where none did
 */
export function anneal(instance: Instance, market: Market, start: Int32Array, round: Round): Found | undefined {
  const random = randomFrom(round.seed);
  const placement = new Placement(instance, start);
  const weights = new Weights(market.worth);
  const hesitation = hesitations();
  const cooling = ratio(round.hot, round.cold);
  const softest = round.soft / 100;
  const underGrowth = ratio(softest, HARDEST.under);
  const overGrowth = ratio(softest, HARDEST.over);
  let heat = (market.spread * round.hot) / 100;
  let under = softest;
  let over = softest;
  let best: Found | undefined;
  const onFit = (): void => {
    if (best === undefined || placement.cost < best.cost)
      best = { cost: placement.cost, agentOf: Int32Array.from(placement.agentOf) };
  };
  for (let n = 0; n < STAGES; n += 1) {
    weights.set(Math.min(HARDEST.under, under), Math.min(HARDEST.over, over), placement.excess, n >= STIFF);
    const moves = Math.floor(((n + 1) * round.moves) / STAGES) - Math.floor((n * round.moves) / STAGES);
    stage(placement, market, weights, random, hesitation, Math.max(1, Math.round(heat)), moves, onFit);
    heat *= cooling;
    under *= underGrowth;
    over *= overGrowth;
  }
  return best;
}
