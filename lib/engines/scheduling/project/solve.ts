import { type Answer, gapBasisPoints, standingOf } from '../answer.ts';
import { randomFrom } from '../random.ts';
import type { ProjectSolution } from './check.ts';
import { criticalPaths, energyBound } from './critical-path.ts';
import { GeneticSearch } from './genetic.ts';
import { at, type Network, networkOf } from './network.ts';
import type { ProjectProblem } from './problem.ts';
import { MakespanSearch } from './search/makespan-search.ts';

/** How much may be done for an answer, and from which seed random numbers come. */
export interface ProjectBudget {
  /**
   * Schedules that are generated at most; at least three are. The exact search may try a tenth of their number of statements,
   * each of which costs about as much as ten schedules.
   */
  readonly moves: number;
  /** A whole number of 32 bits. */
  readonly seed: number;
}

/** Schedules that cost about as much as one statement that the exact search tries. */
const SCHEDULES_PER_DECISION = 10;

/** Both searches take turns, with so many times more each time: what is easy for one of them is not left to the other. */
const FIRST_TURN = 1_000;
const TURN_GROWTH = 4;

/** The share of the exact search that is kept to raise the bound where the shortest schedule could not be proved. */
const FROM_BELOW = 1 / 3;

/** The best that is known about a project. */
interface Known {
  finish: Int32Array;
  makespan: number;
  bound: number;
}

/** Halves the distance between bound and makespan as long as simple reasoning refutes what lies in the middle. */
function raiseBound(search: MakespanSearch, known: Known): void {
  let refuted = known.bound - 1;
  let open = known.makespan - 1;
  while (refuted < open) {
    const middle = Math.floor((refuted + open + 1) / 2);
    if (search.isRefuted(middle)) refuted = middle;
    else open = middle - 1;
  }
  known.bound = Math.max(known.bound, refuted + 1, Math.min(search.bound, known.makespan));
}

/** Looks for a schedule of a length; what comes of it is known then. @returns false when the budget is spent. */
function seek(search: MakespanSearch, known: Known, target: number, decisions: number): boolean {
  const outcome = search.search(target, decisions);
  if (outcome === 'found') {
    known.finish = search.finish();
    known.makespan = known.finish.reduce((latest, end) => Math.max(latest, end), 0);
    search.shorten(known.makespan);
  } else if (outcome === 'refuted') known.bound = Math.max(known.bound, target + 1);
  known.bound = Math.max(known.bound, Math.min(known.makespan, search.bound));
  return outcome !== 'stopped';
}

/** Shortens from above, which also proves most when it fails, until so many statements have been tried. */
function shorten(search: MakespanSearch, known: Known, decisions: number): void {
  while (known.bound < known.makespan && search.decisions < decisions)
    if (!seek(search, known, known.makespan - 1, decisions - search.decisions)) return;
}

/** Refutes one length after the other from below, until so many statements have been tried. */
function refute(search: MakespanSearch, known: Known, decisions: number): void {
  while (known.bound < known.makespan && search.decisions < decisions)
    if (!seek(search, known, known.bound, decisions - search.decisions)) return;
}

/** Looks for a shorter schedule until so many have been generated. */
function improve(genetic: GeneticSearch, known: Known, schedules: number): void {
  const { finish, makespan } = genetic.run({ schedules, bound: known.bound });
  if (makespan < known.makespan) Object.assign(known, { finish, makespan });
}

function solutionOf(network: Network, finish: Int32Array): ProjectSolution {
  const { ids, durations, unit } = network;
  return { start: Object.fromEntries(ids.map((id, i) => [id, (at(finish, i) - at(durations, i)) * unit])) };
}

/**
 * Looks for the shortest schedule of a project, and proves how short one can be.
 *
 * Lower bounds come from the longest chain, the work of each resource, and destructive bounds: lengths that contradict each
 * other by following precedence and time tables and by energetic reasoning (R. Klein, A. Scholl, "Computing lower bounds by
 * destructive improvement", EJOR 112 (1999)). Schedules come from a genetic algorithm with double justification, then from an
 * exact search that learns from contradictions, which raises the bound as well. The same project, in whatever order its parts
 * are listed, with the same budget gives the same answer on each machine.
 * @param problem as `parseProject` answers it.
 */
export function solveProject(problem: ProjectProblem, { moves, seed }: ProjectBudget): Answer<ProjectSolution> {
  const network = networkOf(problem);
  const genetic = new GeneticSearch(network, randomFrom(seed));
  const simple = Math.max(criticalPaths(network).length, energyBound(network));
  const first = genetic.run({ schedules: 3, bound: simple });
  const known: Known = { finish: first.finish, makespan: first.makespan, bound: simple };
  let nodes = 0;
  if (known.bound < known.makespan) {
    const search = new MakespanSearch(network, known.finish, known.bound);
    raiseBound(search, known);
    const decisions = Math.floor(moves / SCHEDULES_PER_DECISION);
    for (let turn = FIRST_TURN; known.bound < known.makespan; turn *= TURN_GROWTH) {
      improve(genetic, known, Math.min(turn, moves));
      search.shorten(known.makespan);
      shorten(search, known, Math.floor((Math.min(turn, moves) / SCHEDULES_PER_DECISION) * (1 - FROM_BELOW)));
      if (turn >= moves) break;
    }
    refute(search, known, decisions);
    nodes = search.decisions;
  }
  const objective = known.makespan * network.unit;
  const bound = known.bound * network.unit;
  return {
    standing: standingOf(objective, bound),
    objective,
    bound,
    gapBasisPoints: gapBasisPoints(objective, bound),
    solution: solutionOf(network, known.finish),
    spent: { moves: genetic.generated, iterations: 0, nodes },
  };
}
