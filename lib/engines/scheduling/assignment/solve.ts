import type { Problem } from '../../../core/errors.ts';
import type { LinearSolver } from '../../../core/linear-problem.ts';
import { type Answer, gapBasisPoints, NOTHING_SPENT, standingOf } from '../answer.ts';
import { randomFrom } from '../random.ts';
import type { Found } from './anneal.ts';
import { construct } from './construct.ts';
import { byId, type Instance, instanceOf } from './instance.ts';
import { marketAt } from './market.ts';
import { NONE_FOUND, obstaclesOf, SAID_IMPOSSIBLE } from './obstacles.ts';
import { polish } from './polish.ts';
import type { AssignmentProblem } from './problem.ts';
import { type Units, unitsOf } from './relaxation.ts';
import { searchRounds } from './rounds.ts';
import { firstPrices, improvePrices, type Priced } from './subgradient.ts';

export interface AssignmentSolution {
  /** Agents by job, both by id. */
  readonly agentOf: Readonly<Record<string, string>>;
}

/**
 * Proves that no assignment costs less than `bound`: whatever whole prices jobs have, all prices and the least that each agent's jobs can cost once
 * they have paid theirs, within its capacity, are no more than any assignment costs. `checkAssignment` computes it again.
 */
export interface AssignmentCertificate {
  readonly bound: number;
  /** Multipliers are in so many parts of a unit of cost. */
  readonly scale: number;
  /** Loads and capacities are divided by it and rounded down. */
  readonly grain: number;
  /** Prices of jobs by id. */
  readonly multipliers: Readonly<Record<string, number>>;
}

export interface AssignmentAnswer extends Answer<AssignmentSolution> {
  /** With each solution. */
  readonly certificate?: AssignmentCertificate;
  /** Why there is no solution; empty where there is one. */
  readonly problems: readonly Problem[];
}

/** Counts that bound the work; no time does. */
export interface AssignmentBudget {
  /** Changes that local search looks at. */
  readonly moves: number;
  /** A whole number of 32 bits; another one gives another search. */
  readonly seed: number;
  /** Polishes what search found, or finds what search did not. */
  readonly solver?: LinearSolver;
  /** Iterations of the simplex method that the solver has, 0 unless told. */
  readonly iterations?: number;
}

/** How many agents a job may change to during search, and when a solver polishes. */
const NEAR = { search: 6, polish: 3 } as const;

/** The solver may give each job the agents that it has in so many of the assignments that were met. */
const POOL = 8;

/** Steps towards better prices, fewer where each takes long: in steps, and in cells of knapsacks. */
const PRICE_STEPS = 400;
const PRICE_CELLS = 4_000_000_000;

function priceSteps({ agents, jobs, capacity }: Instance, { grain }: Units): number {
  // At good prices nearly each job would pay each agent.
  const cells = agents * jobs * (1 + Math.max(...capacity) / grain);
  return Math.max(20, Math.min(PRICE_STEPS, Math.floor(PRICE_CELLS / cells)));
}

function certificateOf({ jobIds }: Instance, { scale, grain }: Units, priced: Priced): AssignmentCertificate {
  return { bound: priced.bound, scale, grain, multipliers: byId(jobIds, (job) => priced.multipliers[job] as number) };
}

/** A cost that the steps of the prices aim at before anything is found: a job's mean cost for each. */
function roughCost({ agents, cost }: Instance): number {
  return Math.ceil(cost.reduce((sum, value) => sum + value, 0) / agents);
}

/**
 * Solves a generalised assignment problem: prices for jobs by Lagrangian relaxation, which prove a bound; rounds of annealing at these prices; where a
 * solver is given, a last choice among the pairs that are near. The same problem, in whatever order its agents and jobs are given, has the same
 * answer for the same budget.
 * @returns `refused` with problems where there is no solution, or none was found
 */
export function solveAssignment(problem: AssignmentProblem, budget: AssignmentBudget): AssignmentAnswer {
  const obstacles = obstaclesOf(problem);
  if (obstacles.length > 0) return { standing: 'refused', spent: NOTHING_SPENT, problems: obstacles };
  const instance = instanceOf(problem);
  const units = unitsOf(instance);
  const steps = priceSteps(instance, units);
  const first = firstPrices(instance, units);
  const rough = construct(instance, marketAt(instance, units, first, NEAR.search));
  let priced = improvePrices(instance, units, first, rough.fitting?.cost ?? roughCost(instance), steps);
  let nodes = priced.nodes;

  const market = marketAt(instance, units, priced.multipliers, NEAR.search);
  const begun = construct(instance, market);
  const known = [rough.fitting, begun.fitting].filter((found) => found !== undefined);
  const searched = searchRounds(instance, market, known, priced.bound, budget.moves, randomFrom(budget.seed));
  let best: Found | undefined = searched.best;
  let iterations = 0;
  let problems: readonly Problem[] = best === undefined ? [NONE_FOUND] : [];

  const { solver, iterations: allowed = 0 } = budget;
  if (solver !== undefined && allowed > 0 && (best === undefined || best.cost > priced.bound)) {
    const width = best === undefined ? instance.agents : NEAR.polish;
    const wide = best === undefined ? marketAt(instance, units, priced.multipliers, width) : market;
    const pool = searched.met.slice(0, POOL);
    const near = wide.candidates.map((agents, job) => [
      ...agents.slice(0, width),
      ...pool.map((found) => found.agentOf[job] as number),
    ]);
    const polished = polish(solver, instance, near, best, allowed);
    iterations = polished.iterations;
    if (polished.found !== undefined && polished.found.cost < (best?.cost ?? Number.POSITIVE_INFINITY))
      best = polished.found;
    if (best === undefined && polished.status === 'infeasible') problems = [SAID_IMPOSSIBLE];
    else if (best !== undefined) problems = [];
  }

  if (best === undefined) return { standing: 'refused', spent: { moves: searched.moves, iterations, nodes }, problems };
  if (best.cost > priced.bound) {
    const again = improvePrices(instance, units, priced.multipliers, best.cost, steps);
    nodes += again.nodes;
    if (again.value > priced.value) priced = again;
  }
  const { agentOf, cost } = best;
  return {
    standing: standingOf(cost, priced.bound),
    objective: cost,
    bound: priced.bound,
    gapBasisPoints: gapBasisPoints(cost, priced.bound),
    solution: { agentOf: byId(instance.jobIds, (job) => instance.agentIds[agentOf[job] as number] as string) },
    spent: { moves: searched.moves, iterations, nodes },
    certificate: certificateOf(instance, units, priced),
    problems,
  };
}
