import { type Random, randomFrom } from '../random.ts';
import { dispatch } from './construct.ts';
import { Descent, type Snapshot } from './descent.ts';
import type { Instance, Sequences } from './instance.ts';
import { cross, kick } from './kick.ts';
import { type BestMove, noMove } from './move.ts';

/** A cycle accepts what is not worse than so many kicks ago, and ends after so many times as many kicks without a better schedule. */
const MEMORY = 3;
const PATIENCE = 5;
/** A cycle begins with a memory of schedules that are worse than its own by one part in so many. */
const SLACK = 200;
/** Good schedules that are kept for crossing, cycles before the first crossing, and one in how many later ones begins afresh. */
const POOL = 24;
const FIRST = 40;
const AFRESH = 8;
/** Kicks that make a schedule a fresh one. */
const KICKS_AFRESH = 200;

export interface Found {
  readonly sequences: Sequences;
  /** Without the fixed part of the instance. */
  readonly cost: number;
  /** Moves looked at: at most the budget, and those that the last job to be looked at had. */
  readonly moves: number;
}

interface Search {
  readonly descent: Descent;
  readonly random: Random;
  readonly move: BestMove;
  readonly budget: number;
  best: Snapshot;
}

/** One cycle of kicks and descents from where the descent stands; answers where it ends. */
function cycle(search: Search): Snapshot {
  const { descent, random, move, budget } = search;
  let current = descent.snapshot();
  let lowest = current.cost;
  const memory = new Float64Array(MEMORY).fill(current.cost + Math.floor(current.cost / SLACK));
  let stale = 0;
  for (let turn = 0; stale < PATIENCE * MEMORY && search.best.cost > 0 && move.looked < budget; turn += 1) {
    kick(descent, random, move);
    descent.descend(random, move, budget);
    if (descent.cost < search.best.cost) search.best = descent.snapshot();
    stale = descent.cost < lowest ? 0 : stale + 1;
    lowest = Math.min(lowest, descent.cost);
    const at = turn % MEMORY;
    const remembered = memory[at] as number;
    if (descent.cost <= Math.max(current.cost, remembered)) current = descent.snapshot();
    else descent.restore(current);
    memory[at] = Math.min(remembered, current.cost);
  }
  return current;
}

/** Keeps the best schedules, none twice at the same cost. */
function keep(pool: Snapshot[], fresh: Snapshot): void {
  if (pool.some(({ cost }) => cost === fresh.cost)) return;
  pool.push(fresh);
  pool.sort((a, b) => a.cost - b.cost);
  if (pool.length > POOL) pool.pop();
}

/**
 * Looks for a schedule of low cost until so many moves were looked at, or nothing is late: iterated local search in short cycles that
 * accept late, and crossings of the best schedules that cycles ended with. No step depends on the budget, so a larger one goes on from
 * where a smaller one ends and is never worse.
 * Sources: H. R. Lourenco, O. Martin and T. Stuetzle, "Iterated local search", Handbook of Metaheuristics (2003); E. K. Burke and Y. Bykov,
 * "The late acceptance hill-climbing heuristic", European Journal of Operational Research 258 (2017); crossings: see `cross`.
 */
export function search(instance: Instance, budget: number, seed: number): Found {
  const random = randomFrom(seed);
  const move = noMove();
  const descent = new Descent(instance, dispatch(instance));
  descent.descend(random, move, budget);
  const state: Search = { descent, random, move, budget, best: descent.snapshot() };
  const pool: Snapshot[] = [];
  for (let cycles = 1; state.best.cost > 0 && move.looked < budget; cycles += 1) {
    keep(pool, cycle(state));
    if (cycles <= FIRST || pool.length < 3 || random.below(AFRESH) === 0) {
      for (let each = 0; each < KICKS_AFRESH; each += 1) kick(descent, random, move);
    } else {
      const one = random.below(pool.length);
      const two = (one + 1 + random.below(pool.length - 1)) % pool.length;
      descent.put(cross(instance, (pool[one] as Snapshot).sequences, (pool[two] as Snapshot).sequences, random));
    }
    descent.descend(random, move, budget);
    if (descent.cost < state.best.cost) state.best = descent.snapshot();
  }
  return { sequences: state.best.sequences, cost: state.best.cost, moves: move.looked };
}
