import type { LinearSolver } from '../../../lib/core/linear-problem.ts';
import { checkAssignment } from '../../../lib/engines/scheduling/assignment/check.ts';
import { instanceOf } from '../../../lib/engines/scheduling/assignment/instance.ts';
import { polish } from '../../../lib/engines/scheduling/assignment/polish.ts';
import type { AssignmentProblem } from '../../../lib/engines/scheduling/assignment/problem.ts';
import { type AssignmentAnswer, solveAssignment } from '../../../lib/engines/scheduling/assignment/solve.ts';
import { loadHighs } from '../../../lib/platform/optimizer/highs.ts';
import { type BenchmarkOptions, type Measurement, WrongResult } from '../support/benchmark.ts';
import { rounded } from '../support/statistics.ts';
import best from './assignment-best.json' with { type: 'json' };
import { ASSIGNMENTS, type AssignmentSpec, assignmentOf, nameOf } from './assignment-instances.ts';

/**
 * Calibrated on one machine, where the largest of the instances then takes about 10 seconds of one core; counted, so that
 * the answers are the same on each machine.
 */
const BUDGET = { moves: 80_000_000, iterations: 4_000, seed: 1 } as const;
/** What the solver alone is given; its seconds are among the figures. */
const ALONE = 15_000;

/** Small enough for the solver to prove the optimum. */
const SMALL: readonly AssignmentSpec[] = (['d', 'e'] as const).flatMap((kind) => [
  { kind, agents: 3, jobs: 15 },
  { kind, agents: 4, jobs: 18 },
]);

/** The cheapest assignment that is known of an instance, which is held against its costs and capacities here. @throws WrongResult */
export function bestKnown(name: string, problem: AssignmentProblem): number {
  const agents = (best.best as Readonly<Record<string, readonly number[]>>)[name];
  if (agents === undefined) throw new WrongResult(`${name}: no assignment is known.`);
  const room = problem.agents.map(({ capacity }) => capacity);
  let sum = 0;
  for (const [job, agent] of agents.entries()) {
    sum += problem.cost[agent]?.[job] ?? Number.NaN;
    room[agent]! -= problem.load[agent]?.[job] ?? Number.NaN;
  }
  if (agents.length !== problem.jobs.length || !room.every((left) => left >= 0) || !Number.isSafeInteger(sum))
    throw new WrongResult(`${name}: the assignment that is known does not fit.`);
  return sum;
}

/** @throws WrongResult where the check finds anything wrong, or nothing was solved */
function costOf(name: string, problem: AssignmentProblem, answer: AssignmentAnswer): number {
  const problems = checkAssignment(problem, answer);
  if (problems.length > 0) throw new WrongResult(`${name}: ${problems[0]?.message}`);
  if (answer.objective === undefined) throw new WrongResult(`${name}: no assignment was found.`);
  return answer.objective;
}

/** By how much a cost is above another one, in percent. */
const above = (cost: number, reference: number): number => (100 * (cost - reference)) / reference;

interface Row {
  readonly kind: 'd' | 'e';
  readonly gap: number;
  readonly certified: number;
  readonly seconds: number;
  /** Of the solver alone; absent where it was not asked, and infinite where it found nothing. */
  readonly alone?: number;
  readonly aloneSeconds?: number;
}

const secondsSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000_000;
};

const everyPair = (problem: AssignmentProblem): number[][] =>
  problem.jobs.map(() => problem.agents.map((_, agent) => agent));

function measure(spec: AssignmentSpec, solver: LinearSolver, quick: boolean): Row {
  const name = nameOf(spec);
  const problem = assignmentOf(spec);
  const reference = bestKnown(name, problem);
  const budget = quick ? { ...BUDGET, moves: 1_000_000, iterations: 100 } : BUDGET;
  const start = process.cpuUsage();
  const answer = solveAssignment(problem, { ...budget, solver });
  const seconds = secondsSince(start);
  const cost = costOf(name, problem, answer);
  if ((answer.bound ?? 0) > reference) throw new WrongResult(`${name}: the bound is above an assignment that fits.`);
  const row: Row = {
    kind: spec.kind,
    gap: above(cost, reference),
    certified: (answer.gapBasisPoints ?? 0) / 100,
    seconds,
  };
  if (quick) return row;
  const aloneStart = process.cpuUsage();
  const { found } = polish(solver, instanceOf(problem), everyPair(problem), undefined, ALONE);
  return {
    ...row,
    alone: found === undefined ? Number.POSITIVE_INFINITY : above(found.cost, reference),
    aloneSeconds: secondsSince(aloneStart),
  };
}

/** Small instances of which the solver proves the optimum. @returns how many agree. @throws WrongResult */
function proveSmall(solver: LinearSolver): number {
  for (const spec of SMALL) {
    const problem = assignmentOf(spec);
    const cost = costOf(nameOf(spec), problem, solveAssignment(problem, { moves: 2_000_000, seed: 1 }));
    const exact = polish(solver, instanceOf(problem), everyPair(problem), undefined, 1_000_000);
    if (exact.status !== 'optimal' || exact.found?.cost !== cost)
      throw new WrongResult(`${nameOf(spec)}: ours costs ${cost}, and the optimum is ${exact.found?.cost}.`);
  }
  return SMALL.length;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How near to the best known assignments, and to what is proved, the solver of generalised assignment comes within about 10 seconds of one core. */
export async function measureAssignment({
  quick,
  onProgress,
}: Pick<BenchmarkOptions, 'quick' | 'onProgress'>): Promise<Measurement> {
  const solver = await loadHighs();
  const proved = proveSmall(solver);
  onProgress(`${proved} small instances solved to the proved optimum`);
  const specs = quick ? ASSIGNMENTS.filter(({ jobs }) => jobs === 100) : ASSIGNMENTS;
  const rows = specs.map((spec) => {
    const row = measure(spec, solver, quick);
    const alone = row.alone === undefined ? '' : `; the solver alone ${rounded(row.alone)} %`;
    onProgress(`${nameOf(spec)}: ${rounded(row.gap)} % above the best known, at most ${row.certified} %${alone}`);
    return row;
  });
  const figures = Object.fromEntries(
    (['d', 'e'] as const).map((kind) => {
      const own = rows.filter((row) => row.kind === kind);
      const peer = own.flatMap(({ alone }) => (alone !== undefined && Number.isFinite(alone) ? [alone] : []));
      return [
        `class ${kind}`,
        {
          instances: own.length,
          'mean gap to best known, %': rounded(mean(own.map(({ gap }) => gap))),
          'largest gap to best known, %': rounded(Math.max(...own.map(({ gap }) => gap))),
          'mean certified gap, %': rounded(mean(own.map(({ certified }) => certified))),
          'largest certified gap, %': rounded(Math.max(...own.map(({ certified }) => certified))),
          'seconds of processor, mean': rounded(mean(own.map(({ seconds }) => seconds))),
          'seconds of processor, largest': rounded(Math.max(...own.map(({ seconds }) => seconds))),
          ...(quick
            ? {}
            : {
                'solver alone: solved': peer.length,
                'solver alone: mean gap of those, %': rounded(mean(peer)),
                'solver alone: seconds of processor, mean': rounded(
                  mean(own.map(({ aloneSeconds = 0 }) => aloneSeconds)),
                ),
              }),
        },
      ];
    }),
  );
  const both = rows.filter(({ alone }) => alone !== undefined && Number.isFinite(alone));
  const ratios = quick
    ? {}
    : {
        'gap of the solver alone to ours': rounded(
          mean(both.map(({ alone }) => alone ?? 0)) / Math.max(1e-9, mean(both.map(({ gap }) => gap))),
        ),
      };
  return { figures, ratios, agreed: rows.length + proved };
}
